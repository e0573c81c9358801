#include "import/which_slices.hpp"

#include "core/text.hpp"
#include "volume/sample_reader.hpp"

#include <stack2nrrd/error.hpp>
#include <stack2nrrd/import.hpp>

#include <algorithm>
#include <string>

namespace stack2nrrd {

namespace {

bool is_missing(SliceRef slice) { return slice.missing(); }

/// The existing slices that are nearest to missing ones, the lower one of two. To be asked for slices in order.
class NearestSlice {
public:
    explicit NearestSlice(const std::vector<SliceRef>& slices) : slices_(slices), before_(slices.size()) {}

    [[nodiscard]] SliceRef operator()(std::size_t z) {
        for (; after_ < slices_.size() && (after_ <= z || slices_[after_].missing()); ++after_) {
            if (!slices_[after_].missing()) before_ = after_;
        }
        const bool is_after = after_ < slices_.size();
        if (before_ == slices_.size()) return is_after ? slices_[after_] : SliceRef{};
        return is_after && after_ - z < z - before_ ? slices_[after_] : slices_[before_];
    }

private:
    const std::vector<SliceRef>& slices_;
    std::size_t before_;     ///< the last that exists up to z; size() if there is none
    std::size_t after_ = 0;  ///< the first that exists behind z
};

/// Of each slice z of `stack` that is read: slice z of `found`, in the order in which they are read. A gap there is
/// replaced as Options::missing says.
std::vector<SliceRef> chosen(const Stack& stack, const std::vector<SliceRef>& found, const Options& options) {
    std::vector<SliceRef> slices;
    NearestSlice nearest(found);
    slices.reserve(found.size() / static_cast<std::size_t>(options.step) + 1);
    Index kept = 0;
    for (std::size_t z = 0; z < stack.slices.size(); ++z) {
        if (stack.slices[z].missing() && options.missing == Missing::close) continue;
        if (kept++ % options.step != 0) continue;
        SliceRef slice = found[z];
        if (slice.missing() && options.missing == Missing::repeat) slice = nearest(z);
        slices.push_back(slice);
    }
    if (options.reverse) std::reverse(slices.begin(), slices.end());
    return slices;
}

}  // namespace

std::vector<SliceRef> source_slices(const Stack& stack, const Options& options) {
    if (const std::optional<Problem> gaps = problem_of_gaps(stack, options)) throw Error(gaps->code, gaps->text);
    const bool nothing = std::all_of(stack.slices.begin(), stack.slices.end(), is_missing);
    if (stack.slices.empty() || (nothing && options.missing != Missing::blank)) {
        throw Error(ErrorCode::missing_slices,
                    printable(stack.name) + ": has no slices, at least one was expected; add some");
    }

    if (options.step < 1) {
        throw Error(ErrorCode::invalid_argument,
                    "--step: " + std::to_string(options.step) + " is no step; give a number from 1 on");
    }
    return chosen(stack, stack.slices, options);
}

std::vector<SliceRef> mask_slices(const Stack& stack, const Stack& mask, const Options& options) {
    std::vector<SliceRef> slices = chosen(stack, mask.slices, options);
    if (options.missing != Missing::blank && std::any_of(slices.begin(), slices.end(), is_missing)) {
        throw Error(ErrorCode::missing_slices, "--mask: " + printable(mask.name) +
                                                   " has no slice where the source has one; add what is missing, " +
                                                   "or choose a replacement with --missing repeat or blank");
    }
    return slices;
}

bool goes_backward(const Stack& stack, const Options& options, std::size_t slices) {
    return options.reverse && slices > 1 && stack.volume != nullptr && sequential(*stack.volume);
}

std::optional<Problem> problem_of_gaps(const Stack& stack, const Options& options) {
    const bool gaps = std::any_of(stack.slices.begin(), stack.slices.end(), is_missing);
    if (!gaps || options.missing != Missing::error) return std::nullopt;
    constexpr std::size_t most = 10;
    std::string list;
    for (std::size_t i = 0; i < std::min(most, stack.missing.size()); ++i) {
        list += (i == 0 ? "" : ", ") + stack.missing[i];
    }
    if (stack.missing.size() > most) list += " and " + std::to_string(stack.missing.size() - most) + " more gaps";
    return Problem{ErrorCode::missing_slices, true,
                   printable(stack.name) + ": slices are missing: " + list +
                       ", a numbering without gaps was expected; add them, or choose a replacement with "
                       "--missing repeat or blank"};
}

}  // namespace stack2nrrd
