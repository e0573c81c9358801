#include "source/volume_slices.hpp"

#include <stack2nrrd/error.hpp>

#include <utility>

namespace stack2nrrd {

class VolumeSlices::Reader final : public SliceReader {
public:
    explicit Reader(const VolumeSlices& source)
        : source_(source),
          samples_(
              source.volume_,
              [&source](std::size_t file, const InputFile& input) {
                  if (input.stamp() != source.files_.stamp(file)) throw_changed(input.path());
              },
              source.course_) {}

    void read(Index z, Range rows, RowSink& sink) override {
        try {
            samples_.read_slice(source_.slice(z).place, rows, sink);
        } catch (const Error& error) {
            if (error.code() == ErrorCode::not_found) throw_changed(source_.files_.path(samples_.last_file()));
            throw;
        }
    }

    [[nodiscard]] Index files_with_surplus() const noexcept override { return samples_.files_with_surplus(); }

private:
    const VolumeSlices& source_;
    SampleReader samples_;
};

VolumeSlices::VolumeSlices(std::shared_ptr<const NrrdVolume> volume, FileList files, SliceList slices, Course course)
    : ListedSource(volume->image(), std::move(slices)),
      volume_(std::move(volume)),
      files_(std::move(files)),
      course_(course) {}

std::int64_t VolumeSlices::reader_bytes() const {
    return decoder_bytes(*volume_) + (course_ == Course::backward ? bookmark_bytes(*volume_) : 0);
}

std::unique_ptr<SliceReader> VolumeSlices::reader() const { return std::make_unique<Reader>(*this); }

}  // namespace stack2nrrd
