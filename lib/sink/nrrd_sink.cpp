#include <stack2nrrd/sink.hpp>

#include "core/file.hpp"
#include "core/text.hpp"
#include "sink/gzip_stream.hpp"
#include "sink/nrrd_header.hpp"
#include "sink/value_range.hpp"

#include <stack2nrrd/error.hpp>

#include <optional>

namespace stack2nrrd {

namespace fs = std::filesystem;

Sink::~Sink() = default;

namespace {

bool is_detached(const fs::path& file) { return lower_case(utf8(file.extension())) == ".nhdr"; }

/// Refuses what must not be replaced. Asked before the run, and again by the time there is something to write.
void check_replaceable(const fs::path& file, bool force) {
    std::error_code failure;
    const fs::file_status status = fs::status(file, failure);
    if (!fs::exists(status)) return;
    const std::string shown = printable(utf8(file));
    if (!fs::is_regular_file(status)) {
        throw Error(ErrorCode::invalid_argument, shown + ": exists and is not a regular file; give another name");
    }
    if (!force) throw Error(ErrorCode::invalid_argument, shown + ": exists already; use --force to replace it");
}

void check_folder(const fs::path& file, std::int64_t bytes) {
    const fs::path folder = file.has_parent_path() ? file.parent_path() : fs::path(".");
    std::error_code failure;
    if (!fs::is_directory(folder, failure)) {
        throw Error(ErrorCode::io, printable(utf8(folder)) + ": is no folder to write into; make it first");
    }
    const fs::space_info space = fs::space(folder, failure);
    if (!failure && space.available < static_cast<std::uintmax_t>(bytes)) {
        throw Error(ErrorCode::io, printable(utf8(file)) + ": needs " + bytes_text(bytes) + ", but only " +
                                       bytes_text(static_cast<std::int64_t>(space.available)) +
                                       " are free in its folder; make room or reduce more");
    }
}

class NrrdSink final : public Sink {
public:
    NrrdSink(fs::path file, const NrrdOptions& options) : file_(std::move(file)), options_(options) {
        for (const fs::path& each : nrrd_files(file_, options_)) check_replaceable(each, options_.force);
    }

    void begin(const VolumeInfo& volume) override {
        const std::vector<fs::path> files = nrrd_files(file_, options_);
        for (const fs::path& each : files) check_replaceable(each, options_.force);
        const bool detached = files.size() > 1;
        check_folder(file_, options_.encoding == Encoding::raw ? volume.bytes() : 0);

        header_ = nrrd_header(volume, options_.encoding, detached ? utf8(files[1].filename()) : "");
        range_.emplace(volume.type, volume.channels);
        header_file_.emplace(file_);
        header_file_->write(header_.text);
        if (detached) samples_file_.emplace(files[1]);
        if (options_.encoding == Encoding::gzip) {
            gzip_.emplace(options_.level, [this](std::span<const std::byte> bytes) { payload().write(bytes); });
        }
    }

    void write_slice(Index, std::span<const std::byte> samples) override {
        range_->add(samples);
        if (gzip_) {
            gzip_->write(samples);
        } else {
            payload().write(samples);
        }
    }

    void finish() override {
        if (gzip_) gzip_->finish();
        header_file_->write_at(static_cast<std::int64_t>(header_.min_at), range_->min_text());
        header_file_->write_at(static_cast<std::int64_t>(header_.max_at), range_->max_text());
        if (samples_file_) samples_file_->sync();
        header_file_->sync();
        // The header comes last: it must never speak of samples that are not there.
        if (samples_file_) samples_file_->commit(true);
        try {
            header_file_->commit();
        } catch (...) {
            if (samples_file_) samples_file_->revert();
            throw;
        }
    }

    [[nodiscard]] std::int64_t memory_bytes(const VolumeInfo&) const override {
        return options_.encoding == Encoding::gzip ? GzipStream::memory_bytes : 0;
    }

private:
    OutputFile& payload() { return samples_file_ ? *samples_file_ : *header_file_; }

    fs::path file_;
    NrrdOptions options_;
    NrrdHeader header_;
    std::optional<ValueRange> range_;
    std::optional<OutputFile> header_file_;
    std::optional<OutputFile> samples_file_;
    std::optional<GzipStream> gzip_;
};

}  // namespace

std::vector<fs::path> nrrd_files(const fs::path& file, const NrrdOptions& options) {
    if (!is_detached(file)) return {file};
    fs::path samples = file;
    samples.replace_extension(options.encoding == Encoding::gzip ? ".raw.gz" : ".raw");
    return {file, samples};
}

std::unique_ptr<Sink> nrrd_sink(const fs::path& file, const NrrdOptions& options) {
    const std::string suffix = lower_case(utf8(file.extension()));
    if (suffix != ".nrrd" && suffix != ".nhdr") {
        throw Error(ErrorCode::invalid_argument, printable(utf8(file)) + ": has the suffix '" + printable(suffix) +
                                                     "', .nrrd or .nhdr was expected for a volume");
    }
    return std::make_unique<NrrdSink>(file, options);
}

}  // namespace stack2nrrd
