#include "codec_target.hpp"

#include "core/sample_types.hpp"
#include "core/text.hpp"

#include <algorithm>
#include <array>

namespace stack2nrrd::fuzz {

Collector::Collector(const ImageInfo& image, Range rows)
    : row_bytes_(image.row_bytes()), next_(rows.first), end_(rows.end) {
    samples_.reserve(static_cast<std::size_t>(rows.size()) * row_bytes_);  // so that it takes nothing later
}

void Collector::rows(Index y, Index count, const std::byte* samples) {
    holds(y == next_ && count > 0 && count <= end_ - y, "rows come out of order, or too many of them");
    next_ += count;
    samples_.insert(samples_.end(), samples, samples + static_cast<std::size_t>(count) * row_bytes_);
}

bool is_small(const ImageInfo& image) {
    return static_cast<std::int64_t>(image.row_bytes()) <= most_samples_bytes / image.height;
}

InputFile input_of(Bytes bytes) { return InputFile::of_text("slice", text_of(bytes)); }

namespace {

constexpr auto refusals = {ErrorCode::unsupported, ErrorCode::corrupt, ErrorCode::limit};

struct Decoded {
    std::vector<std::byte> samples;
    std::optional<std::string> refusal;

    friend bool operator==(const Decoded&, const Decoded&) = default;
};

Decoded decode(const Codec& codec, InputFile& file, std::int64_t place, Samples kind, const Probe& probe, Range rows,
               Workbench& bench) {
    Collector collector(probe.image, rows.empty() ? Range{0, probe.image.height} : rows);
    const std::int64_t before = bench.bytes();
    const MemoryPeak peak;
    const auto error = error_of(refusals, [&] { codec.decode(file, place, kind, rows, bench, collector); });
    constexpr std::int64_t sentences = std::int64_t{16} << 10;
    const std::int64_t surplus = probe.bench_bytes / 8;  // of the bench, which the system does not provide
    holds(peak.bytes() <= probe.decoder_bytes + surplus + sentences, "a decoder takes " + std::to_string(peak.bytes()) +
                                                               " bytes, and has announced " +
                                                               std::to_string(probe.decoder_bytes));
    holds(bench.bytes() <= std::max(before, probe.bench_bytes), "a decoder lays out more than it has announced");
    if (error) return {{}, error->what()};
    holds(collector.is_complete(), "a decoder returns before the last row");
    return {collector.samples(), std::nullopt};
}

void check_probe(const InputFile& file, const Codec& codec, const Probe& probe) {
    const ImageInfo& image = probe.image;
    constexpr Index longest_side = 1'000'000;
    holds(image.width > 0 && image.height > 0 && image.width <= longest_side && image.height <= longest_side,
          "a slice has a size that none has");
    holds(image.channels() > 0 && image.channels() <= most_channels, "a slice has as many channels as none has");
    holds(image.format == codec.name, "a codec has two names");
    holds(probe.decoder_bytes > 0 && probe.bench_bytes >= 0 && probe.bench_bytes <= probe.decoder_bytes,
          "a decoder claims to need no memory, or less than its bench");
    holds(probe.orientation >= 1 && probe.orientation <= 8, "an orientation is none");
    holds(probe.description.size() <= most_description_bytes, "a description is too long");
    for (const std::string& note : probe.notes) check_sentence(note);
    if (!probe.choice.empty()) check_sentence(probe.choice);
    if (probe.bare) {
        const std::int64_t bytes = static_cast<std::int64_t>(image.row_bytes()) * image.height;
        holds(probe.bare->offset >= 0 && probe.bare->offset <= file.bytes() - bytes,
              "bare samples end behind the file");
    }
}

/// Samples that are said to be in the file as they are delivered.
void check_bare(Bytes file, const Probe& probe, const std::vector<std::byte>& samples) {
    const std::size_t row_bytes = probe.image.row_bytes();
    const auto height = static_cast<std::size_t>(probe.image.height);
    const std::size_t size = sample_bytes(probe.image.type);
    for (std::size_t y = 0; y < height; ++y) {
        const std::size_t stored = probe.bare->bottom_up ? height - 1 - y : y;
        const Bytes row = file.subspan(static_cast<std::size_t>(probe.bare->offset) + stored * row_bytes, row_bytes);
        const std::byte* delivered = samples.data() + y * row_bytes;
        const bool turned = probe.bare->endian != std::endian::native;
        for (std::size_t i = 0; i < row_bytes; ++i) {
            const std::size_t at = turned ? i / size * size + (size - 1 - i % size) : i;
            holds(row[at] == delivered[i], "bare samples are others than those that are delivered");
        }
    }
}

/// A part of a slice is that part of the whole.
void check_part(const Codec& codec, InputFile& file, std::int64_t place, Samples kind, const Probe& probe, Range rows,
                const Decoded& whole) {
    Workbench bench;
    const Decoded part = decode(codec, file, place, kind, probe, rows, bench);
    if (whole.refusal) return;  // what is damaged may be behind the part
    holds(!part.refusal, "a part of a slice is refused, and the whole is not");
    const std::size_t row_bytes = probe.image.row_bytes();
    holds(std::equal(part.samples.begin(), part.samples.end(),
                     whole.samples.begin() + rows.first * static_cast<std::ptrdiff_t>(row_bytes)),
          "a part of a slice is other than in the whole");
}

void try_slice(const Codec& codec, InputFile& file, Bytes bytes, std::int64_t place) {
    Choices choose(bytes);
    std::optional<Probe> shown;
    Decoded as_shown;
    for (const Samples kind : {Samples::shown, Samples::stored}) {
        Probe probe;
        if (error_of(refusals, [&] { probe = codec.probe(file, place, kind); })) continue;
        check_probe(file, codec, probe);
        if (shown) holds(shown->interpreted == probe.interpreted, "a slice is interpreted or not, as one asks for it");
        if (!is_small(probe.image)) continue;
        static Workbench used;
        const Decoded whole = decode(codec, file, place, kind, probe, {}, used);
        Workbench fresh;
        holds(decode(codec, file, place, kind, probe, {}, fresh) == whole, "a used bench makes other samples");
        if (probe.bare && !whole.refusal) check_bare(bytes, probe, whole.samples);
        const auto height = static_cast<std::uint64_t>(probe.image.height);
        const auto first = static_cast<Index>(choose.below(height));
        const Index end = first + 1 + static_cast<Index>(choose.below(height - static_cast<std::uint64_t>(first)));
        check_part(codec, file, place, kind, probe, {first, end}, whole);
        if (kind == Samples::shown) {
            shown = probe;
            as_shown = whole;
        } else if (shown && !shown->interpreted) {
            holds(whole == as_shown, "samples that mean themselves are stored otherwise than they are shown");
        }
    }
}

}  // namespace

void try_codec(const Codec& codec, Bytes bytes) {
    if (!codec.matches(bytes.first(std::min<std::size_t>(bytes.size(), 16)))) return;
    InputFile file = input_of(bytes);
    Pages pages;
    const auto refusals_of_pages = {ErrorCode::unsupported, ErrorCode::corrupt, ErrorCode::limit,
                                    ErrorCode::inconsistent};
    const auto error = error_of(refusals_of_pages, [&] { pages = codec.pages(file); });
    if (error) {
        try_slice(codec, file, bytes, 0);
        return;
    }
    holds(!pages.slices.empty(), "a file has no slices");
    for (const std::string& note : pages.notes) check_sentence(note);
    Index last = -1;
    for (const Page& page : pages.slices) {
        holds(page.number > last, "pages are not in order");
        last = page.number;
    }
    constexpr std::size_t most_pages = 3;
    for (std::size_t i = 0; i < std::min(pages.slices.size(), most_pages); ++i) {
        try_slice(codec, file, bytes, pages.slices[i].place);
    }
}

}  // namespace stack2nrrd::fuzz
