// A program's own slices through C: what the same slices make that are files, and whatever goes wrong with them.

#include "support/catch.hpp"
#include "support/phantom.hpp"
#include "support/temp_folder.hpp"
#include "support/volume.hpp"
#include "support/write_slices.hpp"

#include <stack2nrrd/stack2nrrd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstring>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <tuple>
#include <utility>
#include <vector>

namespace {

using Bytes = std::vector<std::byte>;
using stack2nrrd::SampleType;
using Settings = std::vector<std::pair<const char*, const char*>>;

struct Close {
    void operator()(stack2nrrd_handle* handle) const { CHECK(stack2nrrd_close(handle) == STACK2NRRD_OK); }
};
using Handle = std::unique_ptr<stack2nrrd_handle, Close>;

struct Slices {
    Slices(const support::Volume& volume, SampleType type) : samples(support::to_bytes(volume.samples, type)) {
        source.struct_size = sizeof source;
        std::copy(volume.size.begin(), volume.size.end(), source.size);
        source.components = volume.channels;
        source.sample_type = static_cast<std::int32_t>(type);
        source.read = read;
        source.user = this;
        row = stack2nrrd::sample_bytes(type) * static_cast<std::size_t>(volume.size[0] * volume.channels);
    }

    static int read(std::int64_t z, std::int64_t first, std::int64_t end, void* place, char* error, std::size_t room,
                    void* user) {
        Slices& self = *static_cast<Slices*>(user);
        const bool alone = self.inside++ == 0;
        {
            const std::lock_guard lock(self.mutex);
            self.overlapping = self.overlapping || !alone;
            self.calls.emplace_back(z, first, end);
        }
        const auto rows = static_cast<std::size_t>(end - first);
        const auto height = static_cast<std::size_t>(self.source.size[1]);
        std::memcpy(
            place,
            self.samples.data() + (static_cast<std::size_t>(z) * height + static_cast<std::size_t>(first)) * self.row,
            rows * self.row);
        if (self.slow) std::this_thread::sleep_for(std::chrono::milliseconds(2));
        const int code = self.answer ? self.answer(z, error, room) : 0;
        --self.inside;
        return code;
    }

    stack2nrrd_source source{};
    Bytes samples;
    std::size_t row = 0;
    bool slow = false;
    std::function<int(std::int64_t z, char* error, std::size_t room)> answer;

    std::mutex mutex;
    std::atomic<int> inside{0};
    bool overlapping = false;
    std::vector<std::tuple<std::int64_t, std::int64_t, std::int64_t>> calls;
};

Handle opened(const stack2nrrd_source& source) {
    stack2nrrd_handle* handle = nullptr;
    const int code = stack2nrrd_open_source(&source, &handle);
    INFO(stack2nrrd_last_error());
    REQUIRE(code == STACK2NRRD_OK);
    return Handle(handle);
}

Handle opened(const std::string& path) {
    stack2nrrd_handle* handle = nullptr;
    REQUIRE(stack2nrrd_open(path.c_str(), &handle) == STACK2NRRD_OK);
    return Handle(handle);
}

void set_all(const Handle& handle, const Settings& settings) {
    for (const auto& [name, value] : settings) {
        INFO(name << ' ' << value);
        REQUIRE(stack2nrrd_set(handle.get(), name, value) == STACK2NRRD_OK);
    }
}

/// With room for the whole volume.
int run(const Handle& handle, Bytes& samples) {
    stack2nrrd_volume volume;
    const int code = stack2nrrd_plan(handle.get(), &volume);
    if (code != STACK2NRRD_OK) return code;
    samples.assign(static_cast<std::size_t>(volume.bytes), std::byte{0xA5});
    return stack2nrrd_read(handle.get(), samples.data(), samples.size(), nullptr, nullptr);
}

Bytes result(const Handle& handle, const Settings& settings) {
    set_all(handle, settings);
    Bytes samples;
    const int code = run(handle, samples);
    INFO(stack2nrrd_last_error());
    REQUIRE(code == STACK2NRRD_OK);
    return samples;
}

}  // namespace

