// NRRD volumes: header and samples. What follows a line "%data%" is in a file beside the header, of the name "data".

#include "codec_target.hpp"
#include "volume/nrrd_reader.hpp"
#include "volume/sample_reader.hpp"

#include <memory>

namespace stack2nrrd::fuzz {

namespace {

constexpr auto refusals = {ErrorCode::unsupported, ErrorCode::corrupt, ErrorCode::limit, ErrorCode::not_found,
                           ErrorCode::io};

void check_header(const NrrdVolume& volume) {
    for (const Index size : volume.size) holds(size > 0, "a volume has no samples");
    holds(volume.channels() > 0 && volume.channels() <= most_channels, "a volume has as many channels as none has");
    for (const std::string& remark : volume.remarks) check_sentence(remark);
    holds(decoder_bytes(volume) >= 0 && bookmark_bytes(volume) >= 0, "a reader takes less than no memory");
}

/// All slices, in that order; the sentence of the Error, if there is one.
struct Read {
    std::vector<std::vector<std::byte>> slices;
    std::optional<std::string> refusal;
};

Read read(const std::shared_ptr<const NrrdVolume>& volume, Course course) {
    const ImageInfo image = volume->image();
    const Range rows{0, image.height};
    Read result;
    result.slices.resize(static_cast<std::size_t>(volume->size[2]));
    const auto error = error_of(refusals, [&] {
        SampleReader reader(volume, {}, course);
        for (Index i = 0; i < volume->size[2]; ++i) {
            const Index z = course == Course::forward ? i : volume->size[2] - 1 - i;
            Collector collector(image, rows);
            reader.read_slice(z, {}, collector);
            holds(collector.is_complete(), "a reader returns before the last row");
            result.slices[static_cast<std::size_t>(z)] = collector.samples();
        }
    });
    if (error) result.refusal = error->what();
    return result;
}

void try_samples(const std::shared_ptr<const NrrdVolume>& volume, Bytes bytes) {
    const Read forward = read(volume, Course::forward);
    const Read again = read(volume, Course::forward);
    holds(forward.slices == again.slices && forward.refusal == again.refusal, "a volume is read in two ways");
    const Read backward = read(volume, Course::backward);
    if (forward.refusal || backward.refusal) return;  // how far one comes before damage hangs on the way
    holds(backward.slices == forward.slices, "a volume has other samples when it is read backward");
    Choices choose(bytes);
    SampleReader reader(volume);
    for (int i = 0; i < 4; ++i) {
        const auto z = static_cast<Index>(choose.below(static_cast<std::uint64_t>(volume->size[2])));
        const auto first = static_cast<Index>(choose.below(static_cast<std::uint64_t>(volume->size[1])));
        Collector collector(volume->image(), {first, volume->size[1]});
        reader.read_slice(z, {first, volume->size[1]}, collector);
        const auto& slice = forward.slices[static_cast<std::size_t>(z)];
        const std::size_t skipped = static_cast<std::size_t>(first) * volume->image().row_bytes();
        holds(std::equal(collector.samples().begin(), collector.samples().end(),
                         slice.begin() + static_cast<std::ptrdiff_t>(skipped)),
              "a part of a slice is other than in the whole");
    }
}

}  // namespace

void one_input(Bytes bytes) {
    constexpr std::string_view mark = "%data%\n";
    const std::string_view text = text_of(bytes);
    const std::size_t end = text.find(mark);
    const Bytes header = bytes.first(std::min(end, bytes.size()));
    static_cast<void>(error_of({ErrorCode::unsupported, ErrorCode::corrupt, ErrorCode::limit},
                               [&] { check_header(read_nrrd_header(text_of(header), "in memory")); }));
    const std::filesystem::path file = file_of("volume.nhdr", header);
    static_cast<void>(file_of("data", end == std::string_view::npos ? Bytes() : bytes.subspan(end + mark.size())));
    std::shared_ptr<const NrrdVolume> volume;
    if (error_of(refusals, [&] { volume = std::make_shared<const NrrdVolume>(read_nrrd(file.string())); })) return;
    check_header(*volume);
    if (volume->encoding == NrrdEncoding::image_list) return;
    if (error_of(refusals, [&] { static_cast<void>(check_data_files(*volume)); })) return;
    constexpr Index most_slices = 1000;
    if (volume->payload_bytes() <= most_samples_bytes && volume->size[2] <= most_slices) try_samples(volume, bytes);
}

}  // namespace stack2nrrd::fuzz
