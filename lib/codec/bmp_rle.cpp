#include "codec/bmp_rle.hpp"

#include <algorithm>
#include <array>
#include <string>

namespace stack2nrrd {

namespace {

[[noreturn]] void damaged(const InputFile& file, const std::string& what) {
    refuse(file, ErrorCode::corrupt, "is a damaged BMP, " + what + "; copy it again from its source");
}

class Bytes {
public:
    Bytes(InputFile& file, std::int64_t offset) : file_(file), offset_(offset) {}

    /// False at the end of the file.
    [[nodiscard]] bool next(std::uint8_t& byte) {
        if (at_ == size_) {
            size_ = file_.read_at(offset_, buffer_.data(), buffer_.size());
            file_.check();
            offset_ += static_cast<std::int64_t>(size_);
            at_ = 0;
            if (size_ == 0) return false;
        }
        byte = buffer_[at_++];
        return true;
    }
    [[nodiscard]] std::uint8_t must() {
        std::uint8_t byte = 0;
        if (!next(byte)) damaged(file_, "it ends inside its run lengths and more rows were expected");
        return byte;
    }

private:
    InputFile& file_;
    std::int64_t offset_;
    std::array<std::uint8_t, 4096> buffer_{};
    std::size_t at_ = 0;
    std::size_t size_ = 0;
};

/// Where the next sample goes.
class Pen {
public:
    Pen(const InputFile& file, Index width, Index height, std::span<std::byte> indices)
        : file_(file), width_(width), height_(height), indices_(indices) {}

    void put(std::uint8_t index) {
        if (y_ >= height_) {
            damaged(file_, "it has samples beyond its last row, " + std::to_string(height_) + " rows were expected");
        }
        if (x_ < width_) indices_[static_cast<std::size_t>(y_ * width_ + x_)] = std::byte{index};
        x_ = std::min(x_ + 1, width_);
    }
    void end_row() {
        x_ = 0;
        ++y_;
    }
    void move(Index right, Index up) {
        x_ += right;
        y_ += up;
        if (x_ > width_ || y_ > height_) damaged(file_, "its run lengths leave the slice");
    }
    [[nodiscard]] bool is_done() const { return y_ >= height_ || (y_ == height_ - 1 && x_ == width_); }

private:
    const InputFile& file_;
    Index width_, height_;
    std::span<std::byte> indices_;
    Index x_ = 0, y_ = 0;
};

}  // namespace

void undo_bmp_rle(InputFile& file, std::int64_t offset, int bits, Index width, Index height,
                  std::span<std::byte> indices) {
    constexpr std::uint8_t end_of_row = 0;
    constexpr std::uint8_t end_of_slice = 1;
    constexpr std::uint8_t move = 2;
    Bytes bytes(file, offset);
    Pen pen(file, width, height, indices);
    const auto half = [](std::uint8_t byte, int which) -> std::uint8_t {
        return which % 2 == 0 ? byte >> 4 : byte & 15;
    };
    for (std::uint8_t count = 0; bytes.next(count);) {
        const std::uint8_t value = bytes.must();
        if (count > 0) {
            for (int i = 0; i < count; ++i) pen.put(bits == 8 ? value : half(value, i));
        } else if (value == end_of_row) {
            pen.end_row();
        } else if (value == end_of_slice) {
            return;
        } else if (value == move) {
            const Index right = bytes.must();
            pen.move(right, bytes.must());
        } else {  // so many indices as they are, then up to an even number of bytes
            const int stored = bits == 8 ? value : (value + 1) / 2;
            for (int i = 0; i < stored; ++i) {
                const std::uint8_t byte = bytes.must();
                if (bits == 8) {
                    pen.put(byte);
                } else {
                    pen.put(half(byte, 0));
                    if (2 * i + 1 < value) pen.put(half(byte, 1));
                }
            }
            if (stored % 2 != 0) (void)bytes.must();
        }
    }
    if (!pen.is_done()) damaged(file, "it ends inside its run lengths and more rows were expected");
}

}  // namespace stack2nrrd
