#include <stack2nrrd/sink.hpp>

#include "core/byte_count.hpp"
#include "core/file.hpp"
#include "core/text.hpp"
#include "sink/gzip_stream.hpp"
#include "sink/nrrd_header.hpp"
#include "sink/nrrd_sink.hpp"
#include "sink/preview.hpp"
#include "sink/value_range.hpp"

#include <stack2nrrd/error.hpp>

#include <algorithm>
#include <initializer_list>
#include <optional>
#include <thread>

namespace stack2nrrd {

namespace fs = std::filesystem;

Sink::~Sink() = default;

std::int64_t VolumeInfo::slice_bytes() const noexcept {
    return (ByteCount(size[0]) * size[1] * channels * sample_bytes(type)).value();
}

std::int64_t VolumeInfo::bytes() const noexcept { return (ByteCount(slice_bytes()) * size[2]).value(); }

namespace {

bool is_detached(const fs::path& file) { return lower_case(utf8(file.extension())) == ".nhdr"; }

/// The file that holds the samples of a detached header.
fs::path samples_beside(fs::path header, Encoding encoding) {
    return header.replace_extension(encoding == Encoding::gzip ? ".raw.gz" : ".raw");
}

/// Refuses what must not be replaced. Asked before the run; OutputFile makes sure once more at its end.
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

void check_suffix(const fs::path& file, std::initializer_list<std::string_view> known, const char* expected) {
    const std::string suffix = lower_case(utf8(file.extension()));
    if (std::find(known.begin(), known.end(), suffix) != known.end()) return;
    throw Error(ErrorCode::invalid_argument,
                printable(utf8(file)) + ": has the suffix '" + printable(suffix) + "', " + expected + " was expected");
}

/// In a header, "LIST ..." and a number format such as "%03d" stand for more than one file.
bool means_several_files(std::string_view name) {
    if (name.starts_with("LIST ") || name.starts_with("LIST\t")) return true;
    for (std::size_t percent = name.find('%'); percent != name.npos; percent = name.find('%', percent + 1)) {
        const std::size_t after = name.find_first_not_of("0123456789", percent + 1);
        if (after != name.npos && name[after] == 'd') return true;
    }
    return false;
}

/// The name of the samples' file stands in the header, on a line of its own.
void check_name(const fs::path& samples) {
    const std::string name = utf8(samples.filename());
    if (name.find_first_of("\r\n") != std::string::npos || trimmed(name) != name || means_several_files(name)) {
        throw Error(ErrorCode::invalid_argument,
                    printable(utf8(samples)) +
                        ": cannot be named in a header, a name without line breaks, blanks at its ends, "
                        "LIST at its start and number formats was expected; give another name, or write .nrrd");
    }
}

void check_different(const std::vector<fs::path>& files) {
    std::error_code ignored;
    for (std::size_t i = 0; i < files.size(); ++i) {
        for (std::size_t j = 0; j < i; ++j) {
            if (fs::weakly_canonical(fs::absolute(files[i]), ignored) ==
                    fs::weakly_canonical(fs::absolute(files[j]), ignored) ||
                fs::equivalent(files[i], files[j], ignored)) {
                throw Error(ErrorCode::invalid_argument,
                            printable(utf8(files[i])) + ": is named twice as an output; give two names");
            }
        }
    }
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

/// Eight keep up with any disk; more would only take memory.
unsigned gzip_threads(const NrrdOptions& options) {
    constexpr unsigned most = 8;
    return std::clamp(options.threads == 0 ? std::thread::hardware_concurrency() : options.threads, 1U, most);
}

class NrrdSink final : public Sink {
public:
    NrrdSink(const fs::path& file, const NrrdOptions& options) : file_(followed(file)), options_(options) {
        const std::vector<fs::path> files = nrrd_files(file, options);
        for (const fs::path& each : files) check_replaceable(each, options.force);
        check_different(files);
        if (is_detached(file_)) check_name(samples_name());
    }

    void begin(const VolumeInfo& volume) override {
        check_folder(file_, options_.encoding == Encoding::raw ? volume.bytes() : 0);
        const bool detached = is_detached(file_);
        slices_ = volume.size[2];
        header_ = nrrd_header(volume, options_.encoding, detached ? utf8(samples_name().filename()) : "");
        range_.emplace(volume.type, volume.channels);
        header_file_.emplace(file_, options_.force);
        header_file_->write(header_.text);
        if (detached) samples_file_.emplace(samples_name(), options_.force);
        if (!options_.preview.empty()) {
            check_folder(options_.preview, 0);
            preview_file_.emplace(options_.preview, options_.force);
            preview_.emplace(volume);
        }
        if (options_.encoding == Encoding::gzip) {
            gzip_.emplace(options_.level, gzip_threads(options_),
                          [this](std::span<const std::byte> bytes) { payload().write(bytes); });
        }
    }

    void write_slice(Index z, std::span<const std::byte> samples) override {
        range_->add(samples);
        if (preview_) {
            preview_->add(z, samples);
            if (z + 1 == slices_) preview_->write(*preview_file_);
        }
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
        for (auto* file : {&preview_file_, &samples_file_, &header_file_}) {
            if (*file) (*file)->sync();
        }
        try {
            if (preview_file_) preview_file_->commit();
            // A header must never speak of samples that are not there, so the old one goes first, the new one comes
            // last.
            if (samples_file_) {
                header_file_->set_aside();
                samples_file_->commit();
            }
            header_file_->commit();
        } catch (...) {
            for (auto* file : {&header_file_, &samples_file_, &preview_file_}) {
                if (*file) (*file)->revert();
            }
            throw;
        }
    }

private:
    [[nodiscard]] fs::path samples_name() const { return samples_beside(file_, options_.encoding); }
    OutputFile& payload() { return samples_file_ ? *samples_file_ : *header_file_; }

    fs::path file_;
    NrrdOptions options_;
    Index slices_ = 0;
    NrrdHeader header_;
    std::optional<ValueRange> range_;
    std::optional<OutputFile> header_file_;
    std::optional<OutputFile> samples_file_;
    std::optional<OutputFile> preview_file_;
    std::optional<Preview> preview_;
    std::optional<GzipStream> gzip_;
};

}  // namespace

std::vector<fs::path> nrrd_files(const fs::path& file, const NrrdOptions& options) {
    std::vector<fs::path> files{followed(file)};
    if (is_detached(files[0])) {
        files.push_back(samples_beside(files[0], options.encoding));
    }
    if (!options.preview.empty()) files.push_back(followed(options.preview));
    return files;
}

std::int64_t nrrd_sink_bytes(const VolumeInfo& volume, const NrrdOptions& options) {
    const ByteCount gzip = options.encoding == Encoding::gzip ? GzipStream::memory_bytes(gzip_threads(options)) : 0;
    return (gzip + (options.preview.empty() ? 0 : Preview::memory_bytes(volume))).value();
}

std::unique_ptr<Sink> nrrd_sink(const fs::path& file, const NrrdOptions& options) {
    check_suffix(followed(file), {".nrrd", ".nhdr"}, ".nrrd or .nhdr");
    if (!options.preview.empty()) check_suffix(followed(options.preview), {".png"}, ".png");
    return std::make_unique<NrrdSink>(file, options);
}

}  // namespace stack2nrrd
