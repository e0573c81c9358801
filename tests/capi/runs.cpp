// Runs through C: the same bytes as through C++, progress and cancelling on the caller's thread, several handles at
// once.

#include "support/catch.hpp"
#include "support/phantom.hpp"
#include "support/system.hpp"
#include "support/temp_folder.hpp"
#include "support/volume_reader.hpp"
#include "support/write_slices.hpp"
#include "support/zarr_reader.hpp"

#include <stack2nrrd/stack2nrrd.h>
#include <stack2nrrd/stack2nrrd.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace {

namespace fs = std::filesystem;
using Bytes = std::vector<std::byte>;
using stack2nrrd::SampleType;

struct Close {
    void operator()(stack2nrrd_handle* handle) const { CHECK(stack2nrrd_close(handle) == STACK2NRRD_OK); }
};
using Handle = std::unique_ptr<stack2nrrd_handle, Close>;

Handle opened(const fs::path& path) {
    const std::u8string utf8 = path.u8string();
    stack2nrrd_handle* handle = nullptr;
    REQUIRE(stack2nrrd_open(std::string(utf8.begin(), utf8.end()).c_str(), &handle) == STACK2NRRD_OK);
    return Handle(handle);
}

void require_fine(int code) {
    INFO(stack2nrrd_last_error());
    REQUIRE(code == STACK2NRRD_OK);
}

Bytes room_for(const Handle& handle) {
    stack2nrrd_volume volume;
    require_fine(stack2nrrd_plan(handle.get(), &volume));
    return Bytes(static_cast<std::size_t>(volume.bytes));
}

Bytes read(const Handle& handle) {
    Bytes samples = room_for(handle);
    require_fine(stack2nrrd_read(handle.get(), samples.data(), samples.size(), nullptr, nullptr));
    return samples;
}

using Settings = std::vector<std::pair<const char*, const char*>>;

/// What comes out through C++.
Bytes expected(const fs::path& folder, const Settings& settings) {
    stack2nrrd::Options options;
    for (const auto& [name, value] : settings) set_option(options, name, value);
    const auto plan = plan_import(stack2nrrd::find_stack(folder), options);
    Bytes samples(static_cast<std::size_t>(plan.volume().bytes()));
    run_import(plan, *stack2nrrd::memory_sink(samples));
    return samples;
}

/// What a test wants to know of the calls, and what it wants to answer.
struct Calls {
    std::vector<double> fractions;
    std::vector<std::string> texts;
    bool on_one_thread = true;
    std::thread::id thread = std::this_thread::get_id();
    std::size_t stop_after = SIZE_MAX;
    stack2nrrd_handle* handle = nullptr;  ///< to be misused
    std::vector<int> codes{};
};

extern "C" int record(double fraction, const char* text, void* user) {
    Calls& calls = *static_cast<Calls*>(user);
    calls.fractions.push_back(fraction);
    calls.texts.emplace_back(text);
    calls.on_one_thread = calls.on_one_thread && std::this_thread::get_id() == calls.thread;
    if (calls.handle != nullptr) {
        stack2nrrd_volume volume;
        const char* json = nullptr;
        calls.codes.push_back(stack2nrrd_plan(calls.handle, &volume));
        calls.codes.push_back(stack2nrrd_set(calls.handle, "factor", "3"));
        calls.codes.push_back(stack2nrrd_info(calls.handle, &json));
        calls.codes.push_back(stack2nrrd_read(calls.handle, &volume, sizeof volume, nullptr, nullptr));
        calls.codes.push_back(stack2nrrd_close(calls.handle));
    }
    return calls.fractions.size() > calls.stop_after ? 1 : 0;
}

}  // namespace

