// Slabs through C: a volume of any size, some slices at a time.

#include "support/catch.hpp"
#include "support/phantom.hpp"
#include "support/temp_folder.hpp"
#include "support/volume_reader.hpp"
#include "support/write_slices.hpp"

#include <stack2nrrd/stack2nrrd.h>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace {

using Bytes = std::vector<std::byte>;
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

void set(const Handle& handle, const char* name, const char* value) {
    INFO(name << ' ' << (value == nullptr ? "NULL" : value));
    const int code = stack2nrrd_set(handle.get(), name, value);
    INFO(stack2nrrd_last_error());
    REQUIRE(code == STACK2NRRD_OK);
}

stack2nrrd_volume planned(const Handle& handle) {
    stack2nrrd_volume volume;
    const int code = stack2nrrd_plan(handle.get(), &volume);
    INFO(stack2nrrd_last_error());
    REQUIRE(code == STACK2NRRD_OK);
    return volume;
}

Bytes read(const Handle& handle) {
    Bytes samples(static_cast<std::size_t>(planned(handle).bytes), std::byte{0xA5});
    REQUIRE(stack2nrrd_read(handle.get(), samples.data(), samples.size(), nullptr, nullptr) == STACK2NRRD_OK);
    return samples;
}

}  // namespace

TEST_CASE("through C slabs, one after the other, are the whole", "[capi]") {
    const support::TempFolder folder;
    const support::TempFolder out;
    support::write_slices(folder.path(), phantom::noise({19, 13, 29}, SampleType::uint16), SampleType::uint16);
    const Handle handle = opened(folder.path().string());
    set(handle, "spacing", "0.5,0.25,0.125");
    set(handle, "origin", "1,2,3");
    for (const char* factor : {"1", "2", "5/2"}) {
        set(handle, "factor", factor);
        set(handle, "slab", nullptr);
        const stack2nrrd_volume whole = planned(handle);
        const Bytes samples = read(handle);
        Bytes joined;
        std::int64_t slices = 0;
        for (std::int64_t z = 0; z < whole.size[2]; z += 4) {
            const std::int64_t end = std::min<std::int64_t>(z + 4, whole.size[2]);
            set(handle, "slab", (std::to_string(z) + ":" + std::to_string(end)).c_str());
            const stack2nrrd_volume slab = planned(handle);
            CAPTURE(factor, z, end);
            CHECK(slab.size[0] == whole.size[0]);
            CHECK(slab.size[1] == whole.size[1]);
            CHECK(slab.size[2] == end - z);
            CHECK(slab.bytes == whole.bytes / whole.size[2] * (end - z));
            for (int a = 0; a < 3; ++a) {
                for (int b = 0; b < 3; ++b) CHECK(slab.direction[a][b] == whole.direction[a][b]);
            }
            CHECK(slab.origin[0] == whole.origin[0]);
            CHECK(slab.origin[1] == whole.origin[1]);
            // Powers of two: no digit is lost on any way.
            CHECK(slab.origin[2] == whole.origin[2] + static_cast<double>(z) * whole.direction[2][2]);
            const Bytes part = read(handle);
            joined.insert(joined.end(), part.begin(), part.end());
            slices += slab.source_slices;
            const std::string file = (out / "slab.nrrd").string();
            set(handle, "force", "true");
            REQUIRE(stack2nrrd_write(handle.get(), file.c_str(), nullptr, nullptr) == STACK2NRRD_OK);
            CHECK(support::read_nrrd(out / "slab.nrrd").samples == part);
        }
        CHECK((joined == samples));
        CHECK(slices >= whole.source_slices);  // where they join, kernels need some twice
        if (factor == std::string("1")) CHECK(slices == whole.source_slices);
    }
}

TEST_CASE("through C what is no slab is refused, and changes nothing", "[capi]") {
    const support::TempFolder folder;
    support::write_slices(folder.path(), phantom::noise({9, 7, 10}, SampleType::uint8), SampleType::uint8);
    const Handle handle = opened(folder.path().string());
    set(handle, "slab", "2:5");
    for (const char* bad : {"5:3", "4:4", "-1:2", "1", "", "x:y", "1:2:3"}) {
        INFO(bad);
        CHECK(stack2nrrd_set(handle.get(), "slab", bad) == STACK2NRRD_INVALID_ARGUMENT);
        CHECK(std::string(stack2nrrd_last_error()).find("slab") != std::string::npos);
        CHECK(planned(handle).size[2] == 3);  // still the one before
    }
    // Beyond the end: known when it is planned, since the factor may still change.
    set(handle, "slab", "8:11");
    stack2nrrd_volume volume;
    CHECK(stack2nrrd_plan(handle.get(), &volume) == STACK2NRRD_INVALID_ARGUMENT);
    CHECK(std::string(stack2nrrd_last_error()).find("slab: 8:11 is not within the 10 slices") != std::string::npos);
    set(handle, "slab", "8:10");
    CHECK(planned(handle).size[2] == 2);
    set(handle, "factor", "2");
    CHECK(stack2nrrd_plan(handle.get(), &volume) == STACK2NRRD_INVALID_ARGUMENT);
    set(handle, "slab", nullptr);
    CHECK(planned(handle).size[2] == 5);
}

