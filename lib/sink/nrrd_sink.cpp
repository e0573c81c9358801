#include <stack2nrrd/sink.hpp>

#include "core/byte_count.hpp"
#include "core/file.hpp"
#include "core/output_file.hpp"
#include "core/text.hpp"
#include "sink/gzip_stream.hpp"
#include "sink/nrrd_header.hpp"
#include "sink/nrrd_sink.hpp"
#include "sink/preview.hpp"
#include "sink/publish.hpp"
#include "sink/sample_summary.hpp"

#include <stack2nrrd/error.hpp>

#include <algorithm>
#include <optional>

namespace stack2nrrd {

namespace fs = std::filesystem;

Sink::~Sink() = default;
void Sink::write_late_notes(std::span<const std::string>) {}

std::int64_t VolumeInfo::slice_bytes() const noexcept {
    return (ByteCount(size[0]) * size[1] * channels * sample_bytes(type)).value();
}

std::int64_t VolumeInfo::bytes() const noexcept { return (ByteCount(slice_bytes()) * size[2]).value(); }

namespace {

bool is_detached(const fs::path& file) { return lower_case(utf8(file.extension())) == ".nhdr"; }

/// In a header, "LIST ..." and a number format such as "%03d" name more than one file.
bool means_several_files(std::string_view name) {
    if (name.starts_with("LIST ") || name.starts_with("LIST\t")) return true;
    for (std::size_t percent = name.find('%'); percent != name.npos; percent = name.find('%', percent + 1)) {
        const std::size_t after = name.find_first_not_of("0123456789", percent + 1);
        if (after != name.npos && name[after] == 'd') return true;
    }
    return false;
}

/// The name of the samples' file is in the header, on a line of its own.
void check_name(const fs::path& samples) {
    const std::string name = utf8(samples.filename());
    if (name.find_first_of("\r\n") != std::string::npos || trimmed(name) != name || means_several_files(name)) {
        throw Error(ErrorCode::invalid_argument,
                    printable(utf8(samples)) +
                        ": cannot be named in a header, a name without line breaks, blanks at its ends, "
                        "LIST at its start and number formats was expected; give another name, or write .nrrd");
    }
}

/// A header with `name` as its data file, with `other` in that place. Nothing if it does not say so in so many words.
std::optional<std::string> with_data_file(std::string header, const std::string& name, const std::string& other) {
    for (const std::string& before : {"data file: " + name, "data file: ./" + name}) {
        for (const char after : {'\n', '\r'}) {
            const std::size_t at = header.find("\n" + before + after);
            if (at == std::string::npos) continue;
            header.replace(at + 1, before.size(), "data file: " + other);
            return header;
        }
    }
    return std::nullopt;
}

/// The text of a header that is there, empty if there is none; nothing if it cannot be read.
std::optional<std::string> text_of(const fs::path& header) {
    constexpr std::int64_t most = 1 << 20;
    try {
        return read_text(utf8(header), most);
    } catch (const Error& error) {
        if (error.code() == ErrorCode::not_found) return std::string();
        return std::nullopt;
    }
}

class NrrdSink final : public Sink {
public:
    NrrdSink(const fs::path& file, const NrrdOptions& options, unsigned threads)
        : file_(followed(file)), options_(options), threads_(compressing_threads(threads)) {
        check_output(file, options.force);
        check_suffix(file_, {".nrrd", ".nhdr"}, ".nrrd or .nhdr");
        if (options.encoding == Encoding::zstd) {
            throw Error(ErrorCode::invalid_argument,
                        "--encoding: zstd is none of NRRD, raw or gzip was expected; give one of them, or write "
                        ".ome.zarr");
        }
        if (!is_detached(file_)) return;
        check_name(samples_name());
        check_output(samples_name(), options.force);
    }

    void begin(const VolumeInfo& volume) override {
        const bool detached = is_detached(file_);
        header_ = nrrd_header(volume, options_.encoding, detached ? utf8(samples_name().filename()) : "");
        summary_.emplace(volume);
        header_file_.emplace(file_, options_.force);
        if (detached) {
            samples_file_.emplace(samples_name(), options_.force, header_file_->tag());
            put_pair_back();
        } else {
            header_file_->sweep();
        }
        check_room(file_, options_.encoding == Encoding::raw ? volume.bytes() : 0);
        header_file_->write(header_.text);
        if (options_.encoding == Encoding::gzip) {
            gzip_.emplace(options_.level, threads_,
                          [this](std::span<const std::byte> bytes) { payload().write(bytes); });
        }
    }

