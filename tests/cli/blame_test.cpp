// One file of several is not what it should be: the sentence names that one, whatever names the files and whichever of
// them it is.

#include "cli/program.hpp"
#include "cli/slices.hpp"
#include "support/catch.hpp"

#include <functional>
#include <string>
#include <vector>

using namespace cli_test;

namespace {

constexpr int count = 6;

struct Fault {
    std::string name;
    std::function<void(const fs::path&)> act;
};

const std::vector<Fault>& faults() {
    static const std::vector<Fault> all{
        {"cut short", [](const fs::path& file) { fs::resize_file(file, fs::file_size(file) * 6 / 10); }},
        {"cut to its first bytes", [](const fs::path& file) { fs::resize_file(file, 9); }},
        {"emptied", [](const fs::path& file) { fs::resize_file(file, 0); }},
        {"removed", [](const fs::path& file) { fs::remove(file); }},
        {"a folder",
         [](const fs::path& file) {
             fs::remove(file);
             fs::create_directory(file);
         }},
        {"a link to nowhere",
         [](const fs::path& file) {
             fs::remove(file);
             (void)support::made_link("nowhere", file);
         }},
    };
    return all;
}

struct Kind {
    std::string name;
    Arguments arguments;
    std::function<void(const fs::path& folder)> make;  ///< the stack has been written to folder/stack
    std::string suffix;                                ///< of the files
};

std::string piece_name(int i, const std::string& suffix) { return slice_name(i).substr(0, 9) + suffix; }

void write_pieces(const fs::path& folder, const std::string& encoding, const std::string& suffix) {
    std::string header = "NRRD0004\ntype: uint16\ndimension: 3\nsizes: 16 12 6\nendian: little\nencoding: " + encoding +
                         "\ndata file: LIST\n";
    for (int i = 0; i < count; ++i) {
        header += "stack/" + piece_name(i, suffix) + "\n";
        const Bytes samples = noise(16 * 12 * 2, static_cast<std::uint32_t>(i));
        std::string text;
        for (const char c : samples) {
            constexpr const char* digits = "0123456789abcdef";
            text += {digits[static_cast<unsigned char>(c) >> 4], digits[static_cast<unsigned char>(c) & 15]};
        }
        write_file(folder / "stack" / piece_name(i, suffix), encoding == "raw" ? samples : text);
    }
    write_file(folder / "v.nhdr", header);
}

std::vector<Kind> kinds() {
    const auto nothing = [](const fs::path&) {};
    return {
        {"folder", {"stack"}, nothing, ".tif"},
        {"pattern", {"stack/slice_%03d.tif"}, nothing, ".tif"},
        {"glob", {"stack/slice_*.tif"}, nothing, ".tif"},
        {"list",
         {"--files-from", "list"},
         [](const fs::path& folder) {
             std::vector<fs::path> files;
             for (int i = 0; i < count; ++i) files.push_back(folder / "stack" / slice_name(i));
             write_list(folder / "list", files);
         },
         ".tif"},
        {"manifest",
         {"m.nhdr"},
         [](const fs::path& folder) {
             REQUIRE(run_in(folder, {"stack", "--manifest", "m.nhdr"}).status == 0);
         },
         ".tif"},
        {"raw pieces", {"v.nhdr"}, [](const fs::path& folder) { write_pieces(folder, "raw", ".raw"); }, ".raw"},
        {"hex pieces", {"v.nhdr"}, [](const fs::path& folder) { write_pieces(folder, "hex", ".hex"); }, ".hex"},
    };
}

/// Does `text` name slice `i`, by its file or by its number?
bool names(const std::string& text, int i) {
    return text.find(slice_name(i).substr(5, 4)) != std::string::npos ||  // "_003"
           text.find(": 00" + std::to_string(i)) != std::string::npos;
}

}  // namespace

TEST_CASE("the faulty one of several files is named, and no other", "[cli]") {
    for (const Kind& kind : kinds()) {
        for (const Fault& fault : faults()) {
            for (const int victim : {1, 3}) {
                const Folder folder;
                write_stack(folder / "stack", count);
                kind.make(folder.path());
                const fs::path file = folder / "stack" / piece_name(victim, kind.suffix);
                REQUIRE(fs::exists(file));
                fault.act(file);
                Arguments arguments = kind.arguments;
                arguments.insert(arguments.end(), {"-o", "o.nrrd"});
                const Result result = run_in(folder.path(), arguments);
                INFO(kind.name << ", " << fault.name << ", slice " << victim << "\n" << result.err);
                const std::size_t sentence = result.err.rfind("\nstack2nrrd: ", result.err.size() - 2);
                const std::string last = sentence == std::string::npos ? result.err : result.err.substr(sentence + 1);
                CHECK_FALSE(fs::exists(folder / "o.nrrd"));
                CHECK(result.status >= 2);
                CHECK(result.status <= 7);
                CHECK(names(last, victim));
                // A gap is told by its number; what stands before it is the name of the stack.
                if (last.find("slices are missing: 00" + std::to_string(victim) + ",") != std::string::npos) continue;
                for (int i = 0; i < count; ++i) CHECK((i == victim || !names(last, i)));
            }
        }
    }
}
