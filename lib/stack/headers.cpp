#include "stack/headers.hpp"

#include "codec/codec.hpp"
#include "core/file.hpp"
#include "core/retry.hpp"
#include "core/text.hpp"
#include "stack/assembly.hpp"
#include "stack/pages.hpp"
#include "stack/short_list.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <cinttypes>
#include <cmath>
#include <cstddef>
#include <cstdio>
#include <exception>
#include <iterator>
#include <limits>
#include <map>
#include <mutex>
#include <string>
#include <system_error>
#include <thread>
#include <tuple>
#include <utility>
#include <vector>

namespace stack2nrrd {

namespace {

/// The slices whose headers are to be read: each one once, in the order of the stack.
std::vector<std::uint32_t> different_slices(const Stack& stack) {
    std::vector<std::uint32_t> order;
    order.reserve(stack.slices.size());
    for (std::uint32_t z = 0; z < stack.slices.size(); ++z) {
        if (!stack.slices[z].missing()) order.push_back(z);
    }
    const auto place = [&](std::uint32_t z) { return std::pair(stack.slices[z].file, stack.slices[z].place); };
    std::sort(order.begin(), order.end(),
              [&](auto a, auto b) { return place(a) != place(b) ? place(a) < place(b) : a < b; });
    const auto same = [&](auto a, auto b) { return place(a) == place(b); };
    order.erase(std::unique(order.begin(), order.end(), same), order.end());
    std::sort(order.begin(), order.end());
    return order;
}

std::string hex_text(std::uint64_t number) {
    std::array<char, 17> text{};
    std::snprintf(text.data(), text.size(), "%016" PRIx64, number);
    return text.data();
}

/// What the headers say, gathered by all threads in any order. Nothing is kept per slice but a small number: most
/// stacks have a single kind of slice.
class Survey {
public:
    Survey(const Stack& stack, const FindOptions& options)
        : stack_(stack),
          options_(options),
          slices_(different_slices(stack)),
          kinds_of_slices_(slices_.size(), unreadable),
          stamps_(stack.files.size()) {}

    [[nodiscard]] std::size_t size() const { return slices_.size(); }
    /// The slice of the stack whose header is the `number`th.
    [[nodiscard]] std::uint32_t slice(std::size_t number) const { return slices_[number]; }

    void add(std::size_t number, const Probe& probe, const FileStamp& stamp, const TakenPages& taken) {
        const std::lock_guard lock(mutex_);
        stamps_[file(number)] = stamp;
        const Kind kind(probe, samples_of(options_), taken);
        const auto [known, is_new] = kind_numbers_.try_emplace(kind.key(), static_cast<int>(kinds_.size()));
        if (is_new) kinds_.push_back(kind);
        kinds_of_slices_[number] = known->second;
        interpreted_ = interpreted_ || probe.interpreted;
        bench_bytes_ = std::max(bench_bytes_, probe.bench_bytes);
        other_bytes_ = std::max(other_bytes_, probe.decoder_bytes - probe.bench_bytes);
        bare_everywhere_ = bare_everywhere_ && probe.bare && (!bare_ || *bare_ == *probe.bare);
        bare_ = probe.bare;
        if (number <= first_) {
            first_ = number;
            density_ = {probe.density.x, probe.density.y, static_cast<DensityUnit>(probe.density.unit)};
            description_ = probe.description;
        }
        constexpr std::size_t most_resolutions = 1000;
        if (probe.density.x && probe.density.y && resolutions_.size() < most_resolutions) {
            const Resolution own{*probe.density.x, *probe.density.y, probe.density.unit};
            Note& note = resolutions_.try_emplace(own, Note{0, number}).first->second;
            ++note.count;
            note.first = std::min(note.first, number);
        }
        for (const std::string& text : probe.notes) add_note(text, number);
        if (probe.orientation != 1) {
            add_note("orientation " + std::to_string(probe.orientation) + " is not applied", number);
        }
    }

    /// What the first slice says. No thread may add any more.
    [[nodiscard]] FoundSpacing spacing() const { return spacing_from(description_, density_); }