TEST_CASE("through C the samples that a run clipped are counted", "[capi]") {
    support::TempFolder folder;
    support::Volume volume({10, 8, 6}, 1, 100);
    volume.samples[5] = -3;
    for (std::size_t i = 10; i < 30; ++i) volume.samples[i] = 256;
    support::write_slices(folder.path(), volume, SampleType::int16);
    const Handle handle = opened(folder.path());
    std::int64_t low = -1;
    std::int64_t high = -1;
    CHECK(stack2nrrd_clipped(handle.get(), &low, &high) == STACK2NRRD_INVALID_ARGUMENT);  // no run yet
    require_fine(stack2nrrd_set(handle.get(), "type", "uint8"));
    const auto problems = [&] {
        const char* json = nullptr;
        require_fine(stack2nrrd_info(handle.get(), &json));
        const nlohmann::json info = nlohmann::json::parse(json);
        std::string all;
        for (const auto& problem : info["problems"]) all += problem["text"].get<std::string>() + "\n";
        return all;
    };
    CHECK(problems().find("--window auto") != std::string::npos);
    CHECK(problems().find("were clipped") == std::string::npos);
    static_cast<void>(read(handle));
    require_fine(stack2nrrd_clipped(handle.get(), &low, &high));
    CHECK(low == 1);
    CHECK(high == 20);
    CHECK(problems().find("4.4 % of the samples") != std::string::npos);
    const char* json = nullptr;
    require_fine(stack2nrrd_info(handle.get(), &json));
    CHECK(nlohmann::json::parse(json)["run"]["clipped_low"] == 1);
    CHECK(nlohmann::json::parse(json)["run"]["clipped_high"] == 20);
    CHECK(stack2nrrd_clipped(handle.get(), nullptr, &high) == STACK2NRRD_INVALID_ARGUMENT);
    CHECK(stack2nrrd_clipped(handle.get(), &low, nullptr) == STACK2NRRD_INVALID_ARGUMENT);
    CHECK(stack2nrrd_clipped(nullptr, &low, &high) == STACK2NRRD_INVALID_ARGUMENT);
    require_fine(stack2nrrd_set(handle.get(), "type", "int16"));
    CHECK(stack2nrrd_clipped(handle.get(), &low, &high) == STACK2NRRD_INVALID_ARGUMENT);
    static_cast<void>(read(handle));
    require_fine(stack2nrrd_clipped(handle.get(), &low, &high));
    CHECK(low + high == 0);
}

TEST_CASE("through C a window is found before the run", "[capi]") {
    support::TempFolder folder;
    support::write_slices(folder.path(), phantom::noise({23, 19, 11}, SampleType::float32), SampleType::float32);
    const stack2nrrd::Window window = stack2nrrd::survey_window(stack2nrrd::find_stack(folder.path()), {});
    std::ostringstream text;
    text.precision(17);
    text << window.low << ',' << window.high;
    const Handle handle = opened(folder.path());
    require_fine(stack2nrrd_set(handle.get(), "window", "auto"));
    require_fine(stack2nrrd_set(handle.get(), "type", "uint8"));
    Bytes samples = room_for(handle);
    Calls calls;
    require_fine(stack2nrrd_read(handle.get(), samples.data(), samples.size(), record, &calls));
    CHECK((samples == expected(folder.path(), {{"window", text.str().c_str()}, {"type", "uint8"}})));
    CHECK((read(handle) == samples));
    CHECK(std::is_sorted(calls.fractions.begin(), calls.fractions.end()));
    CHECK(calls.fractions.back() == 1);
    CHECK(std::count(calls.fractions.begin(), calls.fractions.end(), 1.0) == 1);
    calls.stop_after = 0;
    require_fine(stack2nrrd_set(handle.get(), "window", "auto"));
    CHECK(stack2nrrd_read(handle.get(), samples.data(), samples.size(), record, &calls) == STACK2NRRD_CANCELLED);
}

TEST_CASE("through C come the same bytes, into a buffer and into a file", "[capi]") {
    support::TempFolder folder;
    const fs::path scan = folder / "scan";
    fs::create_directory(scan);
    support::write_slices(scan, phantom::noise({23, 19, 11}, SampleType::uint16, 5, 3), SampleType::uint16);
    for (const char* channel : {"luma", "all", "1"}) {
        const Handle handle = opened(scan);
        require_fine(stack2nrrd_set(handle.get(), "factor", "2,3/2,5/2"));
        require_fine(stack2nrrd_set(handle.get(), "channel", channel));
        require_fine(stack2nrrd_set(handle.get(), "force", "true"));
        const Bytes samples = read(handle);
        CHECK(samples == expected(scan, {{"factor", "2,3/2,5/2"}, {"channel", channel}}));
        const fs::path out = folder / "out.nrrd";
        require_fine(stack2nrrd_write(handle.get(), out.string().c_str(), nullptr, nullptr));
        CHECK(support::read_nrrd(out).samples == samples);
        const char* json = nullptr;
        require_fine(stack2nrrd_info(handle.get(), &json));
        const auto info = nlohmann::json::parse(json);
        CHECK(info["run"]["slices_read"] == 11);
        CHECK(info["output"]["file"] == out.string());
    }
    CHECK(folder.entries() == 2);
}

