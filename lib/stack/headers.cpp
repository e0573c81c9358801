#include "stack/headers.hpp"

#include "codec/codec.hpp"
#include "core/file.hpp"
#include "core/text.hpp"
#include "stack/folder.hpp"
#include "stack/short_list.hpp"

#include <algorithm>
#include <atomic>
#include <cstddef>
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

/// How many headers there are to read: one a file, or one a page.
std::size_t header_count(const Stack& stack) { return stack.places.empty() ? stack.files.size() : stack.places.size(); }

std::string shown(const Stack& stack, std::size_t number) {
    if (stack.places.size() < 2) return printable(stack.files[stack.places.empty() ? number : 0].path);
    return printable(stack.files[0].path) + ", slice " + std::to_string(number);
}

/// What the headers told, gathered by all threads in any order. Nothing is kept per file but a small number: most
/// stacks have a single kind of slice.
class Survey {
public:
    explicit Survey(std::size_t files) : kind_of_file_(files, unreadable) {}

    void add(std::size_t file, const Probe& probe) {
        const std::lock_guard lock(mutex_);
        const ImageInfo& image = probe.image;
        const auto [kind, is_new] = kind_numbers_.try_emplace(
            Kind{image.width, image.height, image.colour, image.channels(), image.type, image.format},
            static_cast<int>(kinds_.size()));
        if (is_new) kinds_.push_back(image);
        kind_of_file_[file] = kind->second;
        decoder_bytes_ = std::max(decoder_bytes_, probe.decoder_bytes);
        bare_everywhere_ = bare_everywhere_ && probe.bare && (!bare_ || *bare_ == *probe.bare);
        bare_ = probe.bare;
        if (file <= first_) {
            first_ = file;
            density_ = {probe.density.x, probe.density.y, static_cast<DensityUnit>(probe.density.unit)};
            description_ = probe.description;
        }
        for (const std::string& text : probe.notes) {
            Note& note = notes_.try_emplace(text, Note{0, file}).first->second;
            ++note.count;
            note.first_file = std::min(note.first_file, file);
        }
    }

    /// What the first slice says. No thread may add any more.
    [[nodiscard]] FoundSpacing spacing() const { return spacing_from(description_, density_); }

    void fail(std::size_t file, const Error& error) {
        const std::lock_guard lock(mutex_);
        ++failures_;
        first_failures_.emplace(file, error);
        // One more than will be named: it is the first of those that are only counted.
        if (first_failures_.size() > most_named + 1) first_failures_.erase(std::prev(first_failures_.end()));
    }

    /// Puts all of it into `stack`. No thread may add any more.
    void report(Stack& stack) const {
        stack.decoder_bytes = decoder_bytes_;
        if (bare_everywhere_ && bare_ && failures_ == 0 && stack.places.size() < 2) {
            stack.bare = BareSamples{bare_->offset, bare_->endian == std::endian::big, bare_->bottom_up};
        }
        report_failures(stack);
        const auto first = std::find_if(kind_of_file_.begin(), kind_of_file_.end(), is_readable);
        if (first != kind_of_file_.end()) {
            stack.image = kinds_[static_cast<std::size_t>(*first)];
            report_odd_ones(stack, [](const ImageInfo& image) {
                return std::to_string(image.width) + " x " + std::to_string(image.height);
            });
            report_odd_ones(stack, [](const ImageInfo& image) { return std::string(sample_type_name(image.type)); });
            report_odd_ones(stack, [](const ImageInfo& image) { return colour_text(image.colour, image.channels()); });
        }
        report_notes(stack);
    }

private:
    using Kind = std::tuple<Index, Index, Colour, int, SampleType, std::string>;
    static constexpr int unreadable = -1;
    static bool is_readable(int kind) { return kind != unreadable; }

    struct Note {
        std::size_t count = 0;
        std::size_t first_file = 0;
    };

    void report_failures(Stack& stack) const {
        std::size_t named = 0;
        for (const auto& [file, error] : first_failures_) {
            std::string text = error.what();
            if (named == most_named && failures_ > most_named + 1) {
                text = shown(stack, file) + ": cannot be read, nor can " + std::to_string(failures_ - most_named - 1) +
                       " more slices";
            }
            stack.problems.push_back({error.code(), true, std::move(text)});
            ++named;
        }
    }

