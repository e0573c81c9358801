#include "stack/pages.hpp"

#include "core/text.hpp"
#include "stack/assembly.hpp"
#include "stack/headers.hpp"
#include "stack/ome_set.hpp"

#include <stack2nrrd/error.hpp>

#include <algorithm>
#include <array>
#include <utility>

namespace stack2nrrd {

namespace {

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

FoundSpacing spacing_of(const Probe& probe, const OmeDescription* ome) {
    const Density density{probe.density.x, probe.density.y, static_cast<DensityUnit>(probe.density.unit)};
    return ome != nullptr ? spacing_from(*ome, density) : spacing_from(probe.description, density);
}

/// The pages of all files of a set, as the text says that they belong together.
PagedFile read_set(const OmeSet& set, Samples samples) {
    PagedFile paged;
    std::vector<Page> pages;
    std::vector<Index> begins{0};
    std::optional<Probe> first;
    for (std::size_t i = 0; i < set.files.size(); ++i) {
        InputFile file(set.files.path(i));
        const Codec& codec = codec_for(file);
        const Pages found = codec.pages(file);
        if (!first) first = codec.probe(file, found.slices.front().place, samples);
        for (const std::string& note : found.notes) paged.notes.push_back(file.shown() + ": " + note);
        for (const Page& page : found.slices) {
            pages.push_back({page.place, begins.back() + page.number});
            paged.places.push_back({static_cast<std::int32_t>(i), page.place});
        }
        begins.push_back(pages.back().number + 1);
    }
    paged.order = page_order(set.ome, pages, begins, set.own, first->image);
    paged.spacing = spacing_of(*first, &set.ome);
    return paged;
}

using Slices = std::vector<std::optional<std::size_t>>;

void add_slices(Stack& stack, const Slices& slices, const std::vector<SliceRef>& places) {
    for (std::size_t z = 0; z < slices.size(); ++z) {
        if (slices[z]) {
            stack.slices.push_back(places[*slices[z]]);
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

PagedFile read_pages(InputFile& file, const Codec& codec, Samples samples) {
    PagedFile paged;
    const Pages pages = codec.pages(file);
    const std::int64_t first = pages.slices.front().place;
    Probe probe = codec.probe(file, first, samples);
    if (probe.description.empty() && first != 0) {
        // Words are in the first page, even if that is a thumbnail which nobody can decode.
        try {
            probe.description = codec.probe(file, 0, samples).description;
        } catch (const Error& error) {
            throw_unless_answered(error, file.path());
        }
    }
    paged.places.reserve(pages.slices.size());
    for (const Page& page : pages.slices) paged.places.push_back({0, page.place});
    for (const std::string& note : pages.notes) paged.notes.push_back(file.shown() + ": " + note);
    paged.order = page_order(pages.slices, probe.description, probe.image);
    paged.spacing = spacing_of(probe, nullptr);
    return paged;
}

TakenPages chosen_pages(const PageOrder& order, const FindOptions& options) {
    return {order.channels, chosen(static_cast<Index>(options.channel), order.channels), order.times,
            chosen(options.time.value_or(0), order.times)};
}

void say_what_is_taken(Stack& stack, const FindOptions& options) {
    const TakenPages& taken = stack.taken;
    if (taken.channels > 1 && (options.channel == Channel::luma || options.channel == Channel::index)) {
        say_first_is_taken(stack, "channels", taken.channels, "--channel");
    }
    if (taken.times > 1 && !options.time) say_first_is_taken(stack, "points in time", taken.times, "--time");
}

std::optional<FoundSpacing> expand_pages(Stack& stack, const FindOptions& options) {
    if (stack.slices.size() != 1 || stack.slices.front().place != unread_place) return std::nullopt;
    const std::optional<OmeSet> set = options.order == Order::given ? std::nullopt : ome_set_of(stack.files.path(0));
    PagedFile paged;
    try {
        if (set) {
            paged = read_set(*set, samples_of(options));
        } else {
            InputFile file(stack.files.path(0));
            paged = read_pages(file, codec_for(file), samples_of(options));
        }
    } catch (const Error& error) {
        throw_unless_answered(error, stack.files.path(0));
        if (!set) return std::nullopt;  // reading the headers will say it, in its place among the problems
        stack.problems.push_back({error.code(), true, error.what()});
        return std::nullopt;
    }
    if (set) stack.files = set->files;
    for (const std::string& note : paged.notes) stack.problems.push_back({ErrorCode::inconsistent, false, note});
    for (const std::string& note : paged.order.notes) add_problem(stack, ErrorCode::inconsistent, false, note);
    if (!paged.order.refusal.empty()) add_problem(stack, ErrorCode::corrupt, true, paged.order.refusal);
    if (paged.places.size() > 1) stack.kind = "pages";

    stack.taken = chosen_pages(paged.order, options);
    say_what_is_taken(stack, options);
    // Programs that do not know what pages are save slices so, as points in time or as channels.
    const bool took_first =
        (paged.order.times > 1 && !options.time) || (paged.order.channels > 1 && options.channel == Channel::luma);
    if (paged.order.slices == 1 && took_first) {
        stack.problems.back().text +=
            "; if they are slices, say so where it was made (ImageJ: Image > Properties) and save it again";
    }

    Slices slices = paged.order.pages_of(stack.taken.channel, stack.taken.time);
    if (std::none_of(slices.begin(), slices.end(), [](const auto& page) { return page.has_value(); })) {
        add_problem(stack, ErrorCode::inconsistent, true,
                    "holds no page of channel " + std::to_string(stack.taken.channel) + " at time " +
                        std::to_string(stack.taken.time) + ", " + std::to_string(paged.order.slices) +
                        " were expected; choose others with --channel and --time");
        slices = {0};
    }
    paged.order = {};
    stack.slices.clear();
    stack.slices.reserve(slices.size());
    add_slices(stack, slices, paged.places);
    return paged.spacing;
}

void join_pages(Stack& stack, const FindOptions& options) {
    std::vector<SliceRef> joined;
    std::int32_t last = -1;
    std::optional<TakenPages> first;
    std::vector<Index> places;  // of the last file
    const auto refuse = [&](ErrorCode code, const std::string& path, const std::string& text) {
        stack.problems.push_back({code, true, printable(path) + ": " + text});
    };
    const auto read = [&](const std::string& path) {
        InputFile file(path);
        const PagedFile paged = read_pages(file, codec_for(file), samples_of(options));
        if (!paged.order.refusal.empty()) refuse(ErrorCode::corrupt, path, paged.order.refusal);
        const TakenPages taken = chosen_pages(paged.order, options);
        if (!first) first = taken;
        if (taken != *first) {
            refuse(ErrorCode::inconsistent, path,
                   "is of " + volumes_text(taken.channels, taken.times) + ", of " +
                       volumes_text(first->channels, first->times) +
                       " was expected as the first file; join files of one kind");
        }
        for (const auto& page : paged.order.pages_of(taken.channel, taken.time)) {
            if (page) places.push_back(paged.places[*page].place);
            if (!page)
                refuse(ErrorCode::inconsistent, path,
                       "lacks slices, all were expected of one of several files; give it alone");
        }
    };
    for (const SliceRef slice : stack.slices) {
        if (slice.file != last) {
            places.clear();
            last = slice.file;
            try {
                read(stack.files.path(static_cast<std::size_t>(slice.file)));
            } catch (const Error& error) {
                throw_unless_answered(error, stack.files.path(static_cast<std::size_t>(slice.file)));
                places = {unread_place};  // reading the headers will say it
            }
        }
        for (const Index place : places) joined.push_back({slice.file, place});
    }
    stack.slices = std::move(joined);
    stack.kind = "pages";
    stack.taken = first.value_or(TakenPages{});
    if (stack.taken.times > 1 && !options.time) {
        refuse(ErrorCode::inconsistent, stack.files.path(0),
               "holds " + std::to_string(stack.taken.times) +
                   " points in time, one was expected of files whose pages are joined; choose it with --time");
    }
}

std::string volumes_text(Index channels, Index times) {
    return std::to_string(channels) + (channels == 1 ? " channel and " : " channels and ") + std::to_string(times) +
           (times == 1 ? " point in time" : " points in time");
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

bool is_stack_by_itself(const std::string& path_utf8) {
    try {
        InputFile file(path_utf8);
        const PageOrder order = read_pages(file, codec_for(file), Samples::stored).order;
        if (order.slices > 1 || order.times > 1) return true;
    } catch (const Error& error) {
        throw_unless_answered(error, path_utf8);
        return false;
    }
    return ome_set_of(path_utf8).has_value();
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
