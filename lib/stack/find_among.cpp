#include "stack/find_among.hpp"

#include "codec/codec.hpp"
#include "core/file.hpp"
#include "core/text.hpp"
#include "stack/assembly.hpp"
#include "stack/by_names.hpp"
#include "stack/folder.hpp"
#include "stack/natural_order.hpp"
#include "stack/ome_set.hpp"
#include "stack/series.hpp"
#include "stack/short_list.hpp"
#include "stack/sidecars.hpp"

#include <stack2nrrd/error.hpp>

#include <algorithm>
#include <cstdint>
#include <functional>
#include <numeric>
#include <utility>
#include <vector>

namespace stack2nrrd {

namespace {

bool are_in_one_folder(const FileList& files) {
    const auto normal = [](std::string_view folder) { return (path_from_utf8(folder) / ".").lexically_normal(); };
    const std::string_view first = files.folder(0);
    for (std::size_t i = 1; i < files.size(); ++i) {
        if (files.folder(i) != first && normal(files.folder(i)) != normal(first)) return false;
    }
    return true;
}

/// Is no folder that of two of `files`?
bool have_folders_of_their_own(const FileList& files) {
    std::vector<std::uint32_t> order(files.size());
    std::iota(order.begin(), order.end(), 0U);
    const auto before = [&](std::uint32_t a, std::uint32_t b) { return files.folder(a) < files.folder(b); };
    std::sort(order.begin(), order.end(), before);
    const auto same = [&](std::uint32_t a, std::uint32_t b) { return files.folder(a) == files.folder(b); };
    return std::adjacent_find(order.begin(), order.end(), same) == order.end();
}

/// The same files, each of which has a path_view(): none shares its folder.
FileList with_whole_paths(const FileList& files) {
    std::size_t whole = 0;
    while (whole < files.size() && files.path_view(whole)) ++whole;
    if (whole == files.size()) return files;
    FileList copy;  // others of their folders are left out
    for (std::size_t i = 0; i < files.size(); ++i) copy.add(files.path(i));
    return copy;
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

}  // namespace

void throw_no_slices(const std::string& where) {
    throw Error(ErrorCode::not_found,
                where + ": holds no slices (" + codec_names() + " were looked for); give the folder that has them");
}

Stack find_among(const FileList& given, const std::string& where) {
    Stack stack;
    FileList chosen;
    {
        std::vector<std::uint32_t> slices;
        for (std::uint32_t file = 0; file < given.size(); ++file) {
            if (is_litter(given.name(file)) || read_sidecar(given.path(file))) {
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
    if (are_in_one_folder(chosen) && are_one_set(chosen)) {
        StackBuilder(stack).add(chosen.path(0));
        return stack;
    }

    // One slice in each of several folders: then the folders have the numbers.
    Names names(chosen);
    if (!are_in_one_folder(chosen) && have_folders_of_their_own(chosen)) {
        chosen = with_whole_paths(chosen);
        const Names paths(chosen, Names::Of::path);
        // Where all files have the same name, nothing else distinguishes them.
        const bool same_name = std::adjacent_find(names.begin(), names.end(), std::not_equal_to<>()) == names.end();
        if (same_name || find_series(paths).size() == 1) names = paths;
    }
    add_by_names(stack, chosen, names, where, Others::refused);
    return stack;
}

}  // namespace stack2nrrd
