#include <stack2nrrd/stack.hpp>

#include "core/text.hpp"

#include <stack2nrrd/error.hpp>

#include <algorithm>
#include <string>
#include <utility>

namespace stack2nrrd {

namespace {

/// As of images and volumes in files.
constexpr Index longest_side = 1'000'000;

[[noreturn]] void refuse(const std::string& name, const std::string& sentence) {
    throw Error(ErrorCode::invalid_argument, printable(name) + ": " + sentence);
}

/// "0007..0009" of gaps, as numbers of slices.
std::string gap_text(std::size_t first, std::size_t last) {
    return std::to_string(first) + (first == last ? "" : ".." + std::to_string(last));
}

}  // namespace

Stack stack_from(std::shared_ptr<const Source> source, std::string name) {
    if (source == nullptr) refuse(name, "there is no source, one was expected");
    Stack stack;
    stack.name = std::move(name);
    stack.kind = "source";
    stack.image = source->image();
    const bool fits = stack.image.width > 0 && stack.image.height > 0 && stack.image.channels() > 0 &&
                      stack.image.channels() <= most_channels;
    if (!fits) {
        refuse(stack.name, "its slices are " + std::to_string(stack.image.width) + " x " +
                               std::to_string(stack.image.height) + " with " + std::to_string(stack.image.channels()) +
                               " channels, at least one of each was expected and at most " +
                               std::to_string(most_channels) + " channels");
    }
    const Index slices = source->slices();
    if (slices < 1) refuse(stack.name, "it has " + std::to_string(slices) + " slices, at least one was expected");
    if (std::max({stack.image.width, stack.image.height, slices}) > longest_side) {
        throw Error(ErrorCode::limit, printable(stack.name) + ": has " + std::to_string(slices) + " slices of " +
                                          std::to_string(stack.image.width) + " x " +
                                          std::to_string(stack.image.height) + " samples, at most " +
                                          std::to_string(longest_side) +
                                          " along each axis were expected; import parts");
    }
    stack.slices.resize(static_cast<std::size_t>(slices));
    for (std::size_t z = 0; z < stack.slices.size(); ++z) {
        if (!source->is_blank(static_cast<Index>(z))) stack.slices[z] = {0, static_cast<Index>(z)};
    }
    for (std::size_t z = 0; z < stack.slices.size(); ++z) {
        if (!stack.slices[z].missing()) continue;
        const std::size_t first = z;
        while (z + 1 < stack.slices.size() && stack.slices[z + 1].missing()) ++z;
        stack.missing.push_back(gap_text(first, z));
    }
    stack.decoder_bytes = source->reader_bytes();
    stack.source = std::move(source);
    return stack;
}

}  // namespace stack2nrrd
