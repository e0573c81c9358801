// The pages of a TIFF, and which of them is which slice by the file's own words.

#include "stack/pages.hpp"

#include "codec_target.hpp"

namespace stack2nrrd::fuzz {

namespace {

void check_order(const PagedFile& paged, Bytes bytes) {
    const PageOrder& order = paged.order;
    for (const std::string& note : order.notes) check_sentence(note);
    if (!order.refusal.empty()) check_sentence(order.refusal);
    holds(order.slices >= 0 && order.channels >= 1 && order.times >= 1, "a file has less than one channel or time");
    holds(order.positions.size() == paged.places.size(), "pages have no position, or there are more of them");
    Choices choose(bytes);
    const auto channel = static_cast<Index>(choose.below(static_cast<std::uint64_t>(order.channels)));
    const auto time = static_cast<Index>(choose.below(static_cast<std::uint64_t>(order.times)));
    const auto pages = order.pages_of(channel, time);
    holds(static_cast<Index>(pages.size()) == order.slices, "a channel has another number of slices than the file");
    std::vector<bool> is_taken(paged.places.size());
    for (const auto& page : pages) {
        if (!page) continue;
        holds(*page < paged.places.size() && !is_taken[*page], "a page is none, or is two slices");
        is_taken[*page] = true;
    }
}

}  // namespace

void one_input(Bytes bytes) {
    if (!tiff_codec.matches(bytes.first(std::min<std::size_t>(bytes.size(), 16)))) return;
    InputFile file = input_of(bytes);
    PagedFile paged;
    const auto refusals = {ErrorCode::unsupported, ErrorCode::corrupt, ErrorCode::limit, ErrorCode::inconsistent};
    if (error_of(refusals, [&] { paged = read_pages(file, tiff_codec, Samples::shown); })) return;
    holds(!paged.places.empty(), "a file has no pages");
    for (const std::string& note : paged.notes) check_sentence(note);
    for (const std::string& doubt : paged.spacing.doubts) check_sentence(doubt);
    for (const auto& mm : paged.spacing.mm) {
        if (mm) holds(*mm >= least_spacing_mm && *mm <= largest_spacing_mm, "a spacing is beyond all reason");
    }
    check_order(paged, bytes);
    const TakenPages taken{3, 1, 2, 0};
    holds(parse_taken(taken_text(taken)) == taken, "the pages that were taken are not read as they are written");
}

}  // namespace stack2nrrd::fuzz
