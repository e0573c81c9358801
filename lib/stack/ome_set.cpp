#include "stack/ome_set.hpp"

#include "codec/codec.hpp"
#include "core/file.hpp"
#include "core/text.hpp"
#include "stack/folder.hpp"
#include "stack/series.hpp"
#include "stack/short_list.hpp"

#include <stack2nrrd/error.hpp>

#include <algorithm>
#include <unordered_map>
#include <utility>

namespace stack2nrrd {

namespace {

/// What a file says of itself: an image in its first page, or a text alone. Empty if it cannot be read.
std::string words_of(const std::string& path) {
    try {
        InputFile file(path);
        std::string text(std::min<std::size_t>(static_cast<std::size_t>(file.bytes()), 64), '\0');
        text.resize(file.read_at(0, text.data(), text.size()));
        if (trimmed(text).starts_with('<') || text.starts_with("\xEF\xBB\xBF<")) {
            text.resize(static_cast<std::size_t>(
                std::min<std::int64_t>(file.bytes(), static_cast<std::int64_t>(most_description_bytes))));
            text.resize(file.read_at(0, text.data(), text.size()));
            file.check();
            return text;
        }
        return codec_for(file).probe(file, 0, Samples::stored).description;
    } catch (const Error& error) {
        throw_unless_answered(error, path);
        return {};
    }
}

bool holds_one_page(const std::string& path) {
    try {
        InputFile file(path);
        return codec_for(file).pages(file).slices.size() == 1;
    } catch (const Error& error) {
        throw_unless_answered(error, path);
        return false;
    }
}

std::string uuid_of(const std::string& path) {
    const std::string words = words_of(path);
    const auto ome = parse_ome(words);
    return ome ? ome->uuid : std::string();
}

/// Files beside another one, by name and by what they say of themselves.
class Neighbours {
public:
    explicit Neighbours(const std::string& path) : folder_(path.substr(0, path.size() - base_name(path).size())) {}

    /// Empty if there is none.
    [[nodiscard]] std::string find(const OmeFile& wanted) {
        const std::string named = wanted.name.empty() ? std::string() : folder_ + std::string(base_name(wanted.name));
        const bool there = !named.empty() && is_file(named);
        if (there && (wanted.uuid.empty() || uuid_of(named) == wanted.uuid)) return named;
        if (!wanted.uuid.empty()) {
            read_all();
            const auto renamed = by_uuid_.find(wanted.uuid);
            if (renamed != by_uuid_.end()) return renamed->second;
        }
        return there ? named : std::string();
    }

private:
    static bool is_file(const std::string& path) { return disk::is_file(path_from_utf8(path)); }

    void read_all() {
        if (all_are_read_) return;
        all_are_read_ = true;
        const FileList files =
            list_files(path_from_utf8(folder_), [](std::string_view name) { return !image_suffix(name).empty(); });
        for (std::size_t i = 0; i < files.size(); ++i) {
            std::string uuid = uuid_of(files.path(i));
            if (!uuid.empty()) by_uuid_.try_emplace(std::move(uuid), folder_ + std::string(files.name(i)));
        }
    }

