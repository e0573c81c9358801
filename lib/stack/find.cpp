// From what the user gave to the files that are meant. What is read of the files themselves is in headers.cpp.

#include "codec/codec.hpp"
#include "core/file.hpp"
#include "core/text.hpp"
#include "stack/assembly.hpp"
#include "stack/folder.hpp"
#include "stack/headers.hpp"
#include "stack/natural_order.hpp"
#include "stack/pages.hpp"
#include "stack/pattern.hpp"
#include "stack/read_list.hpp"
#include "stack/series.hpp"
#include "stack/short_list.hpp"
#include "stack/spacing.hpp"
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

[[noreturn]] void throw_no_slices(const std::string& where) {
    throw Error(ErrorCode::not_found,
                where + ": holds no slices (TIFF, PNG, JPEG or BMP were looked for); give the folder that has them");
}

Names names_of(const FileList& files) {
    Names names(files.size());
    for (std::size_t i = 0; i < names.size(); ++i) names[i] = files.name(i);
    return names;
}

void warn(Stack& stack, const std::string& text) { stack.problems.push_back({ErrorCode::inconsistent, false, text}); }

void warn_uncounted(Stack& stack, const std::string& where) {
    if (stack.slices.size() < 2) return;
    warn(stack, where + ": the names form no numbered series, gaps cannot be seen; check that no slice is missing");
}

// ------------------------------------------------------------------------------------------------------- folder

