#pragma once

// What the three judges share. Each case is a volume on disk and options; one run makes a NRRD file of it and hands the
// same to the adapter. Others' readers then say what is in the file.

#include "../support/but_for_inputs.hpp"

#include <stack2nrrd/import.hpp>

#include <bit>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <memory>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace judge {

namespace fs = std::filesystem;
using Bytes = std::vector<std::byte>;

inline int failures = 0;

inline void expect(bool good, const std::string& what) {
    if (good) return;
    std::printf("FAILED: %s\n", what.c_str());
    ++failures;
}

struct Case {
    std::string name;
    std::string type;  ///< of the source, as NRRD has it
    int bytes = 1;     ///< of a sample of it
    std::string kind;  ///< of the components' axis; "" if there are none
    int channels = 1;
    std::string lines;  ///< of the header, each with its end; "@" is the place of an entry for the components
    std::vector<std::pair<std::string, std::string>> options;
};

inline const std::string oblique =
    "space: RAS\nspace directions: @(0.08,0.06,0) (-0.06,0.08,0) (0,0,-0.25)\nspace origin: (1,-2,3.0625)\n";
inline const std::string flipped =
    "space: LPS\nspace directions: @(0,-0.1,0) (-0.3,0,0) (0,0,2)\nspace origin: (-1e-3,70.5,0.1)\n";

/// One of everything. `factor` reduces all of them, so that positions are not those of the source.
inline std::vector<Case> cases() {
    std::vector<Case> all{
        {"oblique", "ushort", 2, "", 1, oblique + "key:=a value\\nof two lines\nother:=\n", {}},
        {"flipped", "float", 4, "", 1, flipped, {{"crop", ",1:10,2:8"}}},
        {"sheared", "short", 2, "", 1, "space: LPS\nspace directions: @(1,0,0) (0.2,1,0) (0,0.1,3)\n", {}},
        {"unknown", "uchar", 1, "", 1, "key:=value\n", {}},
        {"clipped", "int", 4, "", 1, oblique, {{"type", "int8"}}},
        {"fields",
         "short",
         2,
         "",
         1,
         flipped +
             "labels: @\"x y\" \"\" \"a\\\"b\"\ncontent: a mouse\nsample units: HU\nold min: -1024\nold max: 3071\n",
         {}},
        {"colour", "uchar", 1, "RGB-color", 3, oblique, {{"channel", "all"}}},
        {"rgba", "ushort", 2, "RGBA-color", 4, flipped, {{"channel", "all"}}},
        {"vector", "double", 8, "vector", 3, oblique + "measurement frame: (0,1,0) (1,0,0) (0,0,1)\n", {}},
        {"tensor", "float", 4, "3D-symmetric-matrix", 6, flipped, {{"slab", "1:3"}}},
        {"list", "uchar", 1, "list", 5, flipped + "labels: @\"x\" \"y\" \"z\"\n", {}},
    };
    for (const auto& [type, bytes] : std::vector<std::pair<std::string, int>>{
             {"signed char", 1}, {"ushort", 2}, {"uint", 4}, {"int", 4}, {"long long", 8}, {"unsigned long long", 8}}) {
        all.push_back({"type_" + type, type, bytes, "", 1, flipped, {}});
    }
    return all;
}

/// A volume of 20 x 12 x 9, attached; numbers that are no NaN in any type.
/// 10 are left along x: a first axis of less is components to vtkNrrdReader.
inline void write_source(const fs::path& file, const Case& one) {
    std::string lines = one.lines;
    for (std::size_t at = lines.find('@'); at != lines.npos; at = lines.find('@')) {
        const bool labels = lines.rfind("labels: ", at) != lines.npos && lines[at + 1] == '"';
        lines.replace(at, 1, one.kind.empty() ? "" : labels ? "\"c\" " : "none ");
    }
    std::ofstream out(file, std::ios::binary);
    out << "NRRD0005\ntype: " << one.type << "\ndimension: " << (one.kind.empty() ? 3 : 4)
        << "\nsizes: " << (one.kind.empty() ? "" : std::to_string(one.channels) + " ") << "20 12 9\nkinds: " << one.kind
        << (one.kind.empty() ? "" : " ")
        << "domain domain domain\nendian: " << (std::endian::native == std::endian::little ? "little" : "big")
        << "\nencoding: raw\n"
        << lines << "\n";
    std::uint32_t state = 1;
    for (int i = 0; i < 20 * 12 * 9 * one.channels; ++i) {
        state = state * 1664525 + 1013904223;
        const auto number = static_cast<int>(state >> 24);  // 0 to 255
        const auto put = [&](auto value) {
            out.write(reinterpret_cast<const char*>(&value), static_cast<std::streamsize>(sizeof(value)));
        };
        if (one.type == "float") put(static_cast<float>(number) / 3);
        if (one.type == "double") put(number / 3.0 - 40);
        if (one.type == "float" || one.type == "double") continue;
        const std::uint64_t bits = static_cast<std::uint64_t>(number) * (one.bytes == 1 ? 1 : 101);
        if (one.bytes == 1) put(static_cast<std::uint8_t>(bits));
        if (one.bytes == 2) put(static_cast<std::uint16_t>(bits));
        if (one.bytes == 4) put(static_cast<std::uint32_t>(bits));
        if (one.bytes == 8) put(bits);
    }
    if (!out.flush()) throw std::runtime_error("cannot write " + file.string());
}

