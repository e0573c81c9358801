#pragma once

// What the tests of finish() and publish() make.

#include "support/catch.hpp"
#include "support/refusal.hpp"
#include "support/temp_folder.hpp"
#include "support/volume_reader.hpp"

#include <stack2nrrd/error.hpp>
#include <stack2nrrd/sink.hpp>

#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace two_phases_test {

namespace fs = std::filesystem;
using stack2nrrd::Encoding;
using stack2nrrd::ErrorCode;
using stack2nrrd::Index;
using stack2nrrd::NrrdOptions;
using stack2nrrd::Sink;
using Bytes = std::vector<std::byte>;
using Contents = std::map<std::string, Bytes>;

inline stack2nrrd::VolumeInfo info() {
    stack2nrrd::VolumeInfo volume;
    volume.size = {20, 10, 4};
    return volume;
}

/// One kind of output: a sink in a folder, and the names of its files.
struct Kind {
    std::string name;
    std::vector<std::string> files;
    std::function<std::unique_ptr<Sink>(const fs::path& folder, bool force)> make;
};

inline std::unique_ptr<Sink> volume_sink(const fs::path& file, bool force, Encoding encoding,
                                         const fs::path& preview = {}) {
    NrrdOptions options;
    options.force = force;
    options.encoding = encoding;
    options.preview = preview;
    return stack2nrrd::nrrd_sink(file, options, 1);
}

inline std::unique_ptr<Sink> text(const fs::path& file, bool force) {
    return stack2nrrd::text_sink(
        file, [] { return std::string("a text"); }, force);
}

inline const std::vector<Kind>& kinds() {
    static const std::vector<Kind> all{
        {"attached",
         {"v.nrrd"},
         [](const fs::path& folder, bool force) { return volume_sink(folder / "v.nrrd", force, Encoding::raw); }},
        {"detached",
         {"v.nhdr", "v.raw"},
         [](const fs::path& folder, bool force) { return volume_sink(folder / "v.nhdr", force, Encoding::raw); }},
        {"detached, packed",
         {"v.nhdr", "v.raw.gz"},
         [](const fs::path& folder, bool force) { return volume_sink(folder / "v.nhdr", force, Encoding::gzip); }},
        {"text", {"t.txt"}, [](const fs::path& folder, bool force) { return text(folder / "t.txt", force); }},
        {"several", {"p.png", "t.txt", "v.nhdr", "v.raw", "w.nrrd"}, [](const fs::path& folder, bool force) {
             std::vector<std::unique_ptr<Sink>> sinks;
             sinks.push_back(volume_sink(folder / "v.nhdr", force, Encoding::raw, folder / "p.png"));
             sinks.push_back(text(folder / "t.txt", force));
             sinks.push_back(volume_sink(folder / "w.nrrd", force, Encoding::gzip));
             return stack2nrrd::tee(std::move(sinks));
         }}};
    return all;
}

/// All up to finish(). Another `fill` is another volume.
inline void finish(Sink& sink, int fill) {
    sink.begin(info());
    Bytes slice(200);
    for (Index z = 0; z < 4; ++z) {
        for (std::size_t i = 0; i < slice.size(); ++i)
            slice[i] = static_cast<std::byte>(fill * (static_cast<int>(i) + static_cast<int>(z)));
        sink.write_slice(z, slice);
    }
    sink.finish();
}

inline void make(const Kind& kind, const fs::path& folder, bool force, int fill) {
    const auto sink = kind.make(folder, force);
    finish(*sink, fill);
    sink->publish();
}

/// A lock that is held cannot be read on all systems: it counts as empty.
inline Contents contents(const fs::path& folder) {
    Contents all;
    for (const auto& entry : fs::directory_iterator(folder)) {
        const bool is_lock = entry.path().extension() == ".lock";
        all[entry.path().filename().string()] =
            entry.is_regular_file() && !is_lock ? support::read_file(entry.path()) : Bytes{};
    }
    return all;
}

inline Contents visible(Contents all) {
    std::erase_if(all, [](const auto& each) { return each.first.starts_with('.'); });
    return all;
}

using support::refusal;

}  // namespace two_phases_test
