// A folder of levels, each a sink. What they share is the store: the folder, and the threads that pack.

#include "sink/zarr_sink.hpp"

#include "core/byte_count.hpp"
#include "core/crc32c.hpp"
#include "core/file.hpp"
#include "core/output_folder.hpp"
#include "core/text.hpp"
#include "sink/chunk_codec.hpp"
#include "sink/chunk_packer.hpp"
#include "sink/gzip_stream.hpp"
#include "sink/preview.hpp"
#include "sink/publish.hpp"
#include "sink/sample_summary.hpp"
#include "sink/zarr_layout.hpp"
#include "sink/zarr_metadata.hpp"

#include <stack2nrrd/error.hpp>

#include <algorithm>
#include <array>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace stack2nrrd {

namespace fs = std::filesystem;

namespace {

constexpr std::int64_t index_entry_bytes = 16;  ///< of a chunk in the index of its file: offset and length

/// Does a small file of JSON have this member? Blanks do not count.
bool has_member(const fs::path& file, std::string_view member) {
    if (!disk::is_file(file)) return false;
    InputFile input(utf8(file));
    std::string text(static_cast<std::size_t>(std::min<std::int64_t>(input.bytes(), 1 << 20)), ' ');
    input.read_at(0, text.data(), text.size());
    input.check();
    std::erase_if(text, [](char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; });
    return text.find(member) != std::string::npos;
}

/// And nothing else is in it: what is replaced is gone.
bool is_zarr_group(const fs::path& folder) {
    if (!has_member(folder / "zarr.json", "\"node_type\":\"group\"") &&
        !has_member(folder / ".zgroup", "\"zarr_format\":2")) {
        return false;
    }
    constexpr std::array<std::string_view, 4> own_files{"zarr.json", ".zgroup", ".zattrs", ".zmetadata"};
    bool is_pure = true;
    for_each_entry(folder, [&](const fs::path& name, bool is_folder) {
        const auto has = [&](const char* file) { return disk::is_file(folder / name / file); };
        const bool is_own = std::find(own_files.begin(), own_files.end(), utf8(name)) != own_files.end();
        is_pure = is_pure && (is_folder ? has("zarr.json") || has(".zarray") || has(".zgroup") : is_own);
    });
    return is_pure;
}

/// "scan.ome.zarr/" means "scan.ome.zarr".
fs::path without_slash(const fs::path& path) { return path.has_filename() ? path : path.parent_path(); }

/// "scan" of "scan.ome.zarr".
std::string volume_name(const fs::path& folder) {
    fs::path stem = folder.stem();
    if (lower_case(utf8(stem.extension())) == ".ome") stem = stem.stem();
    return utf8(stem);
}

void append_number(std::vector<std::byte>& bytes, std::uint64_t number, unsigned size) {
    for (unsigned i = 0; i < size; ++i) bytes.push_back(static_cast<std::byte>((number >> (8 * i)) & 0xffU));
}

struct Store {
    Store(const fs::path& named, std::size_t count, const ZarrOptions& given, unsigned most_threads)
        : name(without_slash(named)), options(given), threads(most_threads), levels(count) {
        if (!ChunkCodec::has(options.encoding)) (void)ChunkCodec(options.encoding, options.level);  // which throws
        check_output_folder(name, options.force, is_zarr_group, "Zarr group");
    }

    void begin(std::size_t level, const VolumeInfo& volume) {
        if (!folder) {
            folder.emplace(name, options.force);
            folder->sweep();
        }
        if (options.encoding == Encoding::raw) needed = needed + volume.bytes();
        check_room(name, needed.value());
        levels[level] = {volume, volume.notes};
        most_chunk = std::max(most_chunk, ZarrLayout(volume).chunk_bytes());
        folder->make(std::to_string(level));
    }

    ChunkPacker& packer() {
        if (!packer_) packer_.emplace(options.encoding, options.level, threads, most_chunk);
        return *packer_;
    }

    /// The folder is complete when its last level is.
    void finish(std::size_t level) {
        const fs::path path = std::to_string(level);
        for (const ZarrText& text : zarr_array_texts(levels[level].volume, options)) {
            folder->write(path / text.name, text.text);
        }
        folder->sync(path);
        if (++finished < levels.size()) return;
        packer_.reset();
        for (const ZarrText& text : zarr_group_texts(levels, options, volume_name(name))) {
            folder->write(text.name, text.text);
        }
        folder->sync("");
    }

    fs::path name;
    ZarrOptions options;
    unsigned threads;
    std::vector<ZarrLevel> levels;
    std::size_t finished = 0;
    std::size_t most_chunk = 0;
    ByteCount needed = 0;
    std::optional<OutputFolder> folder;
    std::optional<ChunkPacker> packer_;
};

class ZarrSink final : public Sink {
public:
    ZarrSink(std::shared_ptr<Store> store, std::size_t level) : store_(std::move(store)), level_(level) {}

    void begin(const VolumeInfo& volume) override {
        layout_.emplace(volume);
        summary_.emplace(volume);
        slab_.resize(layout_->slab_bytes());
        store_->begin(level_, volume);
        if (has_files_a_slab()) make(fs::path(own_path()) / "c");
        if (layout_->channels == 1) return;
        for (Index channel = 0; channel < layout_->channels; ++channel) make(channel_path(channel));
    }

    void write_slice(Index z, std::span<const std::byte> samples) override {
        summary_->add_slice(samples);
        std::memcpy(slab_.data() + filled_, samples.data(), samples.size());
        filled_ += samples.size();
        if (filled_ == slab_.size() || z + 1 == layout_->size[2]) end_slab(z / layout_->chunk[2]);
    }

