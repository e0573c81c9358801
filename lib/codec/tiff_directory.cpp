#include "codec/tiff_directory.hpp"

#include <tiffio.h>

#include <algorithm>
#include <array>

namespace stack2nrrd {

namespace {

constexpr std::array<std::uint8_t, 19> type_bytes{0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4, 0, 0, 8, 8, 8};

// Most directories fit, so that one read is enough for each.
constexpr std::size_t usual_bytes = 512;

}  // namespace

TiffDirectory::TiffDirectory(InputFile& file) : file_(file) {
    std::array<unsigned char, 16> header{};
    file.read_at(0, header.data(), header.size());
    big_endian_ = header[0] == 'M';
    word_ = number(&header[2], 2) == 43 ? 8 : 4;
    first_ = number(&header[word_], word_);
}

bool TiffDirectory::read(std::uint64_t offset) {
    offset_ = offset;
    next_ = 0;
    entries_ = 0;
    const auto file_bytes = static_cast<std::uint64_t>(file_.bytes());
    if (offset == 0 || offset >= file_bytes) return false;
    const std::uint64_t count_bytes = word_ == 8 ? 8 : 2;
    const std::uint64_t entry_bytes = 4 + 2 * word_;
    const auto place = static_cast<std::int64_t>(offset);
    bytes_.resize(usual_bytes);
    std::size_t got = file_.read_at(place, bytes_.data(), bytes_.size());
    if (got < count_bytes) return false;
    const std::uint64_t declared = number(bytes_.data(), count_bytes);
    const std::uint64_t count = std::min<std::uint64_t>(declared, 65535);
    const std::uint64_t size = count_bytes + count * entry_bytes + word_;
    if (size > usual_bytes && got == usual_bytes) {
        bytes_.resize(std::min(size, file_bytes - offset));
        got += file_.read_at(place + static_cast<std::int64_t>(got), bytes_.data() + got, bytes_.size() - got);
    }
    bytes_.resize(std::min<std::uint64_t>(got, size));
    entries_ = std::min(count, (bytes_.size() - count_bytes) / entry_bytes);
    if (declared == 0 || declared != count || bytes_.size() != size) return false;
    next_ = number(&bytes_[size - word_], word_);
    return true;
}

std::optional<std::uint64_t> TiffDirectory::integer(std::uint16_t tag) const {
    const std::optional<Entry> found = find(tag);
    return found ? value(*found) : std::nullopt;
}

std::optional<std::uint64_t> TiffDirectory::single_integer(std::uint16_t tag) const {
    const std::optional<Entry> found = find(tag);
    return found && found->count == 1 ? value(*found) : std::nullopt;
}

std::uint64_t TiffDirectory::count(std::uint16_t tag) const {
    const std::optional<Entry> found = find(tag);
    return found ? found->count : 0;
}

std::optional<double> TiffDirectory::rational(std::uint16_t tag) const {
    const std::optional<Entry> found = find(tag);
    if (!found || found->type != TIFF_RATIONAL || found->count == 0) return std::nullopt;
    const auto numerator = static_cast<double>(number_at(found->place, 4));
    const auto denominator = static_cast<double>(number_at(found->place + 4, 4));
    if (numerator == 0 || denominator == 0) return std::nullopt;
    return numerator / denominator;
}

std::string TiffDirectory::text(std::uint16_t tag, std::uint64_t most, std::uint64_t& bytes) const {
    bytes = 0;
    const std::optional<Entry> found = find(tag);
    if (!found || found->size != 1) return "";
    bytes = found->count;
    const auto file_bytes = static_cast<std::uint64_t>(file_.bytes());
    if (found->place >= file_bytes) return "";
    std::string text(std::min({found->count, most, file_bytes - found->place}), '\0');
    text.resize(file_.read_at(static_cast<std::int64_t>(found->place), text.data(), text.size()));
    text.resize(std::min(text.find('\0'), text.size()));
    return text;
}

std::uint64_t TiffDirectory::value_bytes() const {
    const std::uint64_t entry_bytes = 4 + 2 * word_;
    constexpr std::uint64_t first_read = std::uint64_t{1} << 20;
    const auto file_bytes = static_cast<std::uint64_t>(file_.bytes());
    std::uint64_t sum = 0;
    std::uint64_t given_up = 0;  // one after the other
    for (std::uint64_t i = 0; i < entries_; ++i) {
        const Entry e = entry(&bytes_[(word_ == 8 ? 8 : 2) + i * entry_bytes]);
        if (e.inside != nullptr) continue;
        sum += std::min(e.count, file_bytes) * e.size;
        if (e.count > file_bytes / e.size) given_up = std::max(given_up, std::min(e.count, first_read) * e.size);
    }
    return std::min(sum, 64 * file_bytes) + std::min(given_up, first_read);
}

TiffDirectory::Entry TiffDirectory::entry(const unsigned char* bytes) const {
    Entry e;
    e.type = number(bytes + 2, 2);
    e.count = number(bytes + 4, word_);
    e.size = e.type < type_bytes.size() ? type_bytes[e.type] : 0;
    const unsigned char* last = bytes + 4 + word_;
    if (e.size == 0 || e.count <= word_ / e.size) e.inside = last;
    e.place = e.inside == nullptr ? number(last, word_) : offset_ + static_cast<std::uint64_t>(last - bytes_.data());
    return e;
}

std::optional<TiffDirectory::Entry> TiffDirectory::find(std::uint16_t tag) const {
    const std::uint64_t entry_bytes = 4 + 2 * word_;
    for (std::uint64_t i = 0; i < entries_; ++i) {
        const unsigned char* bytes = &bytes_[(word_ == 8 ? 8 : 2) + i * entry_bytes];
        if (number(bytes, 2) != tag) continue;
        return entry(bytes);
    }
    return std::nullopt;
}

std::uint64_t TiffDirectory::number(const unsigned char* bytes, std::uint64_t size) const {
    std::uint64_t value = 0;
    for (std::uint64_t i = 0; i < size; ++i) value = value << 8 | bytes[big_endian_ ? i : size - 1 - i];
    return value;
}

std::uint64_t TiffDirectory::number_at(std::uint64_t place, std::uint64_t size) const {
    std::array<unsigned char, 8> bytes{};
    if (place >= static_cast<std::uint64_t>(file_.bytes())) return 0;
    file_.read_at(static_cast<std::int64_t>(place), bytes.data(), size);
    return number(bytes.data(), size);
}

std::optional<std::uint64_t> TiffDirectory::value(const Entry& e) const {
    const bool is_integer = e.type == TIFF_SHORT || e.type == TIFF_LONG || e.type == TIFF_LONG8 || e.type == TIFF_IFD ||
                            e.type == TIFF_IFD8;
    if (!is_integer || e.count == 0) return std::nullopt;
    return e.inside != nullptr ? number(e.inside, e.size) : number_at(e.place, e.size);
}

}  // namespace stack2nrrd