TEST_CASE("through C come the levels of an OME-Zarr, and a buffer after it", "[capi]") {
    support::TempFolder folder;
    const fs::path scan = folder / "scan";
    fs::create_directory(scan);
    support::write_slices(scan, phantom::noise({23, 19, 11}, SampleType::uint16, 5), SampleType::uint16);
    const Handle handle = opened(scan);
    const fs::path out = folder / "out.ome.zarr";
    require_fine(stack2nrrd_set(handle.get(), "pyramid", "1,2"));
    require_fine(stack2nrrd_write(handle.get(), out.string().c_str(), nullptr, nullptr));
    CHECK(support::read_zarr_array(out / "0").samples == expected(scan, {}));
    CHECK(support::read_zarr_array(out / "1").samples == expected(scan, {{"factor", "2"}}));
    const char* json = nullptr;
    require_fine(stack2nrrd_info(handle.get(), &json));
    const auto info = nlohmann::json::parse(json);
    CHECK(info["levels"][1]["file"] == (out / "1").string());
    CHECK(info["run"]["slices_read"] == 11);
    CHECK(stack2nrrd_write(handle.get(), out.string().c_str(), nullptr, nullptr) == STACK2NRRD_INVALID_ARGUMENT);

    require_fine(stack2nrrd_set(handle.get(), "pyramid", nullptr));
    CHECK(read(handle) == expected(scan, {}));
    CHECK(folder.entries() == 2);
}

TEST_CASE("what is set last holds, also where one option stands for three", "[capi]") {
    support::TempFolder folder;
    support::write_slices(folder.path(), phantom::noise({16, 16, 8}, SampleType::uint8), SampleType::uint8);
    const Handle handle = opened(folder.path());
    const auto set_all = [&](const Settings& settings) {
        for (const auto& [name, value] : settings) require_fine(stack2nrrd_set(handle.get(), name, value));
    };
    set_all({{"factor", "2"}, {"kernel-x", "box"}, {"kernel", "tent"}});
    CHECK(read(handle) == expected(folder.path(), {{"factor", "2"}, {"kernel", "tent"}}));
    set_all({{"kernel_x", "box"}});
    CHECK(read(handle) == expected(folder.path(), {{"factor", "2"}, {"kernel", "tent"}, {"kernel-x", "box"}}));
    set_all({{"kernel-x", nullptr}});
    CHECK(read(handle) == expected(folder.path(), {{"factor", "2"}, {"kernel", "tent"}}));
}

TEST_CASE("a path in other letters than Latin ones", "[capi]") {
    support::TempFolder folder;
    const fs::path scan = folder.path() / fs::path(u8"Käfer 甲虫 µ");
    fs::create_directory(scan);
    support::write_slices(scan, phantom::noise({8, 8, 4}, SampleType::uint8), SampleType::uint8);
    const Handle handle = opened(scan);
    CHECK(read(handle) == expected(scan, {}));
    const std::u8string out = (folder.path() / fs::path(u8"Fühler.nrrd")).u8string();
    require_fine(stack2nrrd_write(handle.get(), std::string(out.begin(), out.end()).c_str(), nullptr, nullptr));
    CHECK(fs::exists(fs::path(out)));
}

TEST_CASE("a write refuses what the program refuses", "[capi]") {
    support::TempFolder folder;
    support::write_slices(folder.path(), phantom::noise({8, 8, 4}, SampleType::uint8), SampleType::uint8);
    const Handle handle = opened(folder.path());
    const std::string out = (folder / "out.nrrd").string();
    const auto write = [&](const Handle& h, const std::string& path) {
        return stack2nrrd_write(h.get(), path.c_str(), nullptr, nullptr);
    };
    CHECK(write(handle, (folder / "out.tif").string()) == STACK2NRRD_INVALID_ARGUMENT);
    CHECK(write(handle, (folder / "no folder" / "out.nrrd").string()) == STACK2NRRD_IO);
    require_fine(write(handle, out));
    const Bytes before = support::read_file(out);
    CHECK(write(handle, out) == STACK2NRRD_INVALID_ARGUMENT);  // it exists
    const Handle volume = opened(out);
    require_fine(stack2nrrd_set(volume.get(), "force", "true"));
    require_fine(stack2nrrd_set(volume.get(), "factor", "2"));
    CHECK(write(volume, out) == STACK2NRRD_INVALID_ARGUMENT);  // it is the input
    CHECK(std::string(stack2nrrd_last_error()).find("is one of the inputs") != std::string::npos);
    CHECK(support::read_file(out) == before);
    Bytes samples = room_for(handle);
    samples.pop_back();
    CHECK(stack2nrrd_read(handle.get(), samples.data(), samples.size(), nullptr, nullptr) ==
          STACK2NRRD_INVALID_ARGUMENT);
}

