// From what the user gave to the files that are meant. What is read of the files themselves is in headers.cpp.

#include "codec/codec.hpp"
#include "core/file.hpp"
#include "core/normal_form.hpp"
#include "core/retry.hpp"
#include "core/text.hpp"
#include "stack/as_on_disk.hpp"
#include "stack/assembly.hpp"
#include "stack/by_names.hpp"
#include "stack/choice.hpp"
#include "stack/elsewhere.hpp"
#include "stack/find_among.hpp"
#include "stack/folder.hpp"
#include "stack/headers.hpp"
#include "stack/natural_order.hpp"
#include "stack/ome_set.hpp"
#include "stack/pages.hpp"
#include "stack/pattern.hpp"
#include "stack/read_list.hpp"
#include "stack/series.hpp"
#include "stack/short_list.hpp"
#include "stack/sidecars.hpp"
#include "stack/spacing.hpp"
#include "stack/spelling.hpp"
#include "stack/volume_stack.hpp"

#include <stack2nrrd/error.hpp>
#include <stack2nrrd/stack.hpp>

#include <algorithm>
#include <iterator>
#include <optional>
#include <system_error>
#include <utility>

namespace stack2nrrd {

namespace fs = std::filesystem;

namespace {

std::string shown(const fs::path& path) { return printable(utf8(path)); }

void warn(Stack& stack, const std::string& text) { stack.problems.push_back({ErrorCode::inconsistent, false, text}); }

// ------------------------------------------------------------------------------------------------------- folder

bool begins_like_an_image(const std::string& path) {
    try {
        InputFile file(path);
        (void)codec_for(file);
        return true;
    } catch (const Error& error) {
        if (error.code() == ErrorCode::io) throw;  // it may be a slice
        return false;
    }
}

/// The images among `files`. The others, if they are not hidden, are noted as strays.
FileList images_in(Stack& stack, const FileList& files) {
    const auto choose = [&](auto is_image) {
        std::vector<std::uint32_t> images;
        stack.strays.clear();
        for (std::uint32_t file = 0; file < files.size(); ++file) {
            const std::string_view name = files.name(file);
            if (is_hidden(name) && !is_litter(name)) continue;
            if (!is_litter(name) && is_image(file)) {
                images.push_back(file);
            } else {
                stack.strays.emplace_back(name);
            }
        }
        return files.picked(images);
    };
    FileList images = choose([&](std::uint32_t file) { return !image_suffix(files.name(file)).empty(); });
    // Some programs write slices without suffix; then the first bytes decide.
    return images.empty() ? choose([&](std::uint32_t file) { return begins_like_an_image(files.path(file)); }) : images;
}

/// Says which of `files` are copies of images that are not complete, unless the image is there, too.
void note_unfinished(Stack& stack, const fs::path& folder, const FileList& files) {
    ShortList unfinished;
    for (std::size_t file = 0; file < files.size(); ++file) {
        const std::string_view image = unfinished_image(files.name(file));
        if (!image.empty() && !disk::exists(folder / path_from_utf8(image)))
            unfinished.add(printable(files.name(file)));
    }
    if (unfinished.count() == 0) return;
    warn(stack, shown(folder) + ": slices may be missing, as " +
                    (unfinished.count() == 1
                         ? "a file looks like a copy that is not complete: "
                         : std::to_string(unfinished.count()) + " files look like copies that are not complete: ") +
                    unfinished.text() + "; wait until it is, or copy again");
}

/// Is `name` that of a series without its number, as programs name the first of several files: scan.tif, scan (1).tif,
/// scan (2).tif?
bool may_be_first(const Names& names, const Series& series, std::string_view name) {
    if (!series.number || series.number->kind != NumberKind::whole) return false;
    const Numbers numbers = numbers_in(names, series.members, *series.number);
    const auto is_low = [](const NumberedName& number) { return number.value <= 2; };
    if (!numbers.countable || std::none_of(numbers.of.begin(), numbers.of.end(), is_low)) return false;
    if (std::any_of(numbers.of.begin(), numbers.of.end(), [](const NumberedName& n) { return n.value <= 0; }))
        return false;
    const NumberedName& first = numbers.of.front();
    std::string_view before = names[first.name].substr(0, first.at);
    std::string_view behind = stem_of(names[first.name]).substr(first.at + first.size);
    constexpr std::string_view joints = " _-.([#";
    before.remove_suffix(before.size() - (before.find_last_not_of(joints) + 1));
    if (!behind.empty() && (behind[0] == ')' || behind[0] == ']')) behind.remove_prefix(1);
    return stem_of(name) == std::string(before) + std::string(behind);
}

/// Notes the images that are not in `series` as strays, and says so.
/// \throws Error inconsistent if they may be slices.
void leave_out_others(Stack& stack, const fs::path& folder, const FileList& files, const Names& names,
                      const Series& series) {
    ShortList others;
    auto member = series.members.begin();  // ascending, as the names
    for (std::size_t i = 0; i < names.size(); ++i) {
        if (member != series.members.end() && *member == i) {
            ++member;
            continue;
        }
        if (may_be_first(names, series, names[i])) {
            throw Error(ErrorCode::inconsistent,
                        printable(files.path(i)) +
                            ": has the name of the others without a number and may be the first slice, "
                            "one series was expected; rename it as the others are, or give those as " +
                            shown_pattern(files, names, series));
        }
        others.add(printable(names[i]));
        stack.strays.emplace_back(names[i]);
    }
    if (others.count() == 0) return;
    if (others.count() > series.members.size()) {
        throw Error(ErrorCode::inconsistent,
                    shown(folder) + ": holds " + std::to_string(series.members.size()) + " images with numbers, " +
                        shown_pattern(files, names, series) + ", and " + std::to_string(others.count()) +
                        " others: " + others.text() + ", one series was expected; give the slices as a pattern");
    }
    std::sort(stack.strays.begin(), stack.strays.end(), NaturalLess());
    warn(stack, shown(folder) + ": " + std::to_string(others.count()) +
                    (others.count() == 1 ? " image file that is not part of the series is"
                                         : " image files that are not part of the series are") +
                    " left out: " + others.text());
}

std::string folder_name(const fs::path& folder) {
    fs::path path = disk::absolute(folder).lexically_normal();
    if (!path.has_filename()) path = path.parent_path();  // "scans/"
    return utf8(path.has_filename() ? path.filename() : folder);
}

/// A stack without slices if the folder holds none.
Stack find_in_folder(const fs::path& folder) {
    Stack stack;
    stack.kind = "folder";
    stack.name = folder_name(folder);
    FileList images;
    {
        // All that is in the folder may be many names: they go before those of the images are put in order.
        const FileList files = list_files(folder);
        images = images_in(stack, files);
        if (images.empty()) return stack;
        note_unfinished(stack, folder, files);
        constexpr std::size_t few = 3;
        if (images.size() <= few && !is_stack_by_itself(images.path(0))) refuse_few_beside_many(folder, images, files);
    }
    if (are_one_set(images)) {
        StackBuilder(stack).add(images.path(0));
        return stack;
    }

    const Names names(images);
    if (const std::optional<Series> series = add_by_names(stack, images, names, shown(folder), Others::left_out)) {
        leave_out_others(stack, folder, images, names, *series);
    }
    return stack;
}

// ------------------------------------------------------------------------------------------- one file, and patterns

void refuse_volume(std::string_view path) {
    const std::string name = lower_case(base_name(path));
    if (name.ends_with(".nrrd") || name.ends_with(".nhdr")) {
        throw Error(ErrorCode::invalid_argument,
                    printable(path) + ": is a volume, a slice was expected among several files; give one volume alone");
    }
}

/// `name` as its folder lists it: on some systems, upper and lower case are the same.
std::size_t position_of(std::string_view name, const Names& names) {
    auto found = std::find(names.begin(), names.end(), name);
    if (found == names.end()) {
        found = std::find_if(names.begin(), names.end(),
                             [lower = lower_case(name)](std::string_view other) { return lower_case(other) == lower; });
    }
    return static_cast<std::size_t>(found - names.begin());
}

/// The slices beside a scanner's log that it describes.
Stack find_told_by(const fs::path& log, const Sidecar& told) {
    const fs::path folder = log.parent_path();
    const std::string what = shown(log) + ": is a scanner's file about slices (" + told.format + ")";
    Stack stack;
    const FileList images = images_in(stack, list_files(folder));
    std::vector<std::uint32_t> own;
    for (std::uint32_t file = 0; file < images.size(); ++file) {
        if (told.prefix.empty() || has_name_of(images.name(file), told)) own.push_back(file);
    }
    if (own.size() == images.size() && !own.empty()) {
        stack = find_in_folder(folder.empty() ? fs::path(".") : folder);
    } else if (!own.empty()) {
        stack.kind = "series";
        stack.strays.clear();
        const FileList files = images.picked(own);
        const Names names(files);
        if (const std::optional<Series> series = add_by_names(stack, files, names, shown(log), Others::left_out)) {
            leave_out_others(stack, folder, files, names, *series);
        }
    } else {
        std::string advice = "give the folder of the slices";
        if (!told.prefix.empty()) advice += ", whose names begin with '" + printable(told.prefix) + "'";
        if (!images.empty()) {
            advice += ", or, if those beside it are they, '" + shown(folder.empty() ? fs::path(".") : folder) + "'";
        }
        if (told.spacing_mm[0] || told.spacing_mm[1] || told.spacing_mm[2])
            advice += ", with " + as_option(told.spacing_mm);
        throw Error(ErrorCode::not_found, what + ", which are not beside it under the names that it gives; " + advice);
    }
    warn(stack, what + "; those beside it are taken");
    return stack;
}

Stack find_beside(const fs::path& file, bool is_regular) {
    if (!is_regular) {
        throw Error(ErrorCode::corrupt, shown(file) + ": is not a regular file, a slice was expected");
    }
    if (const std::optional<Sidecar> told = read_sidecar(utf8(file))) return find_told_by(file, *told);
    {
        InputFile input(utf8(file));
        (void)codec_for(input);  // a file that is no slice has no series
    }
    const FileList files = list_files(file.parent_path());
    const Names names(files);
    const std::size_t which = position_of(base_name(utf8(file)), names);

    Stack stack;
    stack.kind = "file";
    if (which == names.size() || is_stack_by_itself(utf8(file))) {
        StackBuilder(stack).add(utf8(file));
        return stack;
    }
    const Series series = find_series_of(names, which);
    if (series.members.size() == 1) {
        add_in_order(stack, files.picked({static_cast<std::uint32_t>(which)}));
        const auto is_other = [&](std::string_view name) {
            return name != names[which] && !is_hidden(name) && !is_litter(name) && !image_suffix(name).empty();
        };
        if ((series.has_digits || series.hash_length > 0) && std::any_of(names.begin(), names.end(), is_other)) {
            warn(stack, shown(file) +
                            ": is taken alone, no name beside it differs from it in its number only; give the "
                            "folder, or a pattern, if more slices are meant");
        }
        return stack;
    }
    stack.kind = "series";
    add_series(stack, files, names, series, shown(file));
    return stack;
}

/// Where `name` has what is at `at` in its comparable form, a digit, sign or blank: these are never composed.
std::size_t place_in(std::string_view name, std::string_view in_form, std::size_t at) {
    constexpr std::string_view kept = "0123456789- ";
    std::size_t place = name.find_first_of(kept);
    for (std::size_t i = in_form.find_first_of(kept); i < at; i = in_form.find_first_of(kept, i + 1)) {
        place = name.find_first_of(kept, place + 1);
    }
    return place;
}

/// The names that fit, each with its number. `input` is for messages.
std::vector<NumberedName> fitting_names(const fs::path& input, const Names& names, NumberPattern pattern, Form form) {
    pattern.before = comparable(pattern.before, form);
    pattern.after = comparable(pattern.after, form);
    std::vector<NumberedName> slices;
    const auto add = [&](std::size_t i, const std::string& name, std::string_view number) {
        const std::size_t at = place_in(names[i], name, static_cast<std::size_t>(number.data() - name.data()));
        slices.push_back({static_cast<std::uint32_t>(i), static_cast<std::uint16_t>(at),
                          static_cast<std::uint16_t>(number.size()), 0});
    };
    for (std::size_t i = 0; i < names.size(); ++i) {
        const std::string name = comparable(names[i], form);
        const std::string_view number = matched_digits(pattern, name);
        if (!number.empty()) add(i, name, number);
    }
    // The text beside the number may be a glob, unless it is the name as it is.
    if (slices.empty() && (is_glob(pattern.before) || is_glob(pattern.after))) {
        for (std::size_t i = 0; i < names.size(); ++i) {
            if (is_hidden(names[i]) && !is_hidden(pattern.before)) continue;
            const std::string name = comparable(names[i], form);
            const std::vector<std::string_view> numbers = matched_in_glob(pattern, name);
            if (numbers.size() > 1) {
                throw Error(ErrorCode::invalid_argument,
                            shown(input) + ": fits " + printable(names[i]) + " with the number " +
                                printable(numbers[0]) + " and with " + printable(numbers[1]) +
                                ", one was expected; write out more of the text beside the number");
            }
            if (!numbers.empty()) add(i, name, numbers[0]);
        }
    }
    return slices;
}

Stack find_numbers(const fs::path& input, const NumberPattern& pattern) {
    const fs::path folder = input.parent_path();
    FileList files;
    if (folder.empty() || disk::is_folder(folder)) files = list_files(folder);
    const Names names(files);
    std::vector<NumberedName> slices = fitting_names(input, names, pattern, Form::as_stored);
    if (slices.empty()) slices = fitting_names(input, names, pattern, Form::composed);
    Stack stack;
    stack.kind = "pattern";
    add_numbered(stack, files, find_numbering(names, numbers_of_texts(names, std::move(slices))), shown(input));
    return stack;
}

void refuse_other_than_files(const Stack& stack) {
    for (std::size_t i = 0; i < stack.files.size(); ++i) {
        const std::string path = stack.files.path(i);
        refuse_volume(path);
        if (disk::is_folder(path_from_utf8(path))) {
            throw Error(ErrorCode::invalid_argument,
                        printable(path) +
                            ": is a folder, a file was expected; give one folder alone, or files, those of "
                            "several folders in their order with --order given");
        }
    }
}

Stack find_pattern(const fs::path& input, const FindOptions& options) {
    const std::string text = utf8(input);
    const std::optional<NumberPattern> numbers = parse_number_pattern(base_name(text));
    Stack stack;
    if (numbers) stack = find_numbers(input, *numbers);
    if (stack.slices.empty() && is_glob(text)) {
        const FileList matches = expand_glob(input);
        // In the order given: that of the folders, and of the names within each.
        if (options.order == Order::given) {
            add_in_order(stack, sorted(matches, [&](std::uint32_t a, std::uint32_t b) {
                             const int order = compare_natural(matches.folder(a), matches.folder(b));
                             return order != 0 ? order < 0 : compare_natural(matches.name(a), matches.name(b)) < 0;
                         }));
        } else if (!matches.empty()) {
            stack = find_among(matches, shown(input));
        }
        refuse_other_than_files(stack);
        stack.kind = "pattern";
    }
    if (!stack.slices.empty()) return stack;
    if (numbers || is_glob(text)) {
        throw Error(ErrorCode::not_found, shown(input) + ": no file has such a name; " + hint_for_pattern(input));
    }
    if (text.find('%') != std::string::npos) {
        throw Error(ErrorCode::invalid_argument,
                    shown(input) +
                        ": is neither a file nor a pattern, one number in the file's name was expected as in "
                        "'scan_%04d.tif' or 'scan_%d.tif'; write %% for a percent sign");
    }
    throw Error(ErrorCode::not_found, shown(input) + ": no such file or folder; " + hint_for(input));
}

/// What all kinds of stacks have in common: headers, spacing, a name, and the order of the problems.
Stack finished(Stack stack, const FindOptions& options) {
    const std::optional<FoundSpacing> of_file = expand_pages(stack, options);
    std::vector<Problem> of_names = std::move(stack.problems);
    stack.problems.clear();
    const FoundSpacing of_slices = read_headers(stack, options);
    std::move(of_names.begin(), of_names.end(), std::back_inserter(stack.problems));
    check_choice(stack, options);
    find_spacing(stack, of_file.value_or(of_slices));
    std::stable_partition(stack.problems.begin(), stack.problems.end(),
                          [](const Problem& problem) { return problem.fatal; });
    if (stack.name.empty()) stack.name = stack.files.name(0);
    return stack;
}

constexpr const char* list_of_files = "the list of files";

Stack finished_list(Stack stack, const FindOptions& options) {
    if (stack.slices.empty()) throw_no_slices(list_of_files);
    stack.kind = options.order == Order::given ? "list" : "files";
    refuse_other_than_files(stack);
    return finished(std::move(stack), options);
}

/// `for_each_path(take)` hands over the paths, one by one.
template <class ForEachPath>
Stack find_files(ForEachPath&& for_each_path, const FindOptions& options) {
    Stack stack;
    NamesOnDisk on_disk;
    if (options.order == Order::given) {
        StackBuilder builder(stack);
        for_each_path([&](std::string_view path) { builder.add(on_disk.find(path)); });
        stack.slices.shrink_to_fit();
    } else {
        FileList files;
        for_each_path([&](std::string_view path) { files.add(on_disk.find(path)); });
        if (!files.empty()) stack = find_among(files, list_of_files);
    }
    return finished_list(std::move(stack), options);
}

/// What `find()` finds, with reads that are tried again.
template <class Find>
Stack persistently(const FindOptions& options, Find&& find) {
    Retry retry(options.retry);
    const RetryScope scope(&retry);
    Stack stack = find();
    if (retry.reads() > 0) stack.problems.push_back({ErrorCode::io, false, again_text(retry.reads())});
    return stack;
}

Stack find_once(const fs::path& input, const FindOptions& options) {
    const disk::Facts facts = disk::look_surely(input);
    if (facts.is_folder()) {
        Stack stack = find_in_folder(input);
        if (!stack.slices.empty()) return finished(std::move(stack), options);
        const Elsewhere there = look_elsewhere(input, list_files(input));
        stack = find_once(there.path, options);
        warn(stack, there.note);
        return stack;
    }
    if (facts.is_file() && is_volume(utf8(input))) {
        Stack stack = find_volume(utf8(input));
        if (stack.volume != nullptr) {
            check_choice(stack, options);
            return stack;
        }
        return finished(std::move(stack), options);  // a list of images
    }
    if (facts.exists()) return finished(find_beside(input, facts.is_file()), options);
    if (facts.failure == std::errc::permission_denied) {
        throw Error(ErrorCode::io, shown(input) + ": cannot be opened: " + facts.failure.message());
    }
    const fs::path there = path_from_utf8(NamesOnDisk().find(utf8(input)));
    if (there != input) return find_once(there, options);
    return finished(find_pattern(input, options), options);
}

}  // namespace

Stack find_stack(const fs::path& input, const FindOptions& options) {
    return persistently(options, [&] { return find_once(input, options); });
}

Stack find_stack(const std::vector<std::string>& paths_utf8, const FindOptions& options) {
    const auto all = [&](auto&& take) { std::for_each(paths_utf8.begin(), paths_utf8.end(), take); };
    return persistently(options, [&] { return find_files(all, options); });
}

Stack find_listed_stack(const fs::path& list, const FindOptions& options) {
    const auto all = [&](auto&& take) { read_list(list, take); };
    Stack stack = persistently(options, [&] { return find_files(all, options); });
    if (list != "-") stack.other_inputs.push_back(utf8(list));
    return stack;
}

}  // namespace stack2nrrd