    /// Files that differ from the first readable one in what `text_of` says of them. If it is the first that differs
    /// and all others are alike, the first is the odd one.
    template <class TextOf>
    void report_odd_ones(Stack& stack, TextOf text_of) const {
        std::vector<std::string> texts;
        texts.reserve(kinds_.size());
        for (const ImageInfo& kind : kinds_) texts.push_back(text_of(kind));
        const auto text = [&](std::size_t file) -> const std::string& {
            return texts[static_cast<std::size_t>(kind_of_file_[file])];
        };

        std::vector<std::size_t> readable;
        for (std::size_t file = 0; file < kind_of_file_.size(); ++file) {
            if (is_readable(kind_of_file_[file])) readable.push_back(file);
        }
        const auto differs_from = [&](std::size_t reference) {
            return [&, reference](std::size_t file) { return text(file) != text(reference); };
        };
        if (std::none_of(readable.begin(), readable.end(), differs_from(readable.front()))) return;
        const bool first_is_odd = readable.size() > 2 && differs_from(readable.front())(readable[1]) &&
                                  std::none_of(readable.begin() + 1, readable.end(), differs_from(readable[1]));
        const std::size_t reference = first_is_odd ? readable[1] : readable.front();

        ShortList odd_ones("; ");
        std::string expected;
        for (const std::size_t file : readable) {
            if (text(file) == text(reference)) continue;
            std::string is;
            if (odd_ones.names_next()) is = shown(stack, file) + ": is " + text(file);
            if (odd_ones.count() == 0) {
                is += ", " + text(reference) + " was expected " +
                      (first_is_odd ? "from the other slices, such as " : "from the first slice ") +
                      shown(stack, reference);
            } else if (odd_ones.count() == 1) {
                is.insert(0, "also ");
            }
            odd_ones.add(is);
        }
        stack.problems.push_back(
            {ErrorCode::inconsistent, true, odd_ones.text() + "; leave out or replace what does not belong"});
    }

    void report_notes(Stack& stack) const {
        for (const auto& [text, note] : notes_) {
            const std::string& path = stack.files[stack.places.empty() ? note.first_file : 0].path;
            const std::string first = printable(base_name(path));
            stack.problems.push_back(
                {ErrorCode::unsupported, false,
                 note.count == 1 ? text + " (in " + first + ")"
                                 : text + " (in " + std::to_string(note.count) + " files, first " + first + ")"});
        }
    }

    std::mutex mutex_;
    std::map<Kind, int> kind_numbers_;
    std::vector<ImageInfo> kinds_;
    std::vector<int> kind_of_file_;
    std::map<std::size_t, Error> first_failures_;
    std::size_t failures_ = 0;
    std::map<std::string, Note> notes_;
    std::int64_t decoder_bytes_ = 0;
    bool bare_everywhere_ = true;
    std::optional<FileSamples> bare_;  ///< of the header read last; while all are alike, of all
    std::size_t first_ = std::numeric_limits<std::size_t>::max();  ///< of those that could be read
    Density density_;
    std::string description_;
};

static_assert(static_cast<int>(FileDensity::Unit::inch) == static_cast<int>(DensityUnit::inch) &&
              static_cast<int>(FileDensity::Unit::centimetre) == static_cast<int>(DensityUnit::centimetre) &&
              static_cast<int>(FileDensity::Unit::metre) == static_cast<int>(DensityUnit::metre));

/// The header of the only slice; what else the file holds is noted.
Probe probe_only(InputFile& input, const Codec& codec) {
    const Pages pages = codec.pages(input);
    if (pages.slices.size() > 1) {
        refuse(input, ErrorCode::inconsistent,
               "holds " + std::to_string(pages.slices.size()) +
                   " slices, one was expected of each of several files; give a file of many slices alone, or split it");
    }
    Probe probe = codec.probe(input, pages.slices.front().place);
    probe.notes.insert(probe.notes.end(), pages.notes.begin(), pages.notes.end());
    return probe;
}

void read_header(Stack& stack, std::size_t number, Survey& survey) {
    SourceFile& file = stack.files[stack.places.empty() ? number : 0];
    try {
        InputFile input(file.path);
        const Codec& codec = codec_for(input);
        if (number == 0 || stack.places.empty()) {
            file.bytes = input.bytes();
            file.modified_ns = input.modified_ns();
            file.id = input.id();
        }
        survey.add(number, stack.places.empty() ? probe_only(input, codec) : codec.probe(input, stack.places[number]));
    } catch (const Error& error) {
        survey.fail(number, error);
    }
}

}  // namespace

FoundSpacing read_headers(Stack& stack, unsigned threads) {
    const std::size_t headers = header_count(stack);
    Survey survey(headers);
    std::atomic<std::size_t> next{0};
    std::exception_ptr bug;  // whatever is no Error: out of memory, above all
    std::mutex bug_mutex;
    const auto work = [&]() noexcept {
        try {
            for (std::size_t i = next++; i < headers; i = next++) read_header(stack, i, survey);
        } catch (...) {
            const std::lock_guard lock(bug_mutex);
            bug = std::current_exception();
            next = headers;
        }
    };

    const std::size_t wanted = threads != 0 ? threads : std::max(1U, std::thread::hardware_concurrency());
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
    survey.report(stack);
    return survey.spacing();
}

}  // namespace stack2nrrd