TEST_CASE("through C own slices make what the same slices make that are files", "[capi]") {
    for (const SampleType type : {SampleType::uint8, SampleType::uint16, SampleType::float32}) {
        for (const int channels : {1, 3}) {
            const auto volume = phantom::noise({21, 17, 14}, type, 4, channels);
            const support::TempFolder folder;
            support::write_slices(folder.path(), volume, type);
            for (const Settings& settings :
                 std::vector<Settings>{{{"factor", "2"}},
                                       {{"factor", "3/2"}, {"crop", "3:20,1:11,2:13"}},
                                       {{"slab", "3:5"}, {"kernel", "box"}, {"factor", "8/3"}, {"type", "uint8"}},
                                       {{"window", "auto"}, {"type", "uint8"}},
                                       {{"channel", "all"}, {"step", "2"}}}) {
                const Bytes expected = result(opened(folder.path().string()), settings);
                for (const int calls : {STACK2NRRD_ONE_AT_A_TIME, STACK2NRRD_ASCENDING, STACK2NRRD_AT_ONCE}) {
                    for (const std::int64_t rows : {0, 1, 5, 1000}) {
                        Slices slices(volume, type);
                        slices.source.calls = calls;
                        slices.source.rows_at_once = rows;
                        slices.source.colour = 1;
                        const Handle handle = opened(slices.source);
                        set_all(handle, {{"threads", "3"}});
                        CAPTURE(channels, calls, rows, settings.front().first);
                        CHECK((result(handle, settings) == expected));
                        for (const auto& [z, first, end] : slices.calls) {
                            CHECK(end - first <= (rows == 0 ? 17 : rows));
                            CHECK(first < end);
                        }
                        if (calls != STACK2NRRD_AT_ONCE) CHECK_FALSE(slices.overlapping);
                        if (calls == STACK2NRRD_ASCENDING && settings.front().first != std::string("window")) {
                            CHECK(std::is_sorted(slices.calls.begin(), slices.calls.end()));
                        }
                    }
                }
            }
        }
    }
}

TEST_CASE("through C own slices are read as many at once as they allow", "[capi]") {
    for (const int calls : {STACK2NRRD_ONE_AT_A_TIME, STACK2NRRD_AT_ONCE}) {
        Slices slices(phantom::noise({16, 16, 60}, SampleType::uint8), SampleType::uint8);
        slices.source.calls = calls;
        slices.slow = true;
        static_cast<void>(result(opened(slices.source), {{"threads", "4"}}));
        CHECK(slices.overlapping == (calls == STACK2NRRD_AT_ONCE));
    }
}

TEST_CASE("through C components that are no colour stay apart", "[capi]") {
    Slices slices(phantom::noise({6, 5, 4}, SampleType::uint8, 4, 3), SampleType::uint8);
    const Handle handle = opened(slices.source);
    CHECK((result(handle, {}) == slices.samples));
    stack2nrrd_volume volume;
    REQUIRE(stack2nrrd_plan(handle.get(), &volume) == STACK2NRRD_OK);
    CHECK(volume.components == 3);
    slices.source.colour = 1;  // copied, so that the handle stays as it is
    REQUIRE(stack2nrrd_plan(handle.get(), &volume) == STACK2NRRD_OK);
    CHECK(volume.components == 3);
    REQUIRE(stack2nrrd_plan(opened(slices.source).get(), &volume) == STACK2NRRD_OK);
    CHECK(volume.components == 1);
}

TEST_CASE("through C the memory of own readers is told, and capped", "[capi]") {
    const auto memory_of = [](std::int64_t rows, std::int64_t reader_bytes, const Settings& settings) {
        Slices slices(phantom::noise({64, 1000, 20}, SampleType::uint16), SampleType::uint16);
        slices.source.calls = STACK2NRRD_AT_ONCE;
        slices.source.rows_at_once = rows;
        slices.source.reader_bytes = reader_bytes;
        const Handle handle = opened(slices.source);
        set_all(handle, settings);
        stack2nrrd_volume volume;
        REQUIRE(stack2nrrd_plan(handle.get(), &volume) == STACK2NRRD_OK);
        return volume.memory_bytes;
    };
    const Settings two{{"threads", "2"}};
    constexpr std::int64_t megabyte = 1 << 20;
    CHECK(memory_of(0, 0, two) - memory_of(1, 0, two) == std::int64_t{2} * 999 * 64 * 2);
    CHECK(memory_of(1, 10 * megabyte, two) - memory_of(1, 0, two) == 20 * megabyte);
    CHECK(memory_of(1, 100 * megabyte, {{"threads", "2"}, {"memory", "150M"}}) <= 150 * megabyte);
}

