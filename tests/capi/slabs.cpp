// Slabs through C: a volume of any size, some slices at a time.

#include "support/catch.hpp"
#include "support/phantom.hpp"
#include "support/temp_folder.hpp"
#include "support/volume_reader.hpp"
#include "support/write_slices.hpp"

#include <stack2nrrd/stack2nrrd.h>

#include <algorithm>
#include <memory>
#include <string>
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
