// ITK's HDF5 files in other forms than ITK's own, which make_h5.py writes with h5py, and damage to all of them.

#include "support/catch.hpp"
#include "support/refusal.hpp"
#include "transform/itk_hdf5.hpp"

#include <stack2nrrd/error.hpp>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>

namespace {

using namespace stack2nrrd;
namespace fs = std::filesystem;

std::string bytes_of(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

TransformPtr read(std::string_view bytes) {
    InputFile file = InputFile::of_text("a.h5", bytes);
    return itk_transforms(file.shown(), read_itk_hdf5(file));
}

}  // namespace

TEST_CASE("HDF5 is read in the forms that h5py writes", "[transform]") {
    const char* const told = std::getenv("STACK2NRRD_H5PY_TRANSFORMS");
    if (told == nullptr) return;  // ctest tells it in an entry of its own
    std::mt19937 random(1);
    int good = 0;
    int refused = 0;
    for (const auto& entry : fs::directory_iterator(told)) {
        const std::string name = entry.path().filename().string();
        CAPTURE(name);
        const std::string whole = bytes_of(entry.path());
        std::string sentence;
        if (name.starts_with("read_")) {
            CHECK(read(whole)->linear() == Affine{unit_matrix, {1, 2, 3}});
            ++good;
        } else {
            const auto code = support::refusal([&] { static_cast<void>(read(whole)); }, &sentence);
            CHECK((code == ErrorCode::unsupported || code == ErrorCode::corrupt));
            CHECK(sentence.starts_with("a.h5: "));
            CHECK(sentence.find(", ") != std::string::npos);
            CHECK(sentence.find("; ") != std::string::npos);
            ++refused;
        }
        // Beginnings, and single bytes that are others: an Error or a transform, and never more than that.
        for (std::size_t size = 0; size < whole.size(); size += 1 + size / 16) {
            static_cast<void>(support::refusal([&] { static_cast<void>(read(whole.substr(0, size))); }));
        }
        for (int i = 0; i < 1000; ++i) {
            std::string bytes = whole;
            for (int n = i % 3; n >= 0; --n) bytes[random() % bytes.size()] = static_cast<char>(random());
            static_cast<void>(support::refusal([&] { static_cast<void>(read(bytes)); }));
        }
    }
    CHECK(good >= 20);
    CHECK(refused >= 8);
}

TEST_CASE("what begins as HDF5 and ends too early is refused", "[transform]") {
    const std::string begin = "\x89HDF\r\n\x1A\n";
    CHECK(support::refusal([&] { static_cast<void>(read(begin)); }) == ErrorCode::corrupt);
    std::string sentence;
    CHECK(support::refusal([&] { static_cast<void>(read(begin + "\7")); }, &sentence) == ErrorCode::unsupported);
    CHECK(sentence.find("version 7") != std::string::npos);
    CHECK(support::refusal([&] {
              static_cast<void>(read(begin + std::string(1, '\0') + std::string(87, '\xFF')));
          }).has_value());
}
