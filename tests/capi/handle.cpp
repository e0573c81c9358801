// What a handle is asked and told: options at any time, plans, errors, JSON.

#if defined(STACK2NRRD_PROGRAM)
#include "cli/program.hpp"
#endif
#include "support/catch.hpp"
#include "support/phantom.hpp"
#include "support/temp_folder.hpp"
#include "support/write_slices.hpp"

#include <stack2nrrd/stack2nrrd.h>
#include <stack2nrrd/stack2nrrd.hpp>

#include <nlohmann/json.hpp>

#include <array>
#include <clocale>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

namespace {

namespace fs = std::filesystem;
using stack2nrrd::SampleType;

struct Close {
    void operator()(stack2nrrd_handle* handle) const { CHECK(stack2nrrd_close(handle) == STACK2NRRD_OK); }
};
using Handle = std::unique_ptr<stack2nrrd_handle, Close>;

Handle opened(const std::string& path) {
    stack2nrrd_handle* handle = nullptr;
    REQUIRE(stack2nrrd_open(path.c_str(), &handle) == STACK2NRRD_OK);
    return Handle(handle);
}

stack2nrrd_volume planned(const Handle& handle) {
    stack2nrrd_volume volume;
    const int code = stack2nrrd_plan(handle.get(), &volume);
    INFO(stack2nrrd_last_error());
    REQUIRE(code == STACK2NRRD_OK);
    return volume;
}

void set(const Handle& handle, const char* name, const char* value) {
    const int code = stack2nrrd_set(handle.get(), name, value);
    INFO(stack2nrrd_last_error());
    REQUIRE(code == STACK2NRRD_OK);
}

std::string error_of(int code, int expected) {
    CHECK(code == expected);
    return stack2nrrd_last_error();
}

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("a plan through C is the plan", "[capi]") {
    support::TempFolder folder;
    support::write_slices(folder.path(), phantom::noise({21, 17, 13}, SampleType::uint16), SampleType::uint16);
    const Handle handle = opened(folder.path().string());
    stack2nrrd::Options options;
    for (const auto& [name, value] : std::vector<std::pair<const char*, const char*>>{{"factor", "3,2,8/3"},
                                                                                      {"spacing", "0.1,0.2,0.3"},
                                                                                      {"space_units", "um"},
                                                                                      {"crop", "2:20,,1:12"},
                                                                                      {"type", "float32"},
                                                                                      {"kernel-z", "tent"}}) {
        set(handle, name, value);
        stack2nrrd::set_option(options, name, value);
    }
    const auto stack = stack2nrrd::find_stack(folder.path());
    const auto plan = stack2nrrd::plan_import(stack, options);
    const stack2nrrd::VolumeInfo& expected = plan.volume();
    const stack2nrrd_volume volume = planned(handle);
    for (std::size_t a = 0; a < 3; ++a) {
        CHECK(volume.size[a] == expected.size[a]);
        CHECK(volume.origin[a] == expected.geometry.origin[a]);
        for (std::size_t c = 0; c < 3; ++c) CHECK(volume.direction[a][c] == expected.geometry.direction[a][c]);
    }
    CHECK(volume.direction[0][0] == Approx(0.0003));
    CHECK(volume.components == 1);
    CHECK(volume.sample_type == STACK2NRRD_FLOAT32);
    CHECK(volume.spacing_known == 1);
    CHECK(volume.bytes == expected.bytes());
    CHECK(volume.memory_bytes == plan.memory_bytes());
    CHECK(volume.source_slices == plan.source_slices());
}

TEST_CASE("options may be set, changed and taken back at any time", "[capi]") {
    support::TempFolder folder;
    const auto files =
        support::write_slices(folder.path(), phantom::noise({8, 8, 12}, SampleType::uint8), SampleType::uint8);
    const Handle handle = opened(folder.path().string());
    CHECK(planned(handle).size[2] == 12);
    set(handle, "step", "5");
    CHECK(planned(handle).size[2] == 3);
    set(handle, "step", nullptr);
    CHECK(planned(handle).size[2] == 12);
    set(handle, "factor", "2");
    set(handle, "factor", "4");
    CHECK(planned(handle).size[0] == 2);

    SECTION("what is refused changes nothing") {
        CHECK(has(error_of(stack2nrrd_set(handle.get(), "factor", "0.5"), STACK2NRRD_INVALID_ARGUMENT), "--factor"));
        CHECK(has(error_of(stack2nrrd_set(handle.get(), "fcator", "2"), STACK2NRRD_INVALID_ARGUMENT), "'fcator'"));
        CHECK(has(error_of(stack2nrrd_set(handle.get(), "fcator", nullptr), STACK2NRRD_INVALID_ARGUMENT), "'fcator'"));
        CHECK(planned(handle).size[0] == 2);
    }
    SECTION("what shapes the stack is found anew") {
        // Files as they come: backwards, and one of them twice.
        std::vector<std::string> names{files[3].string(), files[1].string(), files[3].string()};
        std::vector<const char*> list;
        for (const std::string& name : names) list.push_back(name.c_str());
        stack2nrrd_handle* made = nullptr;
        REQUIRE(stack2nrrd_open_list(list.data(), list.size(), &made) == STACK2NRRD_OK);
        const Handle several(made);
        stack2nrrd_volume volume;
        CHECK(has(error_of(stack2nrrd_plan(made, &volume), STACK2NRRD_INCONSISTENT), "more than once"));
        set(several, "order", "given");
        CHECK(planned(several).size[2] == 3);
        set(several, "order", "natural");
        CHECK(stack2nrrd_plan(made, &volume) == STACK2NRRD_INCONSISTENT);
    }
}

TEST_CASE("one file of a list is one slice, one path is its series", "[capi]") {
    support::TempFolder folder;
    const auto files =
        support::write_slices(folder.path(), phantom::noise({8, 8, 5}, SampleType::uint8), SampleType::uint8);
    CHECK(planned(opened(files[2].string())).size[2] == 5);
    const std::string name = files[2].string();
    const char* const list = name.c_str();
    stack2nrrd_handle* made = nullptr;
    REQUIRE(stack2nrrd_open_list(&list, 1, &made) == STACK2NRRD_OK);
    CHECK(planned(Handle(made)).size[2] == 1);
}

TEST_CASE("errors are a code and a sentence, and the long part follows", "[capi]") {
    using stack2nrrd::ErrorCode;
    constexpr std::array<std::pair<ErrorCode, int>, 10> codes{
        {{ErrorCode::invalid_argument, STACK2NRRD_INVALID_ARGUMENT},
         {ErrorCode::not_found, STACK2NRRD_NOT_FOUND},
         {ErrorCode::inconsistent, STACK2NRRD_INCONSISTENT},
         {ErrorCode::missing_slices, STACK2NRRD_MISSING_SLICES},
         {ErrorCode::unsupported, STACK2NRRD_UNSUPPORTED},
         {ErrorCode::corrupt, STACK2NRRD_CORRUPT},
         {ErrorCode::io, STACK2NRRD_IO},
         {ErrorCode::limit, STACK2NRRD_LIMIT},
         {ErrorCode::changed, STACK2NRRD_CHANGED},
         {ErrorCode::cancelled, STACK2NRRD_CANCELLED}}};
    for (const auto& [code, number] : codes) CHECK(number / 10 == stack2nrrd::exit_status(code));

    support::TempFolder folder;
    stack2nrrd_volume volume;
    const Handle nothing = opened((folder / "nothing").string());
    const std::string absent = error_of(stack2nrrd_plan(nothing.get(), &volume), STACK2NRRD_NOT_FOUND);
    CHECK(has(absent, "nothing: no such file or folder"));
    CHECK(!has(absent, "\n"));

    const auto slices = phantom::noise({8, 8, 9}, SampleType::uint8);
    support::write_slices(folder.path(), slices, SampleType::uint8);
    for (const int z : {3, 5, 7}) {
        support::write_slice(folder / support::slice_name(z), phantom::noise({8, 7, 1}, SampleType::uint8), 0,
                             SampleType::uint8);
    }
    const Handle handle = opened(folder.path().string());
    const std::string text = error_of(stack2nrrd_plan(handle.get(), &volume), STACK2NRRD_INCONSISTENT);
    INFO(text);
    const auto cut = text.find("\nDetails:\n");
    CHECK(text.substr(0, cut).find('\n') == std::string::npos);
    const char* json = nullptr;
    REQUIRE(stack2nrrd_info(handle.get(), &json) == STACK2NRRD_OK);  // it is told, and no failure of telling
    const auto info = nlohmann::json::parse(json);
    CHECK(info["output"].is_null());
    std::string lines;
    int fatal = 0;
    for (const auto& problem : info["problems"]) {
        if (!problem["fatal"].get<bool>()) continue;
        lines += (fatal++ == 0 ? "" : "\n") + problem["text"].get<std::string>();
    }
    CHECK(fatal >= 1);
    CHECK(text.substr(0, cut) == lines.substr(0, lines.find('\n')));
    if (fatal > 1) {
        REQUIRE(cut != std::string::npos);
        CHECK(text.substr(cut + 10) == lines);
    } else {
        CHECK(cut == std::string::npos);
    }
}

TEST_CASE("all that is wrong follows behind Details", "[capi]") {
    support::TempFolder folder;
    support::write_slices(folder.path(), phantom::noise({8, 8, 9}, SampleType::uint8), SampleType::uint8);
    support::write_slice(folder / support::slice_name(3), phantom::noise({8, 7, 1}, SampleType::uint8), 0,
                         SampleType::uint8);
    std::ofstream(folder / support::slice_name(6), std::ios::binary) << "II*";
    const Handle handle = opened(folder.path().string());
    stack2nrrd_volume volume;
    CHECK(stack2nrrd_plan(handle.get(), &volume) != STACK2NRRD_OK);
    const std::string text = stack2nrrd_last_error();
    INFO(text);
    const auto cut = text.find("\nDetails:\n");
    REQUIRE(cut != std::string::npos);
    CHECK(has(text.substr(cut), support::slice_name(3)));
    CHECK(has(text.substr(cut), support::slice_name(6)));
    CHECK(text.substr(cut + 10).starts_with(text.substr(0, cut) + "\n"));
}

TEST_CASE("the options of C are those of the table", "[capi]") {
    const auto table = stack2nrrd::option_table();
    for (std::size_t i = 0; i < table.size(); ++i) {
        const stack2nrrd_option* option = stack2nrrd_option_at(i);
        REQUIRE(option != nullptr);
        CHECK(option->name == table[i].name);
        CHECK(option->value == table[i].value);
        CHECK(option->preset == table[i].preset);
        CHECK(option->group == table[i].group);
        CHECK(option->help == table[i].help);
    }
    CHECK(stack2nrrd_option_at(table.size()) == nullptr);
    CHECK(stack2nrrd_option_at(SIZE_MAX) == nullptr);
}

TEST_CASE("NULL is refused, wherever it is", "[capi]") {
    support::TempFolder folder;
    const Handle handle = opened(folder.path().string());
    stack2nrrd_handle* made = nullptr;
    stack2nrrd_volume volume;
    const char* json = nullptr;
    const char* const list[] = {"a", nullptr};
    CHECK(stack2nrrd_open(nullptr, &made) == STACK2NRRD_INVALID_ARGUMENT);
    CHECK(made == nullptr);
    CHECK(stack2nrrd_open("x", nullptr) == STACK2NRRD_INVALID_ARGUMENT);
    CHECK(stack2nrrd_open_list(nullptr, 2, &made) == STACK2NRRD_INVALID_ARGUMENT);
    CHECK(stack2nrrd_open_list(list, 2, &made) == STACK2NRRD_INVALID_ARGUMENT);
    CHECK(stack2nrrd_set(handle.get(), nullptr, "1") == STACK2NRRD_INVALID_ARGUMENT);
    CHECK(stack2nrrd_set(nullptr, "factor", "1") == STACK2NRRD_INVALID_ARGUMENT);
    CHECK(stack2nrrd_plan(nullptr, &volume) == STACK2NRRD_INVALID_ARGUMENT);
    CHECK(stack2nrrd_plan(handle.get(), nullptr) == STACK2NRRD_INVALID_ARGUMENT);
    CHECK(stack2nrrd_info(handle.get(), nullptr) == STACK2NRRD_INVALID_ARGUMENT);
    CHECK(stack2nrrd_info(nullptr, &json) == STACK2NRRD_INVALID_ARGUMENT);
    CHECK(stack2nrrd_read(handle.get(), nullptr, 1, nullptr, nullptr) == STACK2NRRD_INVALID_ARGUMENT);
    CHECK(stack2nrrd_read_slices(handle.get(), 0, 1, nullptr, 1, nullptr, nullptr) == STACK2NRRD_INVALID_ARGUMENT);
    CHECK(stack2nrrd_read_slices(nullptr, 0, 1, &volume, 1, nullptr, nullptr) == STACK2NRRD_INVALID_ARGUMENT);
    CHECK(stack2nrrd_read_slabs(handle.get(), 1, nullptr, nullptr, nullptr) == STACK2NRRD_INVALID_ARGUMENT);
    CHECK(stack2nrrd_write(handle.get(), nullptr, nullptr, nullptr) == STACK2NRRD_INVALID_ARGUMENT);
    // An empty list is no mistake of the caller's program, but there is nothing in it.
    REQUIRE(stack2nrrd_open_list(nullptr, 0, &made) == STACK2NRRD_OK);
    const Handle empty(made);
    CHECK(stack2nrrd_plan(made, &volume) == STACK2NRRD_NOT_FOUND);
}

#if defined(STACK2NRRD_PROGRAM)
TEST_CASE("info is what the program prints", "[capi]") {
    support::TempFolder folder;
    support::write_slices(folder.path(), phantom::noise({21, 17, 13}, SampleType::uint16), SampleType::uint16);
    std::ofstream(folder / "notes.txt") << "not a slice";
    const Handle handle = opened(folder.path().string());
    set(handle, "factor", "3/2");
    set(handle, "threads", "2");
    const char* json = nullptr;
    REQUIRE(stack2nrrd_info(handle.get(), &json) == STACK2NRRD_OK);
    const auto printed =
        cli_test::run({"--info", "--json", "--factor", "3/2", "--threads", "2", folder.path().string()});
    CHECK(json == printed.out);
}
#endif

TEST_CASE("a host's decimal comma changes nothing", "[capi]") {
    support::TempFolder folder;
    support::write_slices(folder.path(), phantom::noise({9, 9, 9}, SampleType::uint8), SampleType::uint8);
    const Handle handle = opened(folder.path().string());
    set(handle, "spacing", "0.125");
    const char* json = nullptr;
    REQUIRE(stack2nrrd_info(handle.get(), &json) == STACK2NRRD_OK);
    const std::string plain = json;
    const std::string before = std::setlocale(LC_ALL, nullptr);
    const char* comma = nullptr;
    for (const char* name : {"de_DE.UTF-8", "de_DE.utf8", "fr_FR.UTF-8", "pt_BR.UTF-8", "de_DE"}) {
        if (comma == nullptr) comma = std::setlocale(LC_ALL, name);
    }
    if (comma == nullptr) {
        WARN("skipped: no locale with a decimal comma is installed");
        return;
    }
    set(handle, "spacing", "0.125");
    const int code = stack2nrrd_info(handle.get(), &json);
    std::setlocale(LC_ALL, before.c_str());
    REQUIRE(code == STACK2NRRD_OK);
    CHECK(json == plain);
}