TEST_CASE("through C comes a page, with a file and not with memory", "[capi]") {
    support::TempFolder folder;
    const fs::path scan = folder / "it's a scan";
    fs::create_directory(scan);
    support::write_slices(scan, phantom::noise({8, 8, 4}, SampleType::uint16), SampleType::uint16);
    const Handle handle = opened(scan);
    const std::string page = (folder / "page.html").string();
    const std::string out = (folder / "out.nrrd").string();
    for (const auto& [name, value] : Settings{{"report", page.c_str()},
                                              {"window", "auto"},
                                              {"type", "uint8"},
                                              {"reverse", "true"},
                                              {"isotropic", "false"},
                                              {"force", "true"}}) {
        require_fine(stack2nrrd_set(handle.get(), name, value));
    }
    Bytes samples(64 * 4);
    const auto read = [&] { return stack2nrrd_read(handle.get(), samples.data(), samples.size(), nullptr, nullptr); };
    CHECK(read() == STACK2NRRD_INVALID_ARGUMENT);
    CHECK(std::string(stack2nrrd_last_error()).find("--report: comes with a file") == 0);
    CHECK(folder.entries() == 1);
    require_fine(stack2nrrd_write(handle.get(), out.c_str(), nullptr, nullptr));
    const auto text = [](const std::string& file) {
        const Bytes bytes = support::read_file(file);
        return std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    };
    const std::string written = text(page);
    CAPTURE(written.substr(written.find("To make it again")));
    CHECK(written.find("<h1>out.nrrd</h1>") != std::string::npos);
    CHECK(written.find("<tr><th scope=\"row\">slices read</th><td>4</td></tr>") != std::string::npos);
    CHECK(written.find("are the ends of the window") != std::string::npos);
    const std::string input = support::is_windows
                                  ? "&quot;" + folder.path().string() + "\\it&#39;s a scan&quot;"
                                  : "&#39;" + folder.path().string() + "/it&#39;\\&#39;&#39;s a scan&#39;";
    CHECK(written.find("<pre class=\"command\">stack2nrrd --report=" + page +
                       " --window=auto --type=uint8 --reverse --force -o " + out + " -- " + input + "</pre>") !=
          std::string::npos);
    CHECK(folder.entries() == 3);
    // As the preview does.
    require_fine(stack2nrrd_set(handle.get(), "report", nullptr));
    require_fine(stack2nrrd_set(handle.get(), "preview", (folder / "p.png").string().c_str()));
    CHECK(read() == STACK2NRRD_INVALID_ARGUMENT);
    CHECK(std::string(stack2nrrd_last_error()).find("--preview: comes with a file") == 0);
    require_fine(stack2nrrd_set(handle.get(), "preview", nullptr));
    require_fine(read());

    // A page is refused as the program refuses it.
    const auto write = [&] { return stack2nrrd_write(handle.get(), out.c_str(), nullptr, nullptr); };
    require_fine(stack2nrrd_set(handle.get(), "report", (folder / "page.txt").string().c_str()));
    CHECK(write() == STACK2NRRD_INVALID_ARGUMENT);
    const std::vector<fs::path> slices{fs::directory_iterator(scan), fs::directory_iterator()};
    fs::create_hard_link(slices.front(), folder / "hard.html");
    require_fine(stack2nrrd_set(handle.get(), "report", (folder / "hard.html").string().c_str()));
    CHECK(write() == STACK2NRRD_INVALID_ARGUMENT);
    CHECK(std::string(stack2nrrd_last_error()).find("is one of the inputs") != std::string::npos);
}

TEST_CASE("an input that changed is said, and then found anew", "[capi]") {
    support::TempFolder folder;
    const auto files =
        support::write_slices(folder.path(), phantom::noise({8, 8, 4}, SampleType::uint8), SampleType::uint8);
    const Handle handle = opened(folder.path());
    Bytes samples = room_for(handle);
    for (const fs::path& file : files) fs::remove(file);
    support::write_slices(folder.path(), phantom::noise({9, 9, 5}, SampleType::uint8, 2), SampleType::uint8);
    CHECK(stack2nrrd_read(handle.get(), samples.data(), samples.size(), nullptr, nullptr) == STACK2NRRD_CHANGED);
    CHECK(read(handle) == expected(folder.path(), {}));
}