    /// The file of that slice has several.
    void hold_several(std::size_t number, std::size_t slices) {
        const std::lock_guard lock(mutex_);
        if (several_ == 0 || number < first_of_several_) {
            first_of_several_ = number;
            slices_of_first_ = slices;
        }
        ++several_;
    }
    [[nodiscard]] bool holds_several() const { return several_ > 0; }

    void fail(std::size_t number, const Error& error) {
        const std::lock_guard lock(mutex_);
        ++failures_;
        first_failures_.emplace(number, error);
        // One more than will be named: it is the first of those that are only counted.
        if (first_failures_.size() > most_named + 1) first_failures_.erase(std::prev(first_failures_.end()));
    }

    /// Puts all of it into `stack`, which is that of the constructor. No thread may add any more.
    void report(Stack& stack) {
        stack.files.set_stamps(std::move(stamps_));
        stack.decoder_bytes = bench_bytes_ + other_bytes_;  // a bench that was large for one slice stays large
        stack.interpreted = interpreted_;
        if (bare_everywhere_ && bare_ && failures_ == 0) {
            stack.bare = BareSamples{bare_->offset, bare_->endian == std::endian::big, bare_->bottom_up};
        }
        report_failures(stack);
        report_several(stack);
        if (next_readable(0) < size()) {
            stack.image = kind(next_readable(0)).image;
            stack.taken = kind(next_readable(0)).taken;
            for (const Trait& trait : traits) report_odd_ones(stack, trait);
            report_choice(stack, next_readable(0));
        }
        report_notes(stack);
        report_resolutions(stack);
    }

private:
    using Resolution = std::tuple<double, double, FileDensity::Unit>;

    using Key = std::tuple<Index, Index, Colour, int, SampleType, std::string, int, bool, bool, std::uint64_t,
                           std::string, Index, Index, int>;

    /// What the slices of one stack have in common.
    struct Kind {
        ImageInfo image;
        int orientation = 1;
        bool least_is_white = false;
        bool has_palette = false;
        std::uint64_t palette = 0;  ///< 0 also where it does not matter
        std::string choice;
        TakenPages taken;
        int few_bits = 0;  ///< 0 also where they are spread: then slices of all depths have the same range

        Kind(const Probe& probe, Samples samples, const TakenPages& pages)
            : image(probe.image),
              orientation(probe.orientation),
              least_is_white(probe.least_is_white),
              has_palette(probe.palette != 0),
              choice(probe.choice),
              taken(pages) {
            // The values of a grey palette are exact, so that each slice may have a palette of its own.
            const bool exact = samples == Samples::shown && image.colour == Colour::grey;
            if (probe.interpreted && !exact) palette = probe.palette;
            if (samples == Samples::stored) few_bits = probe.few_bits;
        }
        [[nodiscard]] Key key() const {
            return {image.width,  image.height,   image.colour,   image.channels(), image.type,
                    image.format, orientation,    least_is_white, has_palette,      palette,
                    choice,       taken.channels, taken.times,    few_bits};
        }
    };

    /// One thing that they have in common, and the words for it.
    struct Trait {
        const char* verb;
        std::string (*text)(const Kind& kind);
    };
    static constexpr std::array<Trait, 8> traits{{
        {"is", [](const Kind& k) { return std::to_string(k.image.width) + " x " + std::to_string(k.image.height); }},
        {"is", [](const Kind& k) { return std::string(sample_type_name(k.image.type)); }},
        {"is", [](const Kind& k) { return colour_text(k.image.colour, k.image.channels()); }},
        {"has", [](const Kind& k) { return k.palette == 0 ? "no palette" : "palette " + hex_text(k.palette); }},
        {"is", [](const Kind& k) { return std::string(k.least_is_white ? "MinIsWhite" : "MinIsBlack"); }},
        {"has", [](const Kind& k) { return volumes_text(k.taken.channels, k.taken.times); }},
        {"has",
         [](const Kind& k) {
             return k.few_bits == 0   ? std::string("8 bits or more a sample")
                    : k.few_bits == 1 ? std::string("1 bit a sample")
                                      : std::to_string(k.few_bits) + " bits a sample";
         }},
        {"has", [](const Kind& k) { return "orientation " + std::to_string(k.orientation); }},
    }};
    static constexpr int unreadable = -1;

    struct Note {
        std::size_t count = 0;
        std::size_t first = 0;
    };