bool begins_like_an_image(const std::string& path) {
    try {
        InputFile file(path);
        (void)codec_for(file);
        return true;
    } catch (const Error&) {
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
    // Some programs write slices without suffix; then the first bytes tell.
    return images.empty() ? choose([&](std::uint32_t file) { return begins_like_an_image(files.path(file)); }) : images;
}

[[noreturn]] void throw_ambiguous(const fs::path& folder, const Names& names, const Series& series) {
    throw Error(ErrorCode::inconsistent,
                shown(folder) + ": several numbers vary in the names (" + printable(names[series.members.front()]) +
                    ", " + printable(names[series.members.back()]) +
                    "), one that numbers the slices was expected; give a pattern that picks one series, such as '" +
                    shown(folder / path_from_utf8(pattern_for(names, series.members, series.likely, true))) + "'");
}

[[noreturn]] void throw_several(const fs::path& folder, const Names& names, const std::vector<Series>& found) {
    ShortList patterns;
    for (const Series& series : found) {
        std::string pattern;
        if (patterns.names_next()) {
            pattern = pattern_for(names, series.members, series.number.value_or(series.likely), !series.number);
            pattern = "'" + shown(folder / path_from_utf8(pattern)) + "' (" + std::to_string(series.members.size()) +
                      " files)";
        }
        patterns.add(pattern);
    }
    throw Error(ErrorCode::inconsistent,
                shown(folder) + ": holds " + std::to_string(found.size()) +
                    " numbered series, one was expected; give one of them as a pattern: " + patterns.text());
}

/// Notes the images that are not in `series` as strays, and says so.
void leave_out_others(Stack& stack, const fs::path& folder, const Names& names, const Series& series) {
    ShortList others;
    auto member = series.members.begin();  // ascending, as the names
    for (std::size_t i = 0; i < names.size(); ++i) {
        if (member != series.members.end() && *member == i) {
            ++member;
        } else {
            others.add(printable(names[i]));
            stack.strays.emplace_back(names[i]);
        }
    }
    if (others.count() == 0) return;
    std::sort(stack.strays.begin(), stack.strays.end(), NaturalLess());
    warn(stack, shown(folder) + ": " + std::to_string(others.count()) +
                    (others.count() == 1 ? " image file that is not part of the series is"
                                         : " image files that are not part of the series are") +
                    " left out: " + others.text());
}

std::string folder_name(const fs::path& folder) {
    fs::path path = fs::absolute(folder).lexically_normal();
    if (!path.has_filename()) path = path.parent_path();  // "scans/"
    return utf8(path.has_filename() ? path.filename() : folder);
}

Stack find_in_folder(const fs::path& folder) {
    Stack stack;
    stack.kind = "folder";
    stack.name = folder_name(folder);
    const FileList images = images_in(stack, list_files(folder));
    if (images.empty()) throw_no_slices(shown(folder));

    const Names names = names_of(images);
    std::vector<Series> found = find_series(names);
    const auto is_single = [](const Series& series) { return !series.is_numbered(); };
    found.erase(std::remove_if(found.begin(), found.end(), is_single), found.end());
    if (found.size() > 1) throw_several(folder, names, found);
    if (found.empty()) {
        add_in_order(stack, images);
        warn_uncounted(stack, shown(folder));
        return stack;
    }
    const Series& series = found.front();
    if (!series.number) throw_ambiguous(folder, names, series);
    add_numbered(stack, images, find_numbering(names, numbered(names, series.members, *series.number)), shown(folder));
    leave_out_others(stack, folder, names, series);
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

Stack find_series_of(const fs::path& file, const fs::file_status& status) {
    if (!fs::is_regular_file(status)) {
        throw Error(ErrorCode::corrupt, shown(file) + ": is not a regular file, a slice was expected");
    }
    const FileList files = list_files(file.parent_path());
    const Names names = names_of(files);
    const std::size_t which = position_of(base_name(utf8(file)), names);

    Stack stack;
    stack.kind = "file";
    if (which == names.size() || holds_several_slices(utf8(file))) {
        StackBuilder(stack).add(utf8(file));
        return stack;
    }
    const Siblings siblings = find_siblings(names, which);
    if (siblings.members.size() > 1) stack.kind = "series";
    add_numbered(stack, files, find_numbering(names, numbered(names, siblings.members, siblings.field)), shown(file));
    if (siblings.ambiguous) {
        const std::string pattern = pattern_for(names, siblings.members, siblings.field, false);
        warn(stack, shown(file) + ": several numbers could number the slices, the last of them was taken ('" +
                        printable(pattern) + "'); give a pattern if another was meant");
    }
    return stack;
}

Stack find_numbers(const fs::path& input, const NumberPattern& pattern) {
    const fs::path folder = input.parent_path();
    std::error_code unknown;
    FileList files;
    if (folder.empty() || fs::is_directory(folder, unknown)) files = list_files(folder);
    const Names names = names_of(files);
    std::vector<NumberedName> slices;
    for (std::size_t i = 0; i < names.size(); ++i) {
        const std::string_view digits = matched_digits(pattern, names[i]);
        if (!digits.empty()) slices.push_back({i, digits});
    }
    Stack stack;
    stack.kind = "pattern";
    add_numbered(stack, files, find_numbering(names, std::move(slices)), shown(input));
    return stack;
}

// ---------------------------------------------------------------------------------------------------- several files

bool are_in_one_folder(const FileList& files) {
    const auto normal = [](std::string_view folder) { return (path_from_utf8(folder) / ".").lexically_normal(); };
    const std::string_view first = files.folder(0);
    for (std::size_t i = 1; i < files.size(); ++i) {
        if (files.folder(i) != first && normal(files.folder(i)) != normal(first)) return false;
    }
    return true;
}

/// Takes the repetitions out of `files`, which are sorted, and reports them.
void remove_repeated(Stack& stack, FileList& files) {
    const auto same = [&](std::size_t a, std::size_t b) {
        return files.name(a) == files.name(b) && files.folder(a) == files.folder(b);
    };
    ShortList repeated;
    std::vector<std::uint32_t> once;
    for (std::uint32_t i = 0; i < files.size(); ++i) {
        if (i == 0 || !same(i - 1, i)) {
            once.push_back(i);
        } else if (i == 1 || !same(i - 2, i)) {
            repeated.add(printable(files.path(i)));
        }
    }
    if (repeated.count() == 0) return;
    files = files.picked(once);
    stack.problems.push_back({ErrorCode::inconsistent, true,
                              repeated.text() + ": given more than once, each slice was expected once; leave out the "
                                                "repetitions, or take the files in the order given"});
}

/// Files in natural order, whatever order `given` has. `where`: what the user gave, as it is shown.
Stack find_among(const FileList& given, const std::string& where) {
    Stack stack;
    FileList chosen;
    {
        std::vector<std::uint32_t> slices;
        for (std::uint32_t file = 0; file < given.size(); ++file) {
            if (is_litter(given.name(file))) {
                stack.strays.emplace_back(given.name(file));
            } else {
                slices.push_back(file);
            }
        }
        chosen = given.picked(slices);
    }
    if (chosen.empty()) throw_no_slices(where);
    std::sort(stack.strays.begin(), stack.strays.end(), NaturalLess());
    chosen = sorted(chosen, [&](std::uint32_t a, std::uint32_t b) {
        const int order = compare_natural(chosen.name(a), chosen.name(b));
        return order != 0 ? order < 0 : compare_natural(chosen.folder(a), chosen.folder(b)) < 0;
    });
    remove_repeated(stack, chosen);

    const Names names = names_of(chosen);
    const std::vector<Series> found = find_series(names);
    const Series& series = found.front();
    if (found.size() == 1 && series.is_numbered() && series.number && are_in_one_folder(chosen)) {
        add_numbered(stack, chosen, find_numbering(names, numbered(names, series.members, *series.number)), where);
    } else {
        add_in_order(stack, chosen);
        warn_uncounted(stack, where);
    }
    return stack;
}

void refuse_other_than_files(const Stack& stack) {
    for (std::size_t i = 0; i < stack.files.size(); ++i) {
        const std::string path = stack.files.path(i);
        refuse_volume(path);
        std::error_code unknown;
        if (fs::is_directory(path_from_utf8(path), unknown)) {
            throw Error(ErrorCode::invalid_argument,
                        printable(path) + ": is a folder, a file was expected; give one folder alone");
        }
    }
}

Stack find_pattern(const fs::path& input) {
    const std::string text = utf8(input);
    const std::optional<NumberPattern> numbers = parse_number_pattern(base_name(text));
    Stack stack;
    if (numbers) stack = find_numbers(input, *numbers);
    if (stack.slices.empty() && is_glob(text)) {
        const FileList matches = expand_glob(input);
        if (!matches.empty()) stack = find_among(matches, shown(input));
        refuse_other_than_files(stack);
        stack.kind = "pattern";
    }
    if (!stack.slices.empty()) return stack;
    if (numbers || is_glob(text)) {
        throw Error(ErrorCode::not_found, shown(input) + ": no file has such a name; check the pattern and its folder");
    }
    if (text.find('%') != std::string::npos) {
        throw Error(ErrorCode::invalid_argument,
                    shown(input) +
                        ": is neither a file nor a pattern, one number in the file's name was expected as in "
                        "'scan_%04d.tif' or 'scan_%d.tif'; write %% for a percent sign");
    }
    throw Error(ErrorCode::not_found, shown(input) + ": no such file or folder; check how it is spelled");
}

/// What all kinds of stacks have in common: headers, spacing, a name, and the order of the problems.
Stack finished(Stack stack, const FindOptions& options) {
    const std::optional<FoundSpacing> of_file = expand_pages(stack, options);
    check_choice(stack, options);
    std::vector<Problem> of_names = std::move(stack.problems);
    stack.problems.clear();
    const FoundSpacing of_slices = read_headers(stack, options);
    std::move(of_names.begin(), of_names.end(), std::back_inserter(stack.problems));
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
    if (options.order == Order::given) {
        StackBuilder builder(stack);
        for_each_path([&](std::string_view path) { builder.add(path); });
        stack.slices.shrink_to_fit();
    } else {
        FileList files;
        for_each_path([&](std::string_view path) { files.add(path); });
        if (!files.empty()) stack = find_among(files, list_of_files);
    }
    return finished_list(std::move(stack), options);
}

}  // namespace

Stack find_stack(const fs::path& input, const FindOptions& options) {
    std::error_code failure;
    const fs::file_status status = fs::status(input, failure);
    if (fs::is_directory(status)) return finished(find_in_folder(input), options);
    if (fs::is_regular_file(status) && is_volume(utf8(input))) {
        Stack stack = find_volume(utf8(input));
        if (stack.volume != nullptr) {
            check_choice(stack, options);
            return stack;
        }
        return finished(std::move(stack), options);  // a list of images
    }
    if (fs::exists(status)) return finished(find_series_of(input, status), options);
    if (failure == std::errc::permission_denied) {
        throw Error(ErrorCode::io, shown(input) + ": cannot be opened: " + failure.message());
    }
    return finished(find_pattern(input), options);
}

Stack find_stack(const std::vector<std::string>& paths_utf8, const FindOptions& options) {
    return find_files([&](auto&& take) { std::for_each(paths_utf8.begin(), paths_utf8.end(), take); }, options);
}

Stack find_listed_stack(const fs::path& list, const FindOptions& options) {
    return find_files([&](auto&& take) { read_list(list, take); }, options);
}

}  // namespace stack2nrrd