    void write_late_notes(std::span<const std::string> values) override {
        ZarrLevel& level = store_->levels[level_];
        for (std::size_t i = 0; i < values.size(); ++i) level.notes.emplace_back(level.volume.late_notes[i], values[i]);
    }

    void finish() override {
        slab_ = {};
        auto& notes = store_->levels[level_].notes;
        notes.emplace_back("min", summary_->range().min_text());
        notes.emplace_back("max", summary_->range().max_text());
        notes.emplace_back(samples_crc_key, summary_->checksums().text());
        sync_channels();
        store_->finish(level_);
    }

    void publish() override {
        if (level_ == 0) store_->folder->publish();
    }
    void withdraw() noexcept override {
        if (level_ == 0 && store_->folder) store_->folder->withdraw();
    }
    [[nodiscard]] std::vector<fs::path> files() const override {
        if (level_ > 0) return {};
        return {store_->name};
    }

private:
    [[nodiscard]] bool has_files_a_slab() const { return store_->options.version == ZarrVersion::v0_5; }
    [[nodiscard]] std::string own_path() const { return std::to_string(level_); }
    void make(const fs::path& path) const { store_->folder->make(path); }

    /// Where the slabs of a channel are.
    [[nodiscard]] fs::path channel_path(Index channel) const {
        fs::path path = own_path();
        if (has_files_a_slab()) path /= "c";
        return layout_->channels == 1 ? path : path / std::to_string(channel);
    }

    void end_slab(Index number) {
        const std::span<const std::byte> slab = std::span(slab_).first(filled_);
        for (Index channel = 0; channel < layout_->channels; ++channel) {
            const fs::path path = channel_path(channel) / std::to_string(number);
            make(path);
            if (has_files_a_slab()) {
                write_file_of_chunks(slab, channel, path);
            } else {
                write_files(slab, channel, path);
            }
            store_->folder->sync(path);
        }
        filled_ = 0;
    }

    void pack(std::span<const std::byte> slab, Index channel, const ChunkPacker::Take& take) {
        store_->packer().pack(
            layout_->slab_chunks(), layout_->chunk_bytes(),
            [&](std::size_t i, std::span<std::byte> chunk) { layout_->gather(slab, channel, i, chunk); }, take);
    }

    /// One shard: the chunks, then where each of them is, then the checksum of that.
    void write_file_of_chunks(std::span<const std::byte> slab, Index channel, const fs::path& path) {
        make(path / "0");
        OutputFolder::File file(*store_->folder, path / "0" / "0");
        std::vector<std::byte> index;
        index.reserve(layout_->slab_chunks() * index_entry_bytes + sizeof(std::uint32_t));
        std::uint64_t offset = 0;
        pack(slab, channel, [&](std::size_t, std::span<const std::byte> packed) {
            file.write(packed);
            append_number(index, offset, 8);
            append_number(index, packed.size(), 8);
            offset += packed.size();
        });
        append_number(index, crc32c(index), 4);
        file.write(index);
        file.sync();
        store_->folder->sync(path / "0");
    }

    void write_files(std::span<const std::byte> slab, Index channel, const fs::path& path) {
        const auto columns = static_cast<std::size_t>(layout_->chunks[0]);
        pack(slab, channel, [&](std::size_t i, std::span<const std::byte> packed) {
            const fs::path row = path / std::to_string(i / columns);
            if (i % columns == 0) make(row);
            OutputFolder::File file(*store_->folder, row / std::to_string(i % columns));
            file.write(packed);
            file.sync();
            if (i % columns == columns - 1) store_->folder->sync(row);
        });
    }

    void sync_channels() const {
        if (layout_->channels > 1) {
            for (Index channel = 0; channel < layout_->channels; ++channel) {
                store_->folder->sync(channel_path(channel));
            }
        }
        if (has_files_a_slab()) store_->folder->sync(fs::path(own_path()) / "c");
    }

    std::shared_ptr<Store> store_;
    std::size_t level_;
    std::optional<ZarrLayout> layout_;
    std::optional<SampleSummary> summary_;
    std::vector<std::byte> slab_;
    std::size_t filled_ = 0;
};

}  // namespace

bool is_zarr_name(const fs::path& name) { return lower_case(utf8(without_slash(name).extension())) == ".zarr"; }

std::int64_t zarr_sinks_bytes(std::span<const VolumeInfo* const> levels, const ZarrOptions& options, unsigned threads) {
    ByteCount bytes = options.preview.empty() ? 0 : preview_bytes(*levels.front());
    std::size_t most_chunk = 0;
    for (const VolumeInfo* volume : levels) {
        const ZarrLayout layout(*volume);
        bytes = bytes + ByteCount(volume->slice_bytes()) * layout.chunk[2] +
                ByteCount(layout.chunks[0]) * layout.chunks[1] * index_entry_bytes;
        most_chunk = std::max(most_chunk, layout.chunk_bytes());
    }
    return (bytes + ChunkPacker::memory_bytes(options.encoding, options.level, compressing_threads(threads),
                                              static_cast<std::int64_t>(most_chunk)))
        .value();
}

std::vector<std::unique_ptr<Sink>> zarr_sinks(const fs::path& folder, std::size_t levels, const ZarrOptions& options,
                                              unsigned threads) {
    check_suffix(without_slash(folder), {".zarr"}, ".ome.zarr or .zarr");
    const auto store = std::make_shared<Store>(folder, levels, options, compressing_threads(threads));
    std::vector<std::unique_ptr<Sink>> sinks;
    for (std::size_t i = 0; i < levels; ++i) sinks.push_back(std::make_unique<ZarrSink>(store, i));
    if (levels > 0) sinks.front() = with_preview(std::move(sinks.front()), options.preview, options.force);
    return sinks;
}

}  // namespace stack2nrrd