    [[nodiscard]] std::size_t file(std::size_t number) const {
        return static_cast<std::size_t>(stack_.slices[slices_[number]].file);
    }

    [[nodiscard]] std::string shown(std::size_t number) const {
        const bool paged = slices_.size() > stack_.files.size();
        return printable(stack_.files.path(file(number))) +
               (paged ? ", slice " + std::to_string(slices_[number]) : std::string());
    }

    /// The first one from `number` on whose header could be read; size() if there is none.
    [[nodiscard]] std::size_t next_readable(std::size_t number) const {
        while (number < size() && kinds_of_slices_[number] == unreadable) ++number;
        return number;
    }

    [[nodiscard]] const Kind& kind(std::size_t number) const {
        return kinds_[static_cast<std::size_t>(kinds_of_slices_[number])];
    }

    void report_several(Stack& stack) const {
        if (several_ == 0) return;
        ShortList names(" ");
        for (std::size_t i = 0; i < stack.files.size(); ++i) names.add(printable(stack.files.name(i)));
        stack.problems.push_back(
            {ErrorCode::inconsistent, true,
             shown(first_of_several_) + ": holds " + std::to_string(slices_of_first_) + " slices" +
                 (several_ > 1 ? ", and " + std::to_string(several_ - 1) +
                                     (several_ == 2 ? " more file holds" : " more files hold") + " several"
                               : std::string()) +
                 ", one was expected of each of several files; give a file of many slices alone, or have the pages of "
                 "all files joined in the order in which you list them: " +
                 names.text() + " --order given"});
    }

    void add_note(const std::string& text, std::size_t number) {
        Note& note = notes_.try_emplace(text, Note{0, number}).first->second;
        ++note.count;
        note.first = std::min(note.first, number);
    }

    /// Channels that were asked for and are not there, or that must be asked for.
    void report_choice(Stack& stack, std::size_t first) const {
        std::string text;
        if (options_.channel == Channel::index && !kind(first).has_palette) {
            text = ": has no palette, one was expected for --channel index; leave the option out";
        } else if (options_.channel == Channel::luma && !kind(first).choice.empty()) {
            const int channels = kind(first).image.channels();
            text = ": is " + kind(first).choice + ", a choice among them was expected; give --channel " +
                   (channels == 1 ? "0" : "0 to " + std::to_string(channels - 1) + ", or all");
        } else {
            return;
        }
        stack.problems.push_back({ErrorCode::invalid_argument, true, shown(first) + text});
    }

    void report_failures(Stack& stack) const {
        std::size_t named = 0;
        for (const auto& [number, error] : first_failures_) {
            std::string text = error.what();
            if (named == most_named && failures_ > most_named + 1) {
                text = shown(number) + ": cannot be read, nor can " + std::to_string(failures_ - most_named - 1) +
                       " more slices";
            }
            stack.problems.push_back({error.code(), true, std::move(text)});
            ++named;
        }
    }

    /// Slices that differ from the first readable one in `trait`. If it is the first that differs
    /// and all others are alike, the first is the odd one.
    void report_odd_ones(Stack& stack, const Trait& trait) const {
        std::vector<std::string> texts;
        texts.reserve(kinds_.size());
        for (const Kind& kind : kinds_) texts.push_back(trait.text(kind));
        const auto text = [&](std::size_t number) -> const std::string& {
            return texts[static_cast<std::size_t>(kinds_of_slices_[number])];
        };
        const auto next_odd = [&](std::size_t number, std::size_t reference) {
            number = next_readable(number);
            while (number < size() && text(number) == text(reference)) number = next_readable(number + 1);
            return number;
        };

        const std::size_t first = next_readable(0);
        const std::size_t second = next_readable(first + 1);
        if (next_odd(second, first) == size()) return;
        const bool first_is_odd = next_odd(second, first) == second && next_odd(second, second) == size() &&
                                  next_readable(second + 1) < size();
        const std::size_t reference = first_is_odd ? second : first;

        ShortList odd_ones("; ");
        for (std::size_t odd = next_odd(0, reference); odd < size(); odd = next_odd(odd + 1, reference)) {
            std::string is;
            if (odd_ones.names_next()) is = shown(odd) + ": " + trait.verb + " " + text(odd);
            if (odd_ones.count() == 0) {
                is += ", " + text(reference) + " was expected " +
                      (first_is_odd ? "from the other slices, such as " : "from the first slice ") + shown(reference);
            } else if (odd_ones.count() == 1) {
                is.insert(0, "also ");
            }
            odd_ones.add(is);
        }
        stack.problems.push_back(
            {ErrorCode::inconsistent, true, odd_ones.text() + "; leave out or replace the odd ones"});
    }

