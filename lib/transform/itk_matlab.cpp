#include "transform/itk_matlab.hpp"

#include <stack2nrrd/error.hpp>

#include <array>
#include <bit>
#include <cstdint>
#include <optional>
#include <utility>

namespace stack2nrrd {

namespace {

constexpr std::size_t head_bytes = 20;
constexpr std::uint32_t doubles = 0;  ///< little endian
constexpr std::uint32_t floats = 10;

std::uint64_t little_endian(std::string_view bytes) {
    std::uint64_t number = 0;
    for (std::size_t i = bytes.size(); i-- > 0;) number = number << 8 | static_cast<unsigned char>(bytes[i]);
    return number;
}

/// What stands in front of a matrix: its type, rows, columns, whether it is complex, and how long its name is.
struct Head {
    std::array<std::uint32_t, 5> numbers{};
    std::string_view name{};
};

/// Nothing if there is less than that.
std::optional<Head> head_of(std::string_view bytes) {
    if (bytes.size() < head_bytes) return std::nullopt;
    Head head;
    for (std::size_t i = 0; i < head.numbers.size(); ++i) {
        head.numbers[i] = static_cast<std::uint32_t>(little_endian(bytes.substr(4 * i, 4)));
    }
    const std::string_view rest = bytes.substr(head_bytes);
    const std::size_t length = head.numbers[4];
    if (length == 0 || length > rest.size() || rest[length - 1] != '\0') return std::nullopt;
    head.name = rest.substr(0, length - 1);
    return head;
}

[[noreturn]] void damaged(const std::string& file, const std::string& what) {
    throw Error(ErrorCode::corrupt, file + ": is a MATLAB file that " + what +
                                        ", the numbers of transforms were expected; copy it again from its source");
}

/// Takes one matrix from the beginning of `bytes`.
std::pair<std::string, std::vector<double>> take_matrix(const std::string& file, std::string_view& bytes) {
    const std::optional<Head> head = head_of(bytes);
    if (!head) damaged(file, "ends too early");
    const auto [type, rows, columns, is_complex, length] = head->numbers;
    if ((type != doubles && type != floats) || is_complex != 0 || (columns != 1 && rows != 1)) {
        damaged(file, "has a matrix that is no column of floats");
    }
    const std::string name(head->name);
    bytes.remove_prefix(head_bytes + length);
    const std::size_t size = type == doubles ? 8 : 4;
    const std::uint64_t count = std::uint64_t{rows} * columns;
    if (count > bytes.size() / size) damaged(file, "ends too early");
    std::vector<double> numbers(static_cast<std::size_t>(count));
    for (double& number : numbers) {
        const std::uint64_t bits = little_endian(bytes.substr(0, size));
        number = type == doubles ? std::bit_cast<double>(bits)
                                 : static_cast<double>(std::bit_cast<float>(static_cast<std::uint32_t>(bits)));
        bytes.remove_prefix(size);
    }
    return {name, std::move(numbers)};
}

}  // namespace

bool is_itk_matlab(std::span<const std::byte> head) {
    const std::optional<Head> first = head_of({reinterpret_cast<const char*>(head.data()), head.size()});
    return first && (first->numbers[0] == doubles || first->numbers[0] == floats) &&
           first->name.find("Transform") != std::string_view::npos;
}

std::vector<ItkTransform> read_itk_matlab(const std::string& file, std::string_view bytes) {
    std::vector<ItkTransform> transforms;
    while (!bytes.empty()) {
        auto [type, parameters] = take_matrix(file, bytes);
        auto [name, fixed] = take_matrix(file, bytes);
        if (name != "fixed") damaged(file, "has another matrix where one named 'fixed' is due");
        transforms.push_back({std::move(type), std::move(parameters), std::move(fixed)});
    }
    return transforms;
}

}  // namespace stack2nrrd