    void write_slice(Index, std::span<const std::byte> samples) override {
        summary_->add_slice(samples);
        if (gzip_) {
            gzip_->write(samples);
        } else {
            payload().write(samples);
        }
    }

    void write_late_notes(std::span<const std::string> values) override {
        late_notes_.assign(values.begin(), values.end());
    }

    void finish() override {
        if (gzip_) gzip_->finish();
        const ValueRange& range = summary_->range();
        complete_header(header_, {late_notes_, range.min_text(), range.max_text(), summary_->checksums().text()});
        header_file_->write_at(0, header_.text);
        if (samples_file_) samples_file_->sync();
        header_file_->sync();
    }

    void publish() override {
        if (!samples_file_) return publish_alone(*header_file_);
        try {
            part_old_pair();
            samples_file_->publish();
            samples_file_->settle();  // not every file system keeps the order of names by itself
            header_file_->publish();
            header_file_->settle();
        } catch (...) {
            withdraw();
            throw;
        }
    }

    void withdraw() noexcept override {
        // A header must not speak of other samples than its own even now.
        if (samples_file_) {
            header_file_->hide();
            samples_file_->withdraw();
        }
        if (header_file_) header_file_->withdraw();
    }

    [[nodiscard]] std::vector<fs::path> files() const override {
        if (!is_detached(file_)) return {file_};
        return {file_, samples_name()};
    }

private:
    [[nodiscard]] fs::path samples_name() const { return nrrd_samples_beside(file_, options_.encoding); }
    OutputFile& payload() { return samples_file_ ? *samples_file_ : *header_file_; }

    /// No two names can be given in one step. So that a header never has the samples of another one, the old header is
    /// first made to name its samples by where they are hidden; then come the new samples, then the new header.
    /// Whenever it ends, the name of the header is that of a whole volume. A header of another make that cannot be made
    /// to do so is away in the meantime.
    void part_old_pair() {
        if (!options_.force) return;
        const std::optional<std::string> old = text_of(file_);
        const std::string name = utf8(samples_name().filename());
        if (old && old->find(name) == std::string::npos) return;
        const std::string hidden = utf8(samples_file_->previous().filename());
        if (const auto interim = old ? with_data_file(*old, name, hidden) : std::nullopt) {
            header_file_->write_interim(*interim);
            samples_file_->keep();
            header_file_->stand_in();
        } else {
            header_file_->set_aside();
        }
        header_file_->settle();
    }

    /// The same steps backwards, for a run that was killed between them. Its samples may have had the other encoding.
    void put_pair_back() {
        const bool raw = options_.encoding == Encoding::raw;
        OutputFile others(nrrd_samples_beside(file_, raw ? Encoding::gzip : Encoding::raw), true);
        const std::optional<std::string> read = text_of(file_);
        if (!read) return;  // it may need what is hidden
        const std::string& text = *read;
        const std::size_t at = text.rfind("\ndata file: ");
        std::string tag = header_file_->lost();
        for (const OutputFile* samples : {&*samples_file_, &others}) {
            if (at == std::string::npos || !tag.empty()) break;
            tag = samples->tag_of_previous(trimmed(std::string_view(text).substr(at + 12)));
        }
        for (OutputFile* file : {&*samples_file_, &others, &*header_file_}) {
            if (tag.empty()) break;
            file->put_back(tag);
            file->settle();
        }
        for (OutputFile* file : {&*samples_file_, &others, &*header_file_}) file->sweep();
    }

    fs::path file_;
    NrrdOptions options_;
    unsigned threads_;  ///< that compress
    NrrdHeader header_;
    std::optional<SampleSummary> summary_;
    std::vector<std::string> late_notes_;
    std::optional<OutputFile> header_file_;
    std::optional<OutputFile> samples_file_;
    std::optional<GzipStream> gzip_;
};

}  // namespace

fs::path nrrd_samples_beside(fs::path header, Encoding encoding) {
    return header.replace_extension(encoding == Encoding::gzip ? ".raw.gz" : ".raw");
}

std::int64_t nrrd_sink_bytes(const VolumeInfo& volume, const NrrdOptions& options, unsigned threads) {
    const ByteCount gzip =
        options.encoding == Encoding::gzip ? GzipStream::memory_bytes(compressing_threads(threads)) : 0;
    return (gzip + (options.preview.empty() ? 0 : preview_bytes(volume))).value();
}

std::unique_ptr<Sink> nrrd_sink(const fs::path& file, const NrrdOptions& options, unsigned threads) {
    return with_preview(std::make_unique<NrrdSink>(file, options, threads), options.preview, options.force);
}

}  // namespace stack2nrrd