    /// Slices of several magnifications may have one size.
    void report_resolutions(Stack& stack) const {
        constexpr double same = 1e-3;
        const auto near = [&](double a, double b) { return std::abs(a - b) <= same * std::abs(a); };
        const auto least = [](const auto& a, const auto& b) { return a.second.first < b.second.first; };
        const auto first = std::min_element(resolutions_.begin(), resolutions_.end(), least);
        if (first == resolutions_.end()) return;
        const auto& [x, y, unit] = first->first;
        std::size_t others = 0;
        auto odd = resolutions_.end();
        for (auto one = resolutions_.begin(); one != resolutions_.end(); ++one) {
            const auto& [other_x, other_y, other_unit] = one->first;
            if (near(x, other_x) && near(y, other_y) && unit == other_unit) continue;
            others += one->second.count;
            if (odd == resolutions_.end() || least(*one, *odd)) odd = one;
        }
        if (others == 0) return;
        const auto text = [](const Resolution& resolution) {
            constexpr std::array<const char*, 4> units{"no unit", "inch", "centimetre", "metre"};
            return number_text(std::get<0>(resolution)) + " x " + number_text(std::get<1>(resolution)) +
                   " samples per " + units[static_cast<std::size_t>(std::get<2>(resolution))];
        };
        stack.problems.push_back({ErrorCode::inconsistent, false,
                                  shown(odd->second.first) + ": has a resolution of " + text(odd->first) + ", and " +
                                      shown(first->second.first) + " one of " + text(first->first) + ", from which " +
                                      std::to_string(others) + (others == 1 ? " slice differs" : " slices differ") +
                                      "; check that all are of one magnification"});
    }

    void report_notes(Stack& stack) const {
        for (const auto& [text, note] : notes_) {
            const std::string first = printable(stack.files.name(file(note.first)));
            stack.problems.push_back(
                {ErrorCode::unsupported, false,
                 note.count == 1 ? text + " (in " + first + ")"
                                 : text + " (in " + std::to_string(note.count) + " files, first " + first + ")"});
        }
    }