TEST_CASE("progress comes on the caller's thread and not too often", "[capi]") {
    support::TempFolder folder;
    support::write_slices(folder.path(), phantom::noise({300, 300, 120}, SampleType::uint16), SampleType::uint16);
    const Handle handle = opened(folder.path());
    require_fine(stack2nrrd_set(handle.get(), "factor", "3/2"));
    require_fine(stack2nrrd_set(handle.get(), "kernel", "lanczos:12"));
    require_fine(stack2nrrd_set(handle.get(), "threads", "3"));
    Bytes samples = room_for(handle);
    Calls calls;
    const auto start = std::chrono::steady_clock::now();
    require_fine(stack2nrrd_read(handle.get(), samples.data(), samples.size(), record, &calls));
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
    CHECK(calls.on_one_thread);
    CHECK(!calls.fractions.empty());
    CHECK(static_cast<double>(calls.fractions.size()) <= 2 + took.count() * 10);
    CHECK(std::is_sorted(calls.fractions.begin(), calls.fractions.end()));
    CHECK(calls.fractions.front() >= 0);
    CHECK(calls.fractions.back() == 1);
    CHECK(calls.texts.back().ends_with(" of 120 slices"));
}

TEST_CASE("cancelling leaves the handle usable and no file", "[capi]") {
    support::TempFolder folder;
    const fs::path scan = folder / "scan";
    fs::create_directory(scan);
    support::write_slices(scan, phantom::noise({64, 64, 20}, SampleType::uint16), SampleType::uint16);
    const Handle handle = opened(scan);
    Calls calls;
    calls.stop_after = 0;
    const std::string out = (folder / "out.nhdr").string();
    CHECK(stack2nrrd_write(handle.get(), out.c_str(), record, &calls) == STACK2NRRD_CANCELLED);
    CHECK(calls.fractions.size() == 1);
    CHECK(folder.entries() == 1);
    const char* json = nullptr;
    require_fine(stack2nrrd_info(handle.get(), &json));
    CHECK(!nlohmann::json::parse(json).contains("run"));
    CHECK(read(handle) == expected(scan, {}));
}

TEST_CASE("a handle in use refuses other calls, also from its own callback", "[capi]") {
    support::TempFolder folder;
    support::write_slices(folder.path(), phantom::noise({32, 32, 8}, SampleType::uint8), SampleType::uint8);
    const Handle handle = opened(folder.path());
    Bytes samples = room_for(handle);
    Calls calls;
    calls.handle = handle.get();
    require_fine(stack2nrrd_read(handle.get(), samples.data(), samples.size(), record, &calls));
    CHECK(calls.codes.size() >= 5);
    for (const int code : calls.codes) CHECK(code == STACK2NRRD_INVALID_ARGUMENT);
    CHECK(samples == expected(folder.path(), {}));
}

TEST_CASE("several threads, each with a handle of its own", "[capi]") {
    support::TempFolder folder;
    support::write_slices(folder.path(), phantom::noise({60, 50, 40}, SampleType::uint16), SampleType::uint16);
    const std::vector<const char*> factors{"1", "2", "3/2", "0.5", "4"};  // one of them is refused
    std::vector<Bytes> results(factors.size());
    std::vector<std::string> errors(factors.size());
    std::vector<std::thread> threads;
    for (std::size_t i = 0; i < factors.size(); ++i) {
        threads.emplace_back([&, i] {
            for (int turn = 0; turn < 3; ++turn) {
                stack2nrrd_handle* handle = nullptr;
                stack2nrrd_volume volume;
                int code = stack2nrrd_open(folder.path().string().c_str(), &handle);
                if (code == STACK2NRRD_OK) code = stack2nrrd_set(handle, "factor", factors[i]);
                if (code == STACK2NRRD_OK) code = stack2nrrd_plan(handle, &volume);
                if (code == STACK2NRRD_OK) {
                    results[i].resize(static_cast<std::size_t>(volume.bytes));
                    code = stack2nrrd_read(handle, results[i].data(), results[i].size(), nullptr, nullptr);
                }
                if (code != STACK2NRRD_OK) errors[i] = stack2nrrd_last_error();
                stack2nrrd_close(handle);
            }
        });
    }
    for (std::thread& thread : threads) thread.join();
    for (std::size_t i = 0; i < factors.size(); ++i) {
        INFO(factors[i]);
        if (std::string(factors[i]) == "0.5") {
            CHECK(errors[i].find("below 1") != std::string::npos);
        } else {
            CHECK(errors[i].empty());
            CHECK(results[i] == expected(folder.path(), {{"factor", factors[i]}}));
        }
    }
    CHECK(std::string(stack2nrrd_last_error()).find("below 1") == std::string::npos);  // each thread has its own
}