namespace {

struct Slabs {
    std::vector<std::int64_t> firsts;
    std::vector<std::int64_t> counts;
    Bytes joined;
    std::size_t stop_after = SIZE_MAX;
    std::vector<double> fractions;
};

extern "C" int take_slab(std::int64_t first, std::int64_t count, const void* samples, std::size_t bytes, void* user) {
    Slabs& slabs = *static_cast<Slabs*>(user);
    slabs.firsts.push_back(first);
    slabs.counts.push_back(count);
    const auto* data = static_cast<const std::byte*>(samples);
    slabs.joined.insert(slabs.joined.end(), data, data + bytes);
    return slabs.firsts.size() > slabs.stop_after ? 1 : 0;
}

extern "C" int note_fraction(double fraction, const char* /*text*/, void* user) {
    static_cast<Slabs*>(user)->fractions.push_back(fraction);
    return 0;
}

std::pair<std::int64_t, std::int64_t> clipped(const Handle& handle) {
    std::pair<std::int64_t, std::int64_t> counts{-1, -1};
    CHECK(stack2nrrd_clipped(handle.get(), &counts.first, &counts.second) == STACK2NRRD_OK);
    return counts;
}

}  // namespace

TEST_CASE("through C any slices of the volume are those of the whole, also within a slab", "[capi]") {
    const support::TempFolder folder;
    support::write_slices(folder.path(), phantom::noise({19, 13, 29}, SampleType::uint16), SampleType::uint16);
    const Handle handle = opened(folder.path().string());
    for (const char* factor : {"1", "2", "5/2"}) {
        for (const char* slab : {static_cast<const char*>(nullptr), "3:9"}) {
            for (const char* window : {static_cast<const char*>(nullptr), "auto"}) {
                set(handle, "factor", factor);
                set(handle, "slab", slab);
                set(handle, "window", window);
                const stack2nrrd_volume whole = planned(handle);
                const Bytes samples = read(handle);
                const auto counts = clipped(handle);
                const auto slice = static_cast<std::size_t>(whole.bytes / whole.size[2]);
                std::pair<std::int64_t, std::int64_t> sum{0, 0};
                std::int64_t made = 0;
                for (std::int64_t first = 0; first < whole.size[2];) {
                    const std::int64_t end = std::min(first + 1 + first % 4, whole.size[2]);
                    Bytes part(static_cast<std::size_t>(end - first) * slice);
                    CAPTURE(factor, first, end);
                    REQUIRE(stack2nrrd_read_slices(handle.get(), first, end, part.data(), part.size(), nullptr,
                                                   nullptr) == STACK2NRRD_OK);
                    CHECK(std::equal(part.begin(), part.end(),
                                     samples.begin() + first * static_cast<std::ptrdiff_t>(slice)));
                    const auto here = clipped(handle);
                    sum = {sum.first + here.first, sum.second + here.second};
                    CHECK(planned(handle).size[2] == whole.size[2]);  // the plan is still that of the options
                    made = end - first;
                    first = end;
                }
                CHECK(sum == counts);
                // What was made last is told: here the last slices.
                const char* json = nullptr;
                REQUIRE(stack2nrrd_info(handle.get(), &json) == STACK2NRRD_OK);
                const auto told = nlohmann::json::parse(json);
                CHECK(told["output"]["size"][2] == made);
                CHECK(told["run"]["clipped_high"] == clipped(handle).second);
                static_cast<void>(read(handle));
                REQUIRE(stack2nrrd_info(handle.get(), &json) == STACK2NRRD_OK);
                CHECK(nlohmann::json::parse(json)["output"]["size"][2] == whole.size[2]);
            }
        }
    }
    Bytes room(static_cast<std::size_t>(planned(handle).bytes));
    const std::int64_t size = planned(handle).size[2];
    for (const auto& [first, end] : std::vector<std::pair<std::int64_t, std::int64_t>>{
             {-1, 2}, {2, 2}, {3, 1}, {0, size + 1}, {size, size + 1}, {INT64_MIN, INT64_MAX}}) {
        CAPTURE(first, end);
        CHECK(stack2nrrd_read_slices(handle.get(), first, end, room.data(), room.size(), nullptr, nullptr) ==
              STACK2NRRD_INVALID_ARGUMENT);
        CHECK(std::string(stack2nrrd_last_error()).find("a part of 0:" + std::to_string(size)) != std::string::npos);
    }
    // A buffer of another size.
    CHECK(stack2nrrd_read_slices(handle.get(), 0, 2, room.data(), room.size(), nullptr, nullptr) ==
          STACK2NRRD_INVALID_ARGUMENT);
    CHECK(stack2nrrd_read_slices(handle.get(), 0, 2, nullptr, room.size(), nullptr, nullptr) ==
          STACK2NRRD_INVALID_ARGUMENT);
}