    const Stack& stack_;
    const FindOptions& options_;
    std::vector<std::uint32_t> slices_;
    std::mutex mutex_;
    std::map<Key, int> kind_numbers_;
    std::vector<Kind> kinds_;
    bool interpreted_ = false;
    std::vector<int> kinds_of_slices_;
    std::vector<FileStamp> stamps_;
    std::map<std::size_t, Error> first_failures_;
    std::size_t failures_ = 0;
    std::size_t several_ = 0;  ///< files that hold several slices
    std::size_t first_of_several_ = 0;
    std::size_t slices_of_first_ = 0;
    std::map<std::string, Note> notes_;
    std::int64_t bench_bytes_ = 0;
    std::int64_t other_bytes_ = 0;            ///< of decoders, besides
    std::map<Resolution, Note> resolutions_;  ///< a stack has one, or as many as it may have for what it takes
    bool bare_everywhere_ = true;
    std::optional<FileSamples> bare_;  ///< of the header read last; while all are alike, of all
    std::size_t first_ = std::numeric_limits<std::size_t>::max();  ///< of those that could be read
    Density density_;
    std::string description_;
};

static_assert(static_cast<int>(FileDensity::Unit::inch) == static_cast<int>(DensityUnit::inch) &&
              static_cast<int>(FileDensity::Unit::centimetre) == static_cast<int>(DensityUnit::centimetre) &&
              static_cast<int>(FileDensity::Unit::metre) == static_cast<int>(DensityUnit::metre));

/// The header of the slice that is meant in a file nobody has looked into yet, whose place is found. Nothing if the
/// file holds several.
std::optional<Probe> probe_only(InputFile& input, const Codec& codec, Pages pages, const FindOptions& options,
                                SliceRef& slice, TakenPages& taken) {
    slice.place = pages.slices.front().place;
    if (pages.slices.size() > 1) {
        const PagedFile paged = read_pages(input, codec, samples_of(options));
        if (!paged.order.refusal.empty()) refuse(input, ErrorCode::corrupt, paged.order.refusal);
        if (paged.order.slices > 1) return std::nullopt;
        taken = chosen_pages(paged.order, options);
        const auto page = paged.order.pages_of(taken.channel, taken.time).front();
        if (!page) {
            refuse(input, ErrorCode::inconsistent,
                   "lacks the page of channel " + std::to_string(taken.channel) + " at time " +
                       std::to_string(taken.time) + "; choose others with --channel and --time");
        }
        slice.place = paged.places[*page].place;
        pages.notes.insert(pages.notes.end(), paged.order.notes.begin(), paged.order.notes.end());
    }
    Probe probe = codec.probe(input, slice.place, samples_of(options));
    probe.notes.insert(probe.notes.end(), pages.notes.begin(), pages.notes.end());
    return probe;
}

void read_header(Stack& stack, std::size_t number, const FindOptions& options, Survey& survey) {
    SliceRef& slice = stack.slices[survey.slice(number)];
    try {
        InputFile input(stack.files.path(static_cast<std::size_t>(slice.file)));
        const Codec& codec = codec_for(input);
        if (slice.place != unread_place) {
            survey.add(number, codec.probe(input, slice.place, samples_of(options)), input.stamp(), stack.taken);
            return;
        }
        TakenPages taken;
        const Pages pages = codec.pages(input);
        if (const auto probe = probe_only(input, codec, pages, options, slice, taken)) {
            survey.add(number, *probe, input.stamp(), taken);
        } else {
            slice.place = unread_place;
            survey.hold_several(number, pages.slices.size());
        }
    } catch (const Error& error) {
        survey.fail(number, error);
    }
}

/// Gives the slices that come again the place that was found when the first one was read.
void place_repeated(Stack& stack) {
    const auto unread = [](const SliceRef& slice) { return !slice.missing() && slice.place == unread_place; };
    if (std::none_of(stack.slices.begin(), stack.slices.end(), unread)) return;
    std::vector<Index> places(stack.files.size());
    for (SliceRef& slice : stack.slices) {
        if (slice.missing()) continue;
        Index& place = places[static_cast<std::size_t>(slice.file)];
        if (unread(slice)) slice.place = place;
        place = slice.place;
    }
}

}  // namespace

Samples samples_of(const FindOptions& options) noexcept {
    return options.labels || options.channel == Channel::index ? Samples::stored : Samples::shown;
}

FoundSpacing read_headers(Stack& stack, const FindOptions& options) {
    stack.stored = samples_of(options) == Samples::stored;
    Survey survey(stack, options);
    const std::size_t headers = survey.size();
    std::atomic<std::size_t> next{0};
    std::exception_ptr bug;  // whatever is no Error: out of memory, above all
    std::mutex bug_mutex;
    Retry* const retry = retry_here();
    const auto work = [&]() noexcept {
        const RetryScope scope(retry);
        try {
            for (std::size_t i = next++; i < headers; i = next++) read_header(stack, i, options, survey);
        } catch (...) {
            const std::lock_guard lock(bug_mutex);
            bug = std::current_exception();
            next = headers;
        }
    };

    const std::size_t wanted =
        options.threads != 0 ? options.threads : std::max(1U, std::thread::hardware_concurrency());
    const std::size_t helpers = std::min(wanted, std::max<std::size_t>(headers, 1)) - 1;
    std::vector<std::thread> others;
    others.reserve(helpers);
    try {
        while (others.size() < helpers) others.emplace_back(work);
    } catch (const std::exception&) {
        // No more threads, or no memory for them: those that run, and this one, do it.
    }
    work();
    for (std::thread& other : others) other.join();
    if (bug) std::rethrow_exception(bug);
    if (survey.holds_several() && options.order == Order::given) {
        join_pages(stack, options);
        return read_headers(stack, options);
    }
    place_repeated(stack);
    const bool chosen_before = stack.taken != TakenPages{};
    survey.report(stack);
    if (!chosen_before) say_what_is_taken(stack, options);
    return survey.spacing();
}

}  // namespace stack2nrrd