TEST_CASE("through C an own source says in its own words why it fails", "[capi]") {
    for (const int calls : {STACK2NRRD_ONE_AT_A_TIME, STACK2NRRD_ASCENDING, STACK2NRRD_AT_ONCE}) {
        Slices slices(phantom::noise({6, 5, 40}, SampleType::uint8), SampleType::uint8);
        slices.source.calls = calls;
        slices.source.name = "camera";
        const Handle handle = opened(slices.source);
        slices.source.name = "forgotten";
        set_all(handle, {{"threads", "3"}});
        Bytes samples;
        const auto fails = [&](int code, const std::string& text) {
            slices.answer = [=](std::int64_t z, char* error, std::size_t room) {
                if (z != 7 && z != 9) return 0;
                std::memcpy(error, text.c_str(), std::min(room, text.size() + 1));
                return code;
            };
            const int got = run(handle, samples);
            return std::to_string(got) + " " + stack2nrrd_last_error();
        };
        CHECK(fails(STACK2NRRD_CORRUPT, "it is damaged") == "41 camera: slice 7: it is damaged");
        CHECK(fails(STACK2NRRD_CANCELLED, "stop") == "1300 camera: slice 7: stop");
        CHECK(fails(12345, "no\nlight") == "50 camera: slice 7: no light");
        CHECK(fails(-1, "").starts_with("50 camera: slice 7: could not be read"));
        CHECK(fails(STACK2NRRD_BUG, "x").starts_with("50 "));
        CHECK(fails(1, std::string(5000, 'x')) == "50 camera: slice 7: " + std::string(1023, 'x'));
        slices.answer = nullptr;
        CHECK((result(handle, {}) == slices.samples));  // and works on afterwards
        if (calls == STACK2NRRD_ASCENDING) {
            set_all(handle, {{"reverse", "true"}});
            CHECK(run(handle, samples) == STACK2NRRD_INVALID_ARGUMENT);
        }
    }
}

TEST_CASE("through C a struct that makes no sense is refused", "[capi]") {
    const auto refusal = [](const std::function<void(stack2nrrd_source&)>& change) -> std::string {
        Slices slices(phantom::noise({6, 5, 4}, SampleType::uint8), SampleType::uint8);
        change(slices.source);
        auto* handle = reinterpret_cast<stack2nrrd_handle*>(&slices);
        if (stack2nrrd_open_source(&slices.source, &handle) == STACK2NRRD_OK) {
            stack2nrrd_close(handle);
            return "";
        }
        CHECK(handle == nullptr);
        return stack2nrrd_last_error();
    };
    CHECK(refusal([](auto&) {}).empty());
    CHECK(refusal([](auto& s) { s.components = 0; }).empty());
    CHECK(refusal([](auto& s) { s.struct_size = 0; }).find("struct_size") != std::string::npos);
    CHECK(refusal([](auto& s) { s.struct_size -= sizeof(void*); }).find("struct_size") != std::string::npos);
    CHECK(refusal([](auto& s) { s.struct_size = SIZE_MAX; }).find("struct_size") != std::string::npos);
    CHECK(refusal([](auto& s) { s.read = nullptr; }).find("NULL") != std::string::npos);
    CHECK(refusal([](auto& s) { s.sample_type = 10; }).find("type 10") != std::string::npos);
    CHECK(refusal([](auto& s) { s.sample_type = -1; }).find("type -1") != std::string::npos);
    CHECK(refusal([](auto& s) { s.components = 5000; }).find("5000 components") != std::string::npos);
    CHECK(refusal([](auto& s) { s.components = -1; }).find("-1 components") != std::string::npos);
    CHECK(refusal([](auto& s) { s.colour = 1, s.components = 5; }).find("5 components") != std::string::npos);
    CHECK(refusal([](auto& s) { s.calls = 3; }).find("kind 3") != std::string::npos);
    CHECK(refusal([](auto& s) { s.rows_at_once = -1; }).find("rows_at_once") != std::string::npos);
    CHECK(refusal([](auto& s) { s.reader_bytes = -1; }).find("reader_bytes") != std::string::npos);
    CHECK(refusal([](auto& s) { s.size[0] = 0; }).find("0 x 5") != std::string::npos);
    CHECK(refusal([](auto& s) { s.size[2] = 0; }).find("0 slices") != std::string::npos);
    CHECK(refusal([](auto& s) { s.size[1] = INT64_MAX; }).find("at most 1000000") != std::string::npos);
    stack2nrrd_handle* handle = nullptr;
    CHECK(stack2nrrd_open_source(nullptr, &handle) == STACK2NRRD_INVALID_ARGUMENT);
    const Slices slices(phantom::noise({6, 5, 4}, SampleType::uint8), SampleType::uint8);
    CHECK(stack2nrrd_open_source(&slices.source, nullptr) == STACK2NRRD_INVALID_ARGUMENT);

    // A later version's struct, whose new fields are zero, or are not.
    struct Later {
        stack2nrrd_source source;
        std::int64_t more;
    } later{slices.source, 0};
    later.source.struct_size = sizeof later;
    CHECK(stack2nrrd_open_source(&later.source, &handle) == STACK2NRRD_OK);
    stack2nrrd_close(handle);
    later.more = 1;
    CHECK(stack2nrrd_open_source(&later.source, &handle) == STACK2NRRD_INVALID_ARGUMENT);
}
