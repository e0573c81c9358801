#include "stack/pages.hpp"

#include "codec/codec.hpp"
#include "core/text.hpp"
#include "stack/assembly.hpp"
#include "stack/headers.hpp"
#include "stack/page_order.hpp"

#include <stack2nrrd/error.hpp>

#include <algorithm>
#include <array>
#include <string>
#include <vector>

namespace stack2nrrd {

namespace {

/// What a file of one or many pages says, all of it read.
struct PagedFile {
    Pages pages;
    PageOrder order;
    FoundSpacing spacing;
};

PagedFile read_pages(const std::string& path_utf8, Samples samples) {
    InputFile file(path_utf8);
    const Codec& codec = codec_for(file);
    PagedFile paged;
    paged.pages = codec.pages(file);
    const std::int64_t first = paged.pages.slices.front().place;
    Probe probe = codec.probe(file, first, samples);
    if (probe.description.empty() && first != 0) {
        // Words stand in the first page, even if that is a thumbnail which nobody can decode.
        try {
            probe.description = codec.probe(file, 0, samples).description;
        } catch (const Error&) {
        }
    }
    const Density density{probe.density.x, probe.density.y, static_cast<DensityUnit>(probe.density.unit)};
    paged.order = page_order(paged.pages.slices, probe.description, probe.image);
    paged.spacing = spacing_from(probe.description, density);
    return paged;
}

void add_problem(Stack& stack, ErrorCode code, bool fatal, const std::string& text) {
    stack.problems.push_back({code, fatal, printable(stack.files.path(0)) + ": " + text});
}

/// The number that was asked for, if there is such a one; else the first.
Index chosen(Index wanted, Index count) { return wanted >= 0 && wanted < count ? wanted : 0; }

void say_first_is_taken(Stack& stack, const std::string& kind, Index count, const std::string& option) {
    add_problem(stack, ErrorCode::inconsistent, false,
                "holds " + std::to_string(count) + " " + kind + ", the first is taken; choose one with " + option +
                    " 0 to " + std::to_string(count - 1));
}

using Slices = std::vector<std::optional<std::size_t>>;

/// Slices that follow the last page of a stack which has no other channels or times were never written.
void drop_unwritten_end(Slices& slices) {
    while (!slices.empty() && !slices.back()) slices.pop_back();
}

void add_slices(Stack& stack, const Slices& slices, const std::vector<Page>& pages) {
    for (std::size_t z = 0; z < slices.size(); ++z) {
        if (slices[z]) {
            stack.slices.push_back({0, pages[*slices[z]].place});
            continue;
        }
        const std::size_t first = z;
        stack.slices.emplace_back();
        while (z + 1 < slices.size() && !slices[z + 1]) {
            stack.slices.emplace_back();
            ++z;
        }
        stack.missing.push_back(std::to_string(first) + (z > first ? ".." + std::to_string(z) : ""));
    }
}

}  // namespace

bool holds_several_slices(const std::string& path_utf8) {
    try {
        InputFile file(path_utf8);
        return codec_for(file).pages(file).slices.size() > 1;
    } catch (const Error&) {
        return false;
    }
}

std::optional<FoundSpacing> expand_pages(Stack& stack, const FindOptions& options) {
    if (stack.slices.size() != 1 || stack.slices.front().place != unread_place) return std::nullopt;
    PagedFile paged;
    try {
        paged = read_pages(stack.files.path(0), samples_of(options));
    } catch (const Error&) {
        return std::nullopt;  // reading the headers will say it, in its place among the problems
    }
    const PageOrder& order = paged.order;
    for (const std::string& note : paged.pages.notes) add_problem(stack, ErrorCode::inconsistent, false, note);
    for (const std::string& note : order.notes) add_problem(stack, ErrorCode::inconsistent, false, note);
    if (paged.pages.slices.size() > 1) stack.kind = "pages";

    TakenPages& taken = stack.taken;
    taken.channels = order.channels;
    taken.times = order.times;
    taken.channel = chosen(static_cast<Index>(options.channel), order.channels);
    taken.time = chosen(options.time.value_or(0), order.times);
    if (taken.channels > 1 && (options.channel == Channel::luma || options.channel == Channel::index)) {
        say_first_is_taken(stack, "channels", taken.channels, "--channel");
    }
    if (taken.times > 1 && !options.time) {
        say_first_is_taken(stack, "points in time", taken.times, "--time");
        // Programs that do not know what pages are save slices so.
        if (order.slices == 1) {
            stack.problems.back().text +=
                "; if they are slices, say so where it was made (ImageJ: Image > Properties) and save it again";
        }
    }

    Slices slices = order.pages_of(taken.channel, taken.time);
    if (std::none_of(slices.begin(), slices.end(), [](const auto& page) { return page.has_value(); })) {
        add_problem(stack, ErrorCode::inconsistent, true,
                    "holds no page of channel " + std::to_string(taken.channel) + " at time " +
                        std::to_string(taken.time) + ", " + std::to_string(order.slices) +
                        " were expected; choose others with --channel and --time");
        slices = {0};
    }
    if (order.channels == 1 && order.times == 1) drop_unwritten_end(slices);
    stack.slices.clear();
    add_slices(stack, slices, paged.pages.slices);
    return paged.spacing;
}

void check_choice(Stack& stack, const FindOptions& options) {
    const auto refuse = [&](const std::string& text) { add_problem(stack, ErrorCode::invalid_argument, true, text); };
    const auto check = [&](const std::string& one, const std::string& many, const std::string& option, Index wanted,
                           Index count, Index taken) {
        const std::string asked = option + " asks for " + std::to_string(wanted);
        if (wanted >= count) {
            refuse("holds " + many + " 0 to " + std::to_string(count - 1) + ", " + asked + "; choose one of them");
        } else if (wanted != taken) {
            refuse("the list has its " + one + " " + std::to_string(taken) + ", " + asked + "; make another list");
        }
    };
    if (stack.volume != nullptr && options.channel == Channel::index) {
        refuse("is a volume and has no palette, --channel index asks for one; leave it out");
    }
    const TakenPages& taken = stack.taken;
    if (taken.channels > 1) {
        if (options.channel == Channel::all) {
            refuse("holds " + std::to_string(taken.channels) +
                   " channels as pages, --channel all joins those of colour slices only; choose one with --channel 0 "
                   "to " +
                   std::to_string(taken.channels - 1));
        } else if (options.channel != Channel::luma && options.channel != Channel::index) {
            check("channel", "channels", "--channel", static_cast<Index>(options.channel), taken.channels,
                  taken.channel);
        }
    }
    if (!options.time) return;
    if (taken.times > 1) {
        check("point in time", "points in time", "--time", *options.time, taken.times, taken.time);
    } else if (*options.time > 0) {
        refuse("has no points in time, --time asks for " + std::to_string(*options.time) + "; leave it out");
    }
}

std::string taken_text(const TakenPages& taken) {
    if (taken == TakenPages{}) return {};
    return "channel " + std::to_string(taken.channel) + " of " + std::to_string(taken.channels) + ", time " +
           std::to_string(taken.time) + " of " + std::to_string(taken.times);
}

std::optional<TakenPages> parse_taken(std::string_view text) {
    std::array<Index, 4> numbers{};
    std::size_t count = 0;
    for (std::string_view word : split(text, ' ')) {
        if (word.ends_with(',')) word.remove_suffix(1);
        const std::optional<std::int64_t> number = parse_integer(word);
        if (!number) continue;
        if (count == numbers.size()) return std::nullopt;
        numbers[count++] = *number;
    }
    const TakenPages taken{numbers[1], numbers[0], numbers[3], numbers[2]};
    const bool fits = count == 4 && taken.channel >= 0 && taken.channel < taken.channels && taken.time >= 0 &&
                      taken.time < taken.times;
    // Nothing else may be said with these words.
    return fits && taken_text(taken) == text ? std::optional(taken) : std::nullopt;
}

}  // namespace stack2nrrd
