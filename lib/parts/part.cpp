#include "parts/part.hpp"

#include "core/file.hpp"
#include "core/text.hpp"
#include "sink/slab_checksums.hpp"
#include "volume/nrrd_text.hpp"

#include <stack2nrrd/error.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

namespace stack2nrrd {

namespace fs = std::filesystem;

namespace {

constexpr std::array<const char*, 5> note_keys{"stack2nrrd_clipped_low", "stack2nrrd_clipped_high", "stack2nrrd_nan",
                                               "stack2nrrd_rounded_integers", "stack2nrrd_part_crc32"};

constexpr const char* plan_key = "stack2nrrd_plan";
constexpr const char* part_key = "stack2nrrd_part";

constexpr std::size_t digits = 6;  // more in longer numbers, in the same order

std::string padded(Index number) {
    const std::string text = std::to_string(number);
    return std::string(digits - std::min(digits, text.size()), '0') + text;
}

/// Does the header say that it is this part, and of this plan?
bool is_of(const NrrdText& text, const VolumeInfo& whole, const Part& part) {
    const VolumeInfo volume = part_volume(whole, part);
    return std::all_of(volume.notes.begin(), volume.notes.end(), [&](const auto& note) {
        if (note.first != plan_key && note.first != part_key) return true;
        const std::string* value = text.key_value(note.first);
        return value != nullptr && *value == note.second;
    });
}

}  // namespace

Range share_of(Index slices, Index index, Index count) noexcept {
    const Index each = slices / count;
    const Index rest = slices % count;  // so that no product is larger than any of the two
    const auto begin = [&](Index i) { return i * each + i * rest / count; };
    return {begin(index), begin(index + 1)};
}

std::vector<Part> cut_into_parts(std::size_t result, Range slices, const VolumeInfo& whole) {
    constexpr Index most_parts = 32;
    constexpr std::int64_t most_bytes = std::int64_t{256} << 20;
    const Index few = (whole.size[2] + most_parts - 1) / most_parts;
    const Index small = std::max<Index>(1, most_bytes / std::max<std::int64_t>(1, whole.slice_bytes()));
    const Index length = std::max<Index>(1, std::min(few, small));
    std::vector<Part> parts;
    for (Index z = slices.first; z < slices.end; z += length) {
        parts.push_back({result, {z, std::min(z + length, slices.end)}});
    }
    return parts;
}

std::string part_name(const Part& part) {
    return std::to_string(part.result) + "-" + padded(part.slices.first) + "-" + padded(part.slices.end) + ".nrrd";
}

bool is_part_name(std::string_view name) noexcept {
    constexpr std::string_view suffix = ".nrrd";
    if (!name.ends_with(suffix)) return false;
    name.remove_suffix(suffix.size());
    return std::count(name.begin(), name.end(), '-') == 2 && name.find_first_not_of("0123456789-") == name.npos;
}

VolumeInfo marked_volume(VolumeInfo whole, std::string_view plan) {
    whole.notes.emplace_back(plan_key, hex_text(crc32_of(plan)));
    return whole;
}

VolumeInfo part_volume(const VolumeInfo& whole, const Part& part) {
    VolumeInfo volume = whole;
    volume.size[2] = part.slices.size();
    for (std::size_t i = 0; i < 3; ++i) {
        volume.geometry.origin[i] += volume.geometry.direction[2][i] * static_cast<double>(part.slices.first);
    }
    volume.notes.emplace_back(part_key, "of result " + std::to_string(part.result) + ": " +
                                            std::to_string(part.slices.first) + ":" + std::to_string(part.slices.end) +
                                            " of " + std::to_string(whole.size[2]) + " slices");
    volume.late_notes.assign(note_keys.begin(), note_keys.end());
    return volume;
}

std::vector<std::string> part_notes(const Report& report, std::uint32_t checksum) {
    return {std::to_string(report.clipped_low), std::to_string(report.clipped_high), std::to_string(report.nan_samples),
            report.rounded_integers ? "1" : "0", std::to_string(checksum)};
}

bool PartFile::is_foreign(const fs::path& file, const VolumeInfo& whole, const Part& part) {
    try {
        InputFile input(utf8(file));
        return !is_of(read_nrrd_text(input), whole, part);
    } catch (const Error& error) {
        if (error.code() == ErrorCode::io) throw;
        return false;
    }
}

PartFile::PartFile(const fs::path& file, const VolumeInfo& whole, const Part& part)
    : file_(file), part_(part), slice_bytes_(static_cast<std::size_t>(whole.slice_bytes())) {
    InputFile input(utf8(file));
    const NrrdText text = read_nrrd_text(input);
    if (!is_of(text, whole, part)) damaged_header(input, "of another part, or another plan");
    std::array<std::int64_t, note_keys.size()> numbers{};
    for (std::size_t i = 0; i < numbers.size(); ++i) {
        const std::string* value = text.key_value(note_keys[i]);
        const std::optional<std::int64_t> number = value ? parse_integer(*value) : std::nullopt;
        if (!number) damaged_header(input, std::string("without a number as ") + note_keys[i]);
        numbers[i] = *number;
    }
    report_.clipped_low = numbers[0];
    report_.clipped_high = numbers[1];
    report_.nan_samples = numbers[2];
    report_.rounded_integers = numbers[3] != 0;
    checksum_ = static_cast<std::uint32_t>(numbers[4]);
    offset_ = text.end;
    const std::int64_t expected = offset_ + part.slices.size() * whole.slice_bytes();
    if (input.bytes() != expected) {
        throw Error(ErrorCode::corrupt, input.shown() + ": has " + std::to_string(input.bytes()) + " bytes, " +
                                            std::to_string(expected) + " were expected; remove it, and make it again");
    }
}

void PartFile::read(const std::function<void(Index z, std::span<const std::byte>)>& take) const {
    InputFile input(utf8(file_));
    std::vector<std::byte> slice(slice_bytes_);
    std::uint32_t checksum = 0;
    std::int64_t offset = offset_;
    for (Index z = part_.slices.first; z < part_.slices.end; ++z, offset += static_cast<std::int64_t>(slice.size())) {
        const std::size_t got = input.read_at(offset, slice.data(), slice.size());
        input.check();
        std::fill(slice.begin() + static_cast<std::ptrdiff_t>(got), slice.end(), std::byte{});
        checksum = crc32_behind(checksum, slice);
        take(z, slice);
    }
    if (checksum == checksum_) return;
    throw Error(ErrorCode::corrupt,
                input.shown() + ": has other samples than were written into it; remove it, and make it again");
}

}  // namespace stack2nrrd
