// Writes what is made of the tables of options while the program is built: the man page, the completion of command
// lines in three shells, and the description for 3D Slicer.
//
//     stack2nrrd_documents FOLDER

#include "completions.hpp"
#include "man_page.hpp"
#include "slicer_xml.hpp"

#include <cstdio>
#include <exception>
#include <filesystem>
#include <fstream>
#include <string>

namespace {

bool write(const std::filesystem::path& file, const std::string& text) {
    std::ofstream stream(file, std::ios::binary);
    stream << text << std::flush;
    return static_cast<bool>(stream);
}

}  // namespace

int main(int argc, char** argv) {
    try {
        const std::filesystem::path folder = argc == 2 ? argv[1] : "";
        const bool written =
            write(folder / "stack2nrrd.1", man_page()) && write(folder / "stack2nrrd.bash", bash_completion()) &&
            write(folder / "_stack2nrrd", zsh_completion()) && write(folder / "stack2nrrd.fish", fish_completion()) &&
            write(folder / "stack2nrrd.xml", slicer_xml());
        if (!written) std::fprintf(stderr, "stack2nrrd_documents: cannot write into '%s'\n", folder.string().c_str());
        return written ? 0 : 1;
    } catch (const std::exception& error) {
        std::fprintf(stderr, "stack2nrrd_documents: %s\n", error.what());
        return 1;
    }
}