TEST_CASE("through C a window is surveyed once, for whatever slices", "[capi]") {
    const support::TempFolder folder;
    support::write_slices(folder.path(), phantom::noise({9, 8, 12}, SampleType::uint16), SampleType::uint16);
    const Handle handle = opened(folder.path().string());
    set(handle, "window", "auto");
    std::vector<std::byte> slice(static_cast<std::size_t>(planned(handle).bytes) / 12);
    const auto first_fraction = [&] {
        Slabs seen;
        REQUIRE(stack2nrrd_read_slices(handle.get(), 3, 4, slice.data(), slice.size(), note_fraction, &seen) ==
                STACK2NRRD_OK);
        CHECK(seen.fractions.back() == 1);
        return seen.fractions.front();
    };
    CHECK(first_fraction() < 0.5);  // of the survey
    CHECK(first_fraction() == 0);   // of the one slice, and there is nothing before it
    set(handle, "type", "uint8");
    slice.resize(slice.size() / 2);
    CHECK(first_fraction() < 0.5);
}

TEST_CASE("through C slabs of one reading are the whole", "[capi]") {
    const support::TempFolder folder;
    support::write_slices(folder.path(), phantom::noise({19, 13, 29}, SampleType::uint16), SampleType::uint16);
    const Handle handle = opened(folder.path().string());
    for (const char* factor : {"1", "2", "5/2"}) {
        for (const char* threads : {"1", "3"}) {
            set(handle, "factor", factor);
            set(handle, "threads", threads);
            const std::int64_t slices = planned(handle).size[2];
            const Bytes samples = read(handle);
            for (const std::int64_t depth : {std::int64_t{1}, std::int64_t{4}, slices, slices + 5, INT64_MAX}) {
                CAPTURE(factor, threads, depth);
                Slabs slabs;
                REQUIRE(stack2nrrd_read_slabs(handle.get(), depth, take_slab, nullptr, &slabs) == STACK2NRRD_OK);
                CHECK((slabs.joined == samples));
                std::int64_t next = 0;
                for (std::size_t i = 0; i < slabs.firsts.size(); ++i) {
                    CHECK(slabs.firsts[i] == next);
                    CHECK(slabs.counts[i] == std::min(depth, slices - next));
                    next += slabs.counts[i];
                }
                CHECK(next == slices);
                CHECK(clipped(handle) == std::pair<std::int64_t, std::int64_t>{0, 0});
            }
        }
    }
    Slabs slabs;
    slabs.stop_after = 1;
    CHECK(stack2nrrd_read_slabs(handle.get(), 2, take_slab, nullptr, &slabs) == STACK2NRRD_CANCELLED);
    CHECK(slabs.firsts == std::vector<std::int64_t>{0, 2});
    std::int64_t low = 0;
    CHECK(stack2nrrd_clipped(handle.get(), &low, &low) == STACK2NRRD_INVALID_ARGUMENT);
    for (const std::int64_t depth : {std::int64_t{0}, std::int64_t{-1}, INT64_MIN}) {
        CHECK(stack2nrrd_read_slabs(handle.get(), depth, take_slab, nullptr, &slabs) == STACK2NRRD_INVALID_ARGUMENT);
    }
    CHECK(stack2nrrd_read_slabs(handle.get(), 2, nullptr, nullptr, &slabs) == STACK2NRRD_INVALID_ARGUMENT);
    set(handle, "factor", nullptr);
    set(handle, "pyramid", "1,2");
    CHECK(stack2nrrd_read_slabs(handle.get(), 2, take_slab, nullptr, &slabs) == STACK2NRRD_INVALID_ARGUMENT);
    CHECK(std::string(stack2nrrd_last_error()).find("pyramid") != std::string::npos);
}
