// Third-party files of which independent decoders know the samples. They are not part of the project: without them
// these tests say so and pass.

#include "corpus_tiff.hpp"

#include "core/text.hpp"
#include "support/system.hpp"

#include <catch2/catch.hpp>

#include <png.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <optional>

namespace stack2nrrd::test {

namespace {

namespace fs = std::filesystem;

std::optional<fs::path> corpus() {
    const char* told = std::getenv("STACK2NRRD_TEST_DATA");
    const fs::path data = told != nullptr ? fs::path(told) : fs::path(STACK2NRRD_SOURCE_DIR) / ".." / "shared" / "data";
    if (fs::is_directory(data / "corpus")) return data / "corpus";
    std::fprintf(stderr, "SKIPPED: no test data, set STACK2NRRD_TEST_DATA to the folder that has \"corpus\" in it\n");
    return std::nullopt;
}

/// A table: tab-separated, with a line of names.
std::vector<Record> table(const fs::path& file) {
    std::ifstream in(file);
    std::vector<Record> records;
    std::vector<std::string> names;
    for (std::string line; std::getline(in, line);) {
        std::vector<std::string> fields;
        for (std::size_t start = 0; start <= line.size();) {
            const std::size_t end = std::min(line.find('\t', start), line.size());
            fields.push_back(line.substr(start, end - start));
            start = end + 1;
        }
        if (names.empty()) {
            names = fields;
            continue;
        }
        Record record;
        for (std::size_t i = 0; i < std::min(names.size(), fields.size()); ++i) record[names[i]] = fields[i];
        records.push_back(record);
    }
    return records;
}

/// Counts what came of the files of one format, and why.
class Summary {
public:
    explicit Summary(std::string format) : format_(std::move(format)) {}
    ~Summary() {
        std::printf("corpus %s: %d equal, %d refused, %d other\n", format_.c_str(), equal_, refused_, other_);
        for (const auto& [reason, count] : reasons_) std::printf("    %3d  %s\n", count, reason.c_str());
    }
    Summary(const Summary&) = delete;
    Summary& operator=(const Summary&) = delete;