inline stack2nrrd::Options options_of(const Case& one) {
    stack2nrrd::Options options;
    set_option(options, "factor", "2");
    for (const auto& [name, value] : one.options) set_option(options, name, value);
    options.nrrd.force = true;
    return options;
}

inline stack2nrrd::ImportPlan plan_of(const fs::path& source, const Case& one) {
    return plan_import(stack2nrrd::find_stack(source, options_of(one)), options_of(one));
}

/// One run into two sinks. Returns the file.
inline fs::path run_both(const stack2nrrd::ImportPlan& plan, const fs::path& file,
                         std::unique_ptr<stack2nrrd::Sink> adapter) {
    stack2nrrd::NrrdOptions options;
    options.force = true;
    std::vector<std::unique_ptr<stack2nrrd::Sink>> sinks;
    sinks.push_back(nrrd_sink(file, options));
    sinks.push_back(std::move(adapter));
    run_import(plan, *tee(std::move(sinks)));
    return file;
}

/// The key/values that a file of ours has, without the blanks behind what was known late, and without checksums, which
/// only a file has.
inline std::vector<std::pair<std::string, std::string>> notes_of(const fs::path& file) {
    std::ifstream in(file, std::ios::binary);
    std::vector<std::pair<std::string, std::string>> notes;
    std::string line;
    while (std::getline(in, line) && !line.empty()) {
        const std::size_t separator = line.find(":=");
        if (separator == line.npos || line.substr(0, separator).ends_with("_crc32")) continue;
        std::string value;
        for (std::size_t i = separator + 2; i < line.size(); ++i) {
            const bool escape = line[i] == '\\' && i + 1 < line.size();
            if (escape) ++i;
            value += escape && line[i] == 'n' ? '\n' : line[i];
        }
        value.erase(value.find_last_not_of(' ') + 1);
        notes.emplace_back(line.substr(0, separator), value);
    }
    return notes;
}

/// The whole file.
inline Bytes read(const fs::path& file) {
    std::ifstream in(file, std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(in), {}};
    Bytes bytes(text.size());
    std::memcpy(bytes.data(), text.data(), text.size());
    return bytes;
}

/// The file that an import of `stack` makes, header and all but what says which files that was.
inline Bytes import_of(const stack2nrrd::Stack& stack, const stack2nrrd::Options& options, const fs::path& file) {
    run_import(plan_import(stack, options), *nrrd_sink(file, options.nrrd));
    return support::but_for_inputs(read(file));
}

/// The samples alone.
inline Bytes samples_of(const stack2nrrd::ImportPlan& plan) {
    Bytes samples(static_cast<std::size_t>(plan.volume().bytes()));
    run_import(plan, *stack2nrrd::memory_sink(samples));
    return samples;
}

/// The code of the Error that `action` throws; nothing if it throws none.
inline std::optional<stack2nrrd::ErrorCode> refusal(const std::function<void()>& action) {
    try {
        action();
    } catch (const stack2nrrd::Error& error) {
        std::printf("refused: %s\n", error.what());
        return error.code();
    }
    return std::nullopt;
}

/// Fails when it is to publish, before the sinks in front of it in a tee.
class FailingSink final : public stack2nrrd::Sink {
public:
    void begin(const stack2nrrd::VolumeInfo&) override {}
    void write_slice(stack2nrrd::Index, std::span<const std::byte>) override {}
    void finish() override {}
    void publish() override { throw stack2nrrd::Error(stack2nrrd::ErrorCode::io, "the disk is full"); }
};

/// `make`: a sink into what the caller holds. Whatever ends a run, nothing is put there.
inline void judge_failed_runs(const stack2nrrd::ImportPlan& plan,
                              const std::function<std::unique_ptr<stack2nrrd::Sink>()>& make,
                              const std::function<bool()>& unchanged) {
    for (const int calls : {0, 1, 2}) {
        int called = 0;
        const auto stop = [&](const stack2nrrd::Progress&) { return called++ < calls; };
        expect(refusal([&] { run_import(plan, *make(), stop); }) == stack2nrrd::ErrorCode::cancelled || called < calls,
               "a run was not cancelled");
        if (called >= calls) expect(unchanged(), "a cancelled run has changed its target");
    }
    for (const bool first : {false, true}) {
        std::vector<std::unique_ptr<stack2nrrd::Sink>> sinks;
        if (first) sinks.push_back(std::make_unique<FailingSink>());
        sinks.push_back(make());
        if (!first) sinks.push_back(std::make_unique<FailingSink>());
        const auto both = stack2nrrd::tee(std::move(sinks));
        expect(refusal([&] { run_import(plan, *both); }) == stack2nrrd::ErrorCode::io, "a failing sink was not heard");
        expect(unchanged(), "a run that could not publish has changed its target");
    }
}

inline void run_example(const std::string& program, const fs::path& source, const fs::path& result) {
    const std::string command = "\"" + program + "\" \"" + source.string() + "\" \"" + result.string() + "\"";
    expect(std::system(command.c_str()) == 0, command);
    expect(fs::exists(result), "the example has not written " + result.string());
}

/// The number of failures, as the exit status.
inline int verdict() {
    std::printf("%d failures\n", failures);
    return failures == 0 ? 0 : 1;
}

}  // namespace judge