    std::string folder_;
    bool all_are_read_ = false;
    std::unordered_map<std::string, std::string> by_uuid_;
};

[[noreturn]] void refuse_set(const std::string& path, const std::string& text) {
    throw Error(ErrorCode::inconsistent, printable(path) + ": " + text);
}

}  // namespace

std::optional<OmeSet> ome_set_of(const std::string& path) {
    const std::string words = words_of(path);
    const std::optional<OmeDescription> own = parse_ome(words);
    if (!own) return std::nullopt;
    const bool elsewhere = own->width == 0 && !own->metadata_file.empty();
    if (!elsewhere && own->files.size() < 2 && own->further_images == 0) return std::nullopt;

    const auto own_of = [&](const OmeDescription& image) -> std::optional<std::size_t> {
        const auto find = [&](auto is_own) {
            return static_cast<std::size_t>(std::find_if(image.files.begin(), image.files.end(), is_own) -
                                            image.files.begin());
        };
        std::size_t found = image.files.size();
        if (!own->uuid.empty()) found = find([&](const OmeFile& file) { return file.uuid == own->uuid; });
        if (found == image.files.size())
            found = find([&](const OmeFile& file) { return file.name == base_name(path); });
        return found == image.files.size() ? std::nullopt : std::optional(found);
    };
    const std::string folder = path.substr(0, path.size() - base_name(path).size());
    const std::string metadata = elsewhere ? folder + std::string(base_name(own->metadata_file)) : path;
    std::optional<OmeDescription> ome = parse_ome(
        elsewhere ? words_of(metadata) : words, [&](const OmeDescription& image) { return own_of(image).has_value(); });
    if (!ome || ome->width == 0) {
        refuse_set(path, "is one of a set of files, and " + printable(base_name(metadata)) +
                             ", which says in which order they are, was expected beside it; put it there");
    }
    const std::optional<std::size_t> known = own_of(*ome);
    if (!known && ome->files.empty() && !elsewhere) return std::nullopt;
    if (!known && ome->files.size() + static_cast<std::size_t>(ome->further_images) > 1) {
        if (holds_one_page(path)) return std::nullopt;  // names will decide
        refuse_set(path, "is not among the files that its OME text names (" +
                             (ome->files.empty() ? std::string("none") : printable(ome->files.front().name) + ", ..") +
                             "), one of them was expected; give it the name that it had");
    }

    OmeSet set;
    Neighbours neighbours(path);
    ShortList missing;
    for (std::size_t i = 0; i < ome->files.size(); ++i) {
        const bool is_this = i == known.value_or(0) && (known || ome->files.size() == 1);
        const std::string found = is_this ? path : neighbours.find(ome->files[i]);
        if (found.empty()) {
            missing.add(printable(ome->files[i].name.empty() ? ome->files[i].uuid : ome->files[i].name));
        } else {
            set.files.add(found);
        }
        if (is_this) set.own = i;
    }
    if (missing.count() > 0) {
        // Programs that change slices copy the words, which then are of no file that is there.
        if (missing.count() + 1 >= ome->files.size() && holds_one_page(path)) return std::nullopt;
        refuse_set(path, "is one of a set of " + std::to_string(ome->files.size()) + " files, and " + missing.text() +
                             (missing.count() == 1 ? " is" : " are") + " missing; put " +
                             (missing.count() == 1 ? "it" : "them") + " beside it");
    }
    if (set.files.empty()) set.files.add(path);
    set.ome = std::move(*ome);
    return set;
}

bool are_one_set(const FileList& files) {
    if (files.size() < 2) return false;
    const std::optional<OmeSet> set = ome_set_of(files.path(0));
    if (!set || set->files.size() < 2) return false;
    const auto names_of = [](const FileList& list) {
        std::vector<std::string> names(list.size());
        for (std::size_t i = 0; i < names.size(); ++i) names[i] = list.path(i);
        std::sort(names.begin(), names.end());
        return names;
    };
    const std::vector<std::string> given = names_of(files);
    const std::vector<std::string> of_set = names_of(set->files);
    const auto list_without = [](const std::vector<std::string>& some, const std::vector<std::string>& others) {
        ShortList list;
        for (const std::string& name : some) {
            if (!std::binary_search(others.begin(), others.end(), name)) list.add(printable(base_name(name)));
        }
        return list;
    };
    const ShortList others = list_without(given, of_set);
    const ShortList missing = list_without(of_set, given);
    if (others.count() > 0) {
        refuse_set(files.path(0), "is one of a set of " + std::to_string(of_set.size()) + " files, and " +
                                      others.text() + (others.count() == 1 ? " is" : " are") +
                                      " not of that set; give one file of the set that is meant");
    }
    if (missing.count() > 0) {
        refuse_set(files.path(0), "is one of a set of " + std::to_string(of_set.size()) + " files, and " +
                                      missing.text() + (missing.count() == 1 ? " was" : " were") +
                                      " not given; give one file of the set alone");
    }
    return true;
}

}  // namespace stack2nrrd