    /// `compare` gets the decoded slice and says whether it is right.
    template <class Compare>
    void add(const std::string& file, Compare compare, std::int64_t place = 0) {
        Slice slice;
        try {
            slice = decode_file(file, {}, place);
        } catch (const Error& error) {
            const bool named = error.code() == ErrorCode::unsupported || error.code() == ErrorCode::corrupt ||
                               error.code() == ErrorCode::limit;
            ++(named ? refused_ : other_);
            const std::string sentence = std::string(error.what()).substr(printable(file).size() + 2);
            ++reasons_[sentence.substr(0, sentence.find("; "))];
            if (std::getenv("STACK2NRRD_TEST_VERBOSE") != nullptr) std::printf("    - %s\n", error.what());
            return;
        }
        if (compare(slice)) {
            ++equal_;
        } else {
            ++other_;
            std::printf("    other: %s\n", file.c_str());
        }
    }
    [[nodiscard]] int equal() const { return equal_; }
    [[nodiscard]] int other() const { return other_; }

private:
    std::string format_;
    std::map<std::string, int> reasons_;
    int equal_ = 0;
    int refused_ = 0;
    int other_ = 0;
};

bool exact(const Record& record) { return record.at("status").starts_with("exact"); }

Bytes mapped(Bytes samples, auto change) {
    for (std::byte& b : samples) b = static_cast<std::byte>(change(std::to_integer<int>(b)));
    return samples;
}

Indexed indexed_png(const std::string& file) {
    FILE* stream = support::open_file(path_from_utf8(file), "rb");
    REQUIRE(stream != nullptr);
    png_structp png = png_create_read_struct(PNG_LIBPNG_VER_STRING, nullptr, nullptr, nullptr);
    png_infop info = png_create_info_struct(png);
    png_init_io(png, stream);
    png_read_png(png, info, PNG_TRANSFORM_PACKING, nullptr);
    Indexed result;
    png_colorp colours = nullptr;
    int count = 0;
    png_get_PLTE(png, info, &colours, &count);
    for (int i = 0; i < count; ++i) result.palette.push_back({colours[i].red, colours[i].green, colours[i].blue});
    png_bytepp rows = png_get_rows(png, info);
    for (png_uint_32 y = 0; y < png_get_image_height(png, info); ++y) {
        const auto* row = reinterpret_cast<const std::byte*>(rows[y]);
        result.indices.insert(result.indices.end(), row, row + png_get_image_width(png, info));
    }
    png_destroy_read_struct(&png, &info, nullptr);
    std::fclose(stream);
    return result;
}

bool check_png(const std::string& file, const Record& record, const Slice& slice) {
    const std::string& hash = record.at("raw_sha256_24");
    const int bits = std::stoi(record.at("bitdepth"));
    if (record.at("palette") == "True") return equals(slice, indexed_png(file), hash);
    if (bits >= 8) return sha256_24(slice.samples) == hash;
    return sha256_24(mapped(slice.samples, [&](int v) { return v / (255 / ((1 << bits) - 1)); })) == hash;
}

bool check_bmp(const Record& record, const Slice& slice) {
    if (slice.image.colour == Colour::rgb) return sha256_24(slice.samples) == record.at("rgb8_sha256_24");
    Bytes rgb;
    for (const std::byte b : slice.samples) rgb.insert(rgb.end(), 3, b);
    return sha256_24(rgb) == record.at("rgb8_sha256_24");
}

/// As djpeg shows inks that are stored inverted: each times black.
Bytes shown_inks(const Bytes& samples) {
    Bytes rgb;
    for (std::size_t i = 0; i + 3 < samples.size(); i += 4) {
        const auto black = static_cast<double>(std::to_integer<int>(samples[i + 3]));
        for (std::size_t c = 0; c < 3; ++c) {
            rgb.push_back(static_cast<std::byte>(std::to_integer<int>(samples[i + c]) * black / 255 + 0.5));
        }
    }
    return rgb;
}

}  // namespace

TEST_CASE("sha256 is sha256", "[codec]") {
    CHECK(sha256_24({}) == "e3b0c44298fc1c149afbf4c8");
    CHECK(sha256_24(Bytes(1, std::byte{0})) == "6e340b9cffb37a989ca544e6");
}

TEST_CASE("TIFF files of the corpus give the samples that other decoders give", "[codec][corpus]") {
    const auto folder = corpus();
    if (!folder) return;
    Summary summary("TIFF");
    Summary further("TIFF, further pages");
    for (const Record& record : table(*folder / "CONFORMANCE_TIFF.tsv")) {
        if (!exact(record)) continue;
        const std::string file = utf8(*folder / record.at("relpath"));
        const auto page = static_cast<std::size_t>(std::stoi(record.at("page")));
        const auto check = [&](const Slice& slice) { return check_tiff(file, record, slice); };
        if (page == 0) {
            summary.add(file, check);
        } else {
            further.add(file, check, offset_of_page(file, page));
        }
    }
    CHECK(further.other() == 0);
    CHECK(further.equal() > 0);
    CHECK(summary.other() == 0);
    CHECK(summary.equal() > 0);
}

TEST_CASE("TIFF pages of the corpus are slices if they are like the first", "[codec][corpus]") {
    const auto folder = corpus();
    if (!folder) return;
    std::map<std::string, std::vector<Record>> files;
    for (const Record& record : table(*folder / "CONFORMANCE_TIFF.tsv")) {
        if (exact(record)) files[record.at("relpath")].push_back(record);
    }
    int several = 0;
    for (const auto& [name, records] : files) {
        Pages pages;
        try {
            pages = pages_of(utf8(*folder / name));
        } catch (const Error& error) {
            if (std::string(error.what()).find("was expected as of the pages around it") == std::string::npos) throw;
            std::printf("    %s\n", error.what());
            continue;
        }
        several += pages.slices.size() > 1 ? 1 : 0;
        for (const Record& record : records) {
            if (records.front().at("page") != "0") break;
            const bool alike = record.at("w") == records[0].at("w") && record.at("h") == records[0].at("h");
            const bool taken = std::any_of(pages.slices.begin(), pages.slices.end(), [&](const Page& page) {
                return std::to_string(page.number) == record.at("page");
            });
            INFO(name << ", page " << record.at("page"));
            CHECK(taken == alike);
        }
        if (pages.notes.empty() && pages.slices.size() < 2) continue;
        std::printf("    %s: %zu slices", name.c_str(), pages.slices.size());
        for (const std::string& note : pages.notes) std::printf("; %s", note.c_str());
        std::printf("\n");
    }
    CHECK(several > 0);
}

TEST_CASE("TIFF files of known content give it", "[codec][corpus]") {
    const auto folder = corpus();
    if (!folder) return;
    Summary summary("TIFF, generated");
    for (const Record& record : table(*folder / "GENERATED_VALID.tsv")) {
        if (record.at("relpath").find("/gen_") == std::string::npos) continue;
        const std::string file = utf8(*folder / record.at("relpath"));
        summary.add(file, [&](const Slice& slice) {
            // Palette indices are compared in the test above.
            const std::string& shape = record.at("shape");
            const std::string& name = record.at("relpath");
            const std::string size = std::to_string(slice.image.height) + "x" + std::to_string(slice.image.width);
            const bool is_inverted = name.find("miniswhite") != std::string::npos;
            const Pages pages = pages_of(file);
            Bytes samples;
            for (const Page& page : pages.slices) {
                const Slice one = decode_file(file, {}, page.place);
                samples.insert(samples.end(), one.samples.begin(), one.samples.end());
            }
            if (pages.slices.size() > 1) {
                return shape.starts_with(std::to_string(pages.slices.size()) + "x" + size) &&
                       sha256_24(samples) == record.at("sha256_24");
            }
            if (record.at("sha256_24") == "lossy") return true;
            if (record.at("dtype").ends_with("f2")) samples = halves(samples);
            if (is_inverted) samples = mapped(samples, [](int v) { return 255 - v; });
            return !shape.starts_with(size) || name.find("palette") != std::string::npos ||
                   sha256_24(samples) == record.at("sha256_24");
        });
    }
    CHECK(summary.other() == 0);
}

TEST_CASE("PNG files of the corpus give the samples that other decoders give", "[codec][corpus]") {
    const auto folder = corpus();
    if (!folder) return;
    Summary summary("PNG");
    for (const Record& record : table(*folder / "CONFORMANCE_PNG.tsv")) {
        if (!exact(record)) continue;
        const std::string file = utf8(*folder / record.at("relpath"));
        summary.add(file, [&](const Slice& slice) { return check_png(file, record, slice); });
    }
    CHECK(summary.other() == 0);
    CHECK(summary.equal() >= 200);
}

TEST_CASE("BMP files of the corpus give the samples that other decoders give", "[codec][corpus]") {
    const auto folder = corpus();
    if (!folder) return;
    Summary summary("BMP");
    for (const Record& record : table(*folder / "CONFORMANCE_BMP.tsv")) {
        if (!exact(record)) continue;
        summary.add(utf8(*folder / record.at("relpath")), [&](const Slice& slice) { return check_bmp(record, slice); });
    }
    CHECK(summary.other() == 0);
    CHECK(summary.equal() >= 63);
}

TEST_CASE("JPEG files of the corpus give the samples that djpeg gives", "[codec][corpus]") {
    const auto folder = corpus();
    if (!folder) return;
    Summary summary("JPEG");
    for (const Record& record : table(*folder / "CONFORMANCE_JPEG.tsv")) {
        if (record.at("djpeg_status") == "error") continue;
        summary.add(utf8(*folder / record.at("relpath")), [&](const Slice& slice) {
            const bool has_inks = slice.image.colour == Colour::components && slice.image.channels() == 4;
            return sha256_24(has_inks ? shown_inks(slice.samples) : slice.samples) == record.at("djpeg_int_sha256_24");
        });
    }
    CHECK(summary.other() == 0);
    CHECK(summary.equal() >= 82);
}

TEST_CASE("hostile files get what they must get, and soon", "[codec][corpus]") {
    const auto folder = corpus();
    if (!folder) return;
    for (const Record& record : table(*folder / "HOSTILE_GENERATED.tsv")) {
        if (record.at("fmt") == "nrrd") continue;
        if (record.at("relpath").ends_with("/bps-17.tif")) continue;  // no fault any more: every width is read
        const auto start = std::chrono::steady_clock::now();
        ErrorCode code = ErrorCode::io;
        const std::string file = utf8(*folder / record.at("relpath"));
        const std::string sentence = refusal(file, &code);
        // A list of pages that leads out of the file, or back into it, promises pages that are not there: an error,
        // although the first page can be read.
        const bool promises_more = file.ends_with("/ifd-next-past-eof.tif") || file.ends_with("/ifd-self-loop.tif");
        if (promises_more) CHECK_THROWS_AS(pages_of(file), Error);
        if (sentence.empty() && !promises_more) CHECK_NOTHROW(pages_of(file));
        const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
        const std::string& expected = record.at("expect");
        INFO(record.at("relpath") << " (" << expected << ", " << record.at("why") << "): " << sentence);
        CHECK(took.count() < 5 * STACK2NRRD_PATIENCE);
        const bool named = code == ErrorCode::unsupported || code == ErrorCode::corrupt || code == ErrorCode::limit;
        if (expected == "ok") CHECK(sentence.empty());
        if (expected == "reject" || expected == "limit") CHECK((!sentence.empty() && named));
        if (expected == "policy") CHECK((sentence.empty() || named));
    }
}

TEST_CASE("no file of the corpus is a crash, and none takes long", "[codec][corpus]") {
    const auto folder = corpus();
    if (!folder) return;
    int decoded = 0;
    int refused = 0;
    for (const auto& entry : fs::recursive_directory_iterator(*folder)) {
        if (!entry.is_regular_file() || entry.path().extension() == ".tsv") continue;
        const auto start = std::chrono::steady_clock::now();
        const std::string sentence = refusal(utf8(entry.path()));
        try {
            for (const Page& page : pages_of(utf8(entry.path())).slices)
                (void)probe_file(utf8(entry.path()), page.place);
        } catch (const Error&) {
        }
        const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
        INFO(entry.path() << ": " << sentence);
        CHECK(took.count() < 5 * STACK2NRRD_PATIENCE);
        ++(sentence.empty() ? decoded : refused);
    }
    std::printf("corpus, all files: %d decoded, %d refused\n", decoded, refused);
}

}  // namespace stack2nrrd::test
