#include "source/masked.hpp"

#include "core/byte_count.hpp"
#include "core/sample_types.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

namespace stack2nrrd {

namespace {

/// One bit for each sample of the wanted rows of a slice: is it within the mask?
class Bits {
public:
    /// `height`: of the slice.
    Bits(Index width, Index height)
        : width_(static_cast<std::size_t>(width)), words_(static_cast<std::size_t>(height) * words_of_row()) {}

    [[nodiscard]] static ByteCount bytes(const ImageInfo& image) {
        return ByteCount((image.width + 63) / 64) * image.height * sizeof(std::uint64_t);
    }

    void clear(Range rows) {
        first_ = rows.first;
        std::fill_n(words_.begin(), static_cast<std::size_t>(rows.size()) * words_of_row(), 0);
    }

    [[nodiscard]] std::uint64_t* row(Index y) {
        return words_.data() + static_cast<std::size_t>(y - first_) * words_of_row();
    }
    [[nodiscard]] std::size_t words_of_row() const noexcept { return (width_ + 63) / 64; }

    /// Calls take(begin, end) for each run of samples of a row that is outside of the mask.
    template <class Take>
    void for_each_gap(Index y, Take take) {
        const std::uint64_t* const words = row(y);
        std::size_t begin = 0;
        bool is_gap = false;
        for (std::size_t x = 0; x < width_;) {
            const std::uint64_t word = words[x / 64];
            // A whole word at a time, where all is the same.
            const bool is_whole = x % 64 == 0 && (word == 0 || word == ~std::uint64_t{0});
            const bool is_set = ((word >> (x % 64)) & 1U) != 0;
            if (is_set == is_gap) {
                if (is_gap) take(begin, x);
                is_gap = !is_gap;
                begin = x;
            }
            x += is_whole ? 64 : 1;
        }
        if (is_gap) take(begin, width_);
    }

private:
    std::size_t width_;
    Index first_ = 0;  ///< the first row that is wanted
    std::vector<std::uint64_t> words_;
};

/// Takes the rows of a mask.
class BitSink final : public RowSink {
public:
    BitSink(const ImageInfo& image, Bits& bits)
        : type_(image.type), width_(static_cast<std::size_t>(image.width)), bits_(bits) {
        channels_ = static_cast<std::size_t>(image.channels());
        const bool has_alpha = image.colour == Colour::grey_alpha || image.colour == Colour::rgba;
        looked_at_ = channels_ - (has_alpha ? 1 : 0);
    }

    void rows(Index y, Index count, const std::byte* samples) override {
        with_sample_type(type_, [&](auto zero) {
            using Sample = decltype(zero);
            for (Index i = 0; i < count; ++i, samples += width_ * channels_ * sizeof(Sample)) {
                set<Sample>(samples, bits_.row(y + i));
            }
        });
    }

private:
    template <class Sample>
    void set(const std::byte* samples, std::uint64_t* words) const {
        if (channels_ == 1) {
            for (std::size_t begin = 0; begin < width_; begin += 64) {
                std::uint64_t word = 0;
                for (std::size_t x = begin; x < std::min(width_, begin + 64); ++x) {
                    Sample sample;  // which may be anywhere
                    std::memcpy(&sample, samples + x * sizeof(Sample), sizeof(Sample));
                    word |= static_cast<std::uint64_t>(sample != Sample{}) << (x - begin);
                }
                *words++ = word;
            }
            return;
        }
        for (std::size_t x = 0; x < width_; ++x) {
            bool any = false;
            for (std::size_t c = 0; c < looked_at_; ++c) {
                Sample sample;
                std::memcpy(&sample, samples + (x * channels_ + c) * sizeof(Sample), sizeof(Sample));
                any = any || sample != Sample{};
            }
            words[x / 64] |= static_cast<std::uint64_t>(any) << (x % 64);
        }
    }

    SampleType type_;
    std::size_t width_;
    std::size_t channels_ = 1;
    std::size_t looked_at_ = 1;
    Bits& bits_;
};

}  // namespace

class Masked::Reader final : public SliceReader, private RowSink {
public:
    explicit Reader(const Masked& masked)
        : masked_(masked),
          source_(masked.source_->reader()),
          mask_(masked.mask_->reader()),
          bits_(masked.image().width, masked.image().height),
          bit_sink_(masked.mask_->image(), bits_),
          row_(masked.image().row_bytes()) {}

    void read(Index z, Range rows, RowSink& sink) override {
        bits_.clear(rows);
        if (!masked_.mask_->is_blank(z)) mask_->read(z, rows, bit_sink_);
        sink_ = &sink;
        if (!masked_.source_->is_blank(z)) return source_->read(z, rows, *this);
        const std::vector<std::byte> zeros(row_.size());
        for (Index y = rows.first; y < rows.end; ++y) RowSink::row(y, zeros.data());
    }

    [[nodiscard]] Index files_with_surplus() const noexcept override {
        return source_->files_with_surplus() + mask_->files_with_surplus();
    }

private:
    void rows(Index y, Index count, const std::byte* samples) override {
        const std::size_t sample = masked_.fill_.size();
        Index passed = 0;  // rows that go on as they are
        for (Index i = 0; i < count; ++i) {
            bool is_copied = false;
            bits_.for_each_gap(y + i, [&](std::size_t begin, std::size_t end) {
                if (!is_copied)
                    std::memcpy(row_.data(), samples + static_cast<std::size_t>(i) * row_.size(), row_.size());
                is_copied = true;
                fill(row_.data() + begin * sample, (end - begin) * sample);
            });
            if (!is_copied) continue;
            push(y + passed, i - passed, samples + static_cast<std::size_t>(passed) * row_.size());
            push(y + i, 1, row_.data());
            passed = i + 1;
        }
        push(y + passed, count - passed, samples + static_cast<std::size_t>(passed) * row_.size());
    }

    /// `bytes`: a whole number of samples. What is filled already is copied behind itself.
    void fill(std::byte* samples, std::size_t bytes) const {
        std::size_t done = masked_.fill_.size();
        std::memcpy(samples, masked_.fill_.data(), done);
        for (; done < bytes; done *= 2) std::memcpy(samples + done, samples, std::min(done, bytes - done));
    }

    void push(Index y, Index count, const std::byte* samples) {
        if (count > 0) sink_->rows(y, count, samples);
    }

    const Masked& masked_;
    std::unique_ptr<SliceReader> source_;
    std::unique_ptr<SliceReader> mask_;
    Bits bits_;
    BitSink bit_sink_;
    std::vector<std::byte> row_;
    RowSink* sink_ = nullptr;
};

Masked::Masked(std::shared_ptr<const Source> source, std::shared_ptr<const Source> mask, std::vector<std::byte> fill)
    : source_(std::move(source)), mask_(std::move(mask)) {
    fills_with_zeros_ = std::all_of(fill.begin(), fill.end(), [](std::byte b) { return b == std::byte{}; });
    for (int c = 0; c < source_->image().channels(); ++c) fill_.insert(fill_.end(), fill.begin(), fill.end());
}

std::int64_t Masked::reader_bytes() const {
    const ImageInfo image = source_->image();
    return (ByteCount(source_->reader_bytes()) + mask_->reader_bytes() + Bits::bytes(image) +
            ByteCount(2) * image.row_bytes())
        .value();
}

std::unique_ptr<SliceReader> Masked::reader() const { return std::make_unique<Reader>(*this); }

}  // namespace stack2nrrd
