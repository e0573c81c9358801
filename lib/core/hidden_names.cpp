#include "core/hidden_names.hpp"

#include "core/file.hpp"
#include "core/text.hpp"

#include <stack2nrrd/error.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <random>
#include <system_error>

namespace stack2nrrd {

namespace fs = std::filesystem;

namespace {

/// A number that is the same for the same text on every machine (FNV-1a).
std::uint64_t fingerprint(std::string_view text) {
    std::uint64_t number = 0xcbf29ce484222325U;
    for (const char c : text) number = (number ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
    return number;
}

std::string hex(std::uint64_t number, int digits) {
    std::array<char, 17> text{};
    std::snprintf(text.data(), text.size(), "%016llx", static_cast<unsigned long long>(number));
    return {text.data() + 16 - digits, static_cast<std::size_t>(digits)};
}

/// What distinguishes the hidden files of this machine from those of others that share the folder.
std::string host_tag() { return hex(fingerprint(disk::host_name()), 8); }

/// ".NAME.", shortened where hidden names would become longer than the file system takes.
std::string hidden_stem(const fs::path& file) {
    constexpr std::size_t rest = 50;  // a tag, a suffix, dots
    std::string name = utf8(file.filename());
    const std::size_t longest = std::max(disk::longest_name(folder_of(file)), 2 * rest) - rest;
    if (name.size() > longest) {
        const std::string number = hex(fingerprint(name), 16);
        std::size_t length = longest - number.size() - 1;
        while (length > 0 && (static_cast<unsigned char>(name[length]) & 0xC0U) == 0x80U) --length;  // whole characters
        name = name.substr(0, length) + "~" + number;
    }
    return "." + name + ".";
}

}  // namespace

std::string new_tag() {
    std::random_device random;  // one a thread would register its end, which takes memory
    return host_tag() + "-" + std::to_string(disk::process_number()) + "-" + hex(random(), 8);
}

fs::path folder_of(const fs::path& file) { return file.has_parent_path() ? file.parent_path() : fs::path("."); }

fs::path longest_hidden_name(const fs::path& target) {
    return folder_of(target) / path_from_utf8(hidden_stem(target) + new_tag() + std::string(previous_suffix));
}

HiddenNames::HiddenNames(fs::path target)
    : target_(std::move(target)),
      folder_(folder_of(target_)),
      stem_(hidden_stem(target_)),
      lock_(folder_ / path_from_utf8(stem_ + "lock")) {
    bool busy = false;
    lock_handle_ = disk::open_lock(lock_, busy);
    if (!busy) return;
    throw Error(ErrorCode::invalid_argument,
                printable(utf8(target_)) +
                    ": is being written by another run, a name that is free was expected; wait for its end, or give "
                    "another name");
}

HiddenNames::~HiddenNames() {
    if (lock_handle_ != no_file) disk::close_lock(lock_handle_, lock_);
}

fs::path HiddenNames::path(std::string_view tag, std::string_view suffix) const {
    return folder_ / path_from_utf8(stem_ + std::string(tag) + std::string(suffix));
}

std::string_view HiddenNames::tag_of(std::string_view name, std::string_view suffix) const {
    if (name.size() <= stem_.size() + suffix.size() || !name.starts_with(stem_) || !name.ends_with(suffix)) return {};
    name = name.substr(stem_.size(), name.size() - stem_.size() - suffix.size());
    return name.find_first_not_of("0123456789abcdef-") == std::string_view::npos ? name : std::string_view{};
}

bool HiddenNames::is_left_over(std::string_view tag, const fs::path& path) const {
    if (tag == own_tag_) return false;
    // Whoever has the lock is the only run of this machine. The locks of other machines may not be seen here: of what
    // they have made, only its age decides.
    const auto host = [](std::string_view text) { return text.substr(0, text.find('-')); };
    if (lock_handle_ != no_file && host(tag) == host(own_tag_)) return true;
    constexpr std::chrono::hours long_ago{24 * 7};
    const disk::Facts now = disk::look(own_);  // by the clock of the file system
    const disk::Facts then = disk::look(path);
    return now.exists() && then.exists() && std::chrono::nanoseconds(now.modified_ns - then.modified_ns) > long_ago;
}

void HiddenNames::find_left_overs(const std::string& tag, const fs::path& own) {
    own_tag_ = tag;
    own_ = own;
    try {
        for_each_entry(folder_, [&](const fs::path& entry, bool) {
            const std::string name = utf8(entry);
            for (const std::string_view suffix : {partial_suffix, interim_suffix, hidden_suffix, previous_suffix}) {
                const std::string_view found = tag_of(name, suffix);
                if (!found.empty() && is_left_over(found, folder_ / entry)) left_overs_.emplace_back(found, suffix);
            }
        });
    } catch (const Error&) {
        return;  // a folder may be written to but not read
    }
}

std::string HiddenNames::lost() const {
    if (disk::look_at_name(target_).exists()) return {};
    const auto found = std::find_if(left_overs_.begin(), left_overs_.end(),
                                    [](const auto& each) { return each.second == previous_suffix; });
    return found == left_overs_.end() ? std::string() : found->first;
}

}  // namespace stack2nrrd
