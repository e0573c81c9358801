// Third-party files of which independent readers know the samples. They are not part of the project: without them
// these tests say so and pass.

#include "volume_support.hpp"

#include "codec/codec_support.hpp"
#include "core/text.hpp"
#include "support/catch.hpp"

#include <algorithm>
#include <bit>
#include <cstdio>
#include <cstdlib>
#include <fstream>

namespace stack2nrrd::volume_test {

namespace {

namespace fs = std::filesystem;

std::optional<fs::path> corpus() {
    const char* told = std::getenv("STACK2NRRD_TEST_DATA");
    const fs::path data =
        told != nullptr ? fs::path(told) : fs::path(STACK2NRRD_SOURCE_DIR).parent_path() / "shared" / "data";
    if (fs::is_directory(data / "corpus")) return data / "corpus";
    std::fprintf(stderr, "SKIPPED: no test data, set STACK2NRRD_TEST_DATA to the folder that has \"corpus\" in it\n");
    return std::nullopt;
}

std::vector<std::vector<std::string>> table(const fs::path& file) {
    std::ifstream in(file);
    std::vector<std::vector<std::string>> rows;
    for (std::string line; std::getline(in, line);) {
        std::vector<std::string> fields;
        for (std::size_t start = 0; start <= line.size();) {
            const std::size_t end = std::min(line.find('\t', start), line.size());
            fields.push_back(line.substr(start, end - start));
            start = end + 1;
        }
        rows.push_back(fields);
    }
    return rows;
}

/// The hash is of the samples in little endian.
Bytes little(const Read& read) {
    Bytes samples = read.samples;
    if (std::endian::native == std::endian::little) return samples;
    const auto size = static_cast<std::ptrdiff_t>(sample_bytes(read.volume->type));
    for (auto at = samples.begin(); at != samples.end(); at += size) std::reverse(at, at + size);
    return samples;
}

}  // namespace

TEST_CASE("the corpus of NRRD files", "[volume][corpus]") {
    const auto folder = corpus();
    if (!folder) return;
    int equal = 0;
    int refused = 0;
    int other = 0;
    const auto rows = table(*folder / "CONFORMANCE_NRRD.tsv");
    REQUIRE(rows.size() > 1);
    for (std::size_t i = 1; i < rows.size(); ++i) {
        const std::string& name = rows[i][0];
        const std::string& status = rows[i][6];
        const std::string hash = rows[i].size() > 7 ? rows[i][7] : "";
        try {
            const Read result = read_volume(*folder / name);
            const std::string ours = test::sha256_24(little(result));
            if (status == "exact-2" && ours == hash) {
                ++equal;
            } else {
                ++other;
                std::printf("    other: %s (%s): %s, not %s\n", name.c_str(), status.c_str(), ours.c_str(),
                            hash.c_str());
            }
        } catch (const Error& error) {
            ++refused;
            const std::string sentence = error.what();
            std::printf("    %-9s %-62s %s\n", status == "exact-2" ? "refused" : "(invalid)", name.c_str(),
                        sentence.substr(sentence.find(": ") + 2).substr(0, 110).c_str());
        }
    }
    std::printf("corpus NRRD: %d equal, %d refused, %d other\n", equal, refused, other);
    CHECK(other == 0);
    CHECK(equal >= 16);
}

TEST_CASE("the hostile NRRD files", "[volume][corpus]") {
    const auto folder = corpus();
    if (!folder) return;
    int seen = 0;
    for (const auto& row : table(*folder / "HOSTILE_GENERATED.tsv")) {
        if (row[0] != "nrrd") continue;
        ++seen;
        INFO(row[1]);
        REQUIRE(row[3] == "reject");
        const auto error = error_of(*folder / row[1]);
        REQUIRE(error);
        std::printf("    %s\n", error->what());
    }
    CHECK(seen > 0);
}

TEST_CASE("a real volume", "[volume][corpus]") {
    const auto folder = corpus();
    if (!folder) return;
    const fs::path file = folder->parent_path() / "real" / "mouse_skull_uct_AJ_70um" / "A_J_.nrrd";
    if (!fs::exists(file)) return;
    const Read result = read_volume(file);
    CHECK(result.volume->size == std::array<Index, 3>{176, 320, 128});
    CHECK(result.samples.size() == 176 * 320 * 128);
    CHECK(result.volume->geometry.direction[0] == Vector3{-0.070556700229644803, 0, 0});
    CHECK(result.volume->remarks.empty());
    CHECK(decoder_bytes(*result.volume) < 1'000'000);
}

}  // namespace stack2nrrd::volume_test
