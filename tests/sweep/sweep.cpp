// Outputs under faults and under SIGKILL, at every call that concerns them: strace says which calls there are, then
// lets them fail, or kills the program at them, one after the other. After each, every name has the complete old or the
// complete new file, and the next run finds nothing in its way.

#include "cli/program.hpp"
#include "cli/slices.hpp"
#include "support/catch.hpp"

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <map>
#include <optional>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include <sys/resource.h>

using namespace cli_test;

namespace {

using Names = std::vector<std::string>;
using Files = std::map<std::string, Bytes>;
/// A system call and which one of its kind, from 1.
using Call = std::pair<std::string, int>;

struct Form {
    Arguments arguments;
    Names names;
};

const std::vector<Form>& forms() {
    static const std::vector<Form> all{
        {{"-o", "v.nrrd"}, {"v.nrrd"}},
        {{"-o", "v.nhdr"}, {"v.nhdr", "v.raw"}},
        {{"-o", "v.nhdr", "--preview", "p.png", "--manifest", "m.nhdr", "--returnparameterfile", "r.txt"},
         {"v.nhdr", "v.raw", "p.png", "m.nhdr", "r.txt"}},
        {{"-o", "v.nhdr", "--dehaze", "100"}, {"v.nhdr", "v.raw"}},
        {{"-o", "v.ome.zarr", "--preview", "p.png"}, {"v.ome.zarr", "p.png"}},
        {{"--manifest", "m.nhdr"}, {"m.nhdr"}}};
    return all;
}

/// A folder as one text: the path of each file in it, how long it is, and its bytes.
Bytes packed(const fs::path& folder) {
    std::map<std::string, Bytes> files;
    for (const auto& entry : fs::recursive_directory_iterator(folder)) {
        if (entry.is_directory()) continue;
        files[fs::relative(entry.path(), folder).string()] = read_file(entry.path());
    }
    Bytes text = "folder\n";
    for (const auto& [name, bytes] : files) text += name + "\n" + std::to_string(bytes.size()) + "\n" + bytes;
    return text;
}

void unpack(const fs::path& folder, const Bytes& text) {
    for (std::size_t at = 7; at < text.size();) {
        const std::size_t end_of_name = text.find('\n', at);
        const std::size_t end_of_size = text.find('\n', end_of_name + 1);
        const std::size_t size = std::stoul(text.substr(end_of_name + 1, end_of_size - end_of_name - 1));
        const fs::path file = folder / text.substr(at, end_of_name - at);
        fs::create_directories(file.parent_path());
        write_file(file, text.substr(end_of_size + 1, size));
        at = end_of_size + 1 + size;
    }
}

Files files_in(const fs::path& folder) {
    Files files;
    for (const auto& entry : fs::directory_iterator(folder)) {
        files[entry.path().filename().string()] = entry.is_directory() ? packed(entry.path()) : read_file(entry.path());
    }
    return files;
}

/// A header as a reader takes it: with the bytes of its data file in place of its name.
Bytes resolved(const Files& files, const std::string& name) {
    const Bytes& text = files.at(name);
    const std::size_t at = text.rfind("\ndata file: ");
    if (at == Bytes::npos || text.find("data file: LIST") != Bytes::npos) return text;
    const std::string data = text.substr(at + 12, text.size() - at - 13);
    return text.substr(0, at) + (files.count(data) == 1 ? files.at(data) : "no such file: " + data);
}

struct Place {
    Folder folder;
    fs::path out = folder / "out";
    Place() {
        write_stack(folder / "stack", 2, 16, 12);
        fs::create_directory(out);
    }
    [[nodiscard]] Program program(const Form& form, bool newer) const {
        Program program{{"../stack", "-q", "--threads=1"}, out};
        program.arguments.insert(program.arguments.end(), form.arguments.begin(), form.arguments.end());
        program.arguments.insert(program.arguments.end(), {"--spacing", newer ? "3" : "2", "--origin", "1,2,3"});
        if (newer) program.arguments.insert(program.arguments.end(), {"--force", "--factor", "2", "--type", "uint8"});
        return program;
    }
    void put(const Files& files) const {
        for (const auto& entry : fs::directory_iterator(out)) fs::remove_all(entry.path());
        for (const auto& [name, bytes] : files) {
            if (bytes.starts_with("folder\n")) {
                unpack(out / name, bytes);
            } else {
                write_file(out / name, bytes);
            }
        }
    }
    /// What `program` leaves in the empty folder, or over `files`.
    [[nodiscard]] Files made(const Program& program, const Files& files = {}) const {
        put(files);
        const Result result = program.run();
        CAPTURE(result.err);
        REQUIRE(result.status == 0);
        return files_in(out);
    }
};

constexpr const char* all_calls =
    "openat,write,pwrite64,fsync,close,rename,renameat,renameat2,link,linkat,unlink,mkdir,rmdir";

/// The calls of a run that come once it has begun to make outputs, but for those on slices; empty if they cannot be
/// traced here. `names_only`: those that make, rename and remove files.
std::vector<Call> calls_of(const Place& place, Program program, const Arguments& faults, bool names_only) {
    const fs::path log = place.folder / "log";
    program.wrapper = {"strace", "-f", "-qq", "-o", log.string(), "-e", std::string("trace=") + all_calls};
    program.wrapper.insert(program.wrapper.end(), faults.begin(), faults.end());
    if (program.run().status != 0 || !fs::exists(log)) return {};
    std::istringstream lines(read_file(log));
    std::vector<Call> calls;
    std::map<std::string, int> counts;
    bool begun = false;
    for (std::string line; std::getline(lines, line);) {
        const std::size_t end = line.find('(');
        const std::size_t start = line.find_last_of(' ', end) + 1;
        if (end == std::string::npos || line.find("+++") != std::string::npos) continue;
        const std::string name = line.substr(start, end - start);
        begun = begun || line.find(".lock\"") != std::string::npos;
        ++counts[name];
        const bool on_hidden = line.find("/.") != std::string::npos;
        if (begun && (names_only ? on_hidden : line.find("slice_") == std::string::npos)) {
            calls.emplace_back(name, counts[name]);
        }
    }
    return calls;
}

/// Each third of them, of each run another third; all of them where the environment asks for it.
std::vector<Call> some_of(const std::vector<Call>& calls, std::size_t& run) {
    if (std::getenv("STACK2NRRD_EVERY_CALL") != nullptr) return calls;
    std::vector<Call> some;
    for (std::size_t i = run++ % 3; i < calls.size(); i += 3) some.push_back(calls[i]);
    return some;
}

Program with(Program program, const Arguments& faults, const Call& call, const std::string& fault) {
    program.wrapper = {"strace", "-f", "-qq", "-o", "/dev/null"};
    program.wrapper.insert(program.wrapper.end(), faults.begin(), faults.end());
    program.wrapper.insert(program.wrapper.end(),
                           {"-e", "inject=" + call.first + ":" + fault + ":when=" + std::to_string(call.second)});
    return program;
}

/// File systems without hard links, and without renames that exchange two files or refuse to replace one.
const std::vector<Arguments>& file_systems() {
    static const std::vector<Arguments> all{
        {},
        {"-e", "inject=link,linkat:error=EPERM"},
        {"-e", "inject=link,linkat:error=EPERM", "-e", "inject=renameat2:error=EINVAL"},
        {"-e", "inject=flock:error=ENOLCK"}};
    return all;
}

/// May it leave behind what was to be removed? An old folder that cannot be read cannot be emptied.
bool may_leave(const Call& call, const Form& form) {
    return call.first == "unlink" || call.first == "rmdir" || (call.first == "openat" && form.names[0] == "v.ome.zarr");
}

/// The texts of two reports differ in what the runs took.
bool is_report(const std::string& name) { return name == "r.txt"; }

/// Every name has a complete file, and no header the samples of another. `all`: no name may be missing.
void check_old_or_new(const Files& files, const Form& form, const Files& old, const Files& wanted, bool all) {
    for (const std::string& name : form.names) {
        CAPTURE(name);
        if (files.count(name) == 0) {
            CHECK_FALSE(all);
        } else if (name.ends_with(".raw")) {
            CHECK(((all && files.at(name) == old.at(name)) || files.at(name) == wanted.at(name)));
        } else if (!is_report(name)) {
            const Bytes got = resolved(files, name);
            CHECK(((all && got == resolved(old, name)) || got == resolved(wanted, name)));
        }
    }
}

}  // namespace

TEST_CASE("a fault at a call ends with status 5 and leaves the old files, or does not matter", "[sweep]") {
    if (!is_installed("strace")) return say_skipped("strace is not installed");
    const Place place;
    const std::vector<std::string> errors{"ENOSPC", "EIO", "EDQUOT", "EFBIG", "EACCES"};
    std::size_t next = 0;
    std::size_t run = 0;
    int failed = 0;
    for (const Form& form : forms()) {
        const Files old = place.made(place.program(form, false));
        for (const Files& before : {old, Files{}}) {
            if (before.empty() ? form.names.size() != 2 : form.names.size() == 1) continue;
            const Program newer = place.program(form, true);
            const Files wanted = place.made(newer, before);
            place.put(before);
            const std::vector<Call> calls = calls_of(place, newer, {}, false);
            if (calls.empty()) return say_skipped("strace does not work here");
            for (const Call& call : some_of(calls, run)) {
                const std::string error = errors[next++ % errors.size()];
                CAPTURE(form.arguments, before.size(), call.first, call.second, error);
                place.put(before);
                const Result result = with(newer, {}, call, "error=" + error).run();
                CAPTURE(result.err);
                Files after = files_in(place.out);
                if (result.status == 0) {
                    for (const auto& [name, bytes] : wanted) {
                        if (!is_report(name)) CHECK(after[name] == bytes);
                    }
                    // What cannot be removed is left: nothing else is to be done about it.
                    if (!may_leave(call, form)) check_holds(place.out, form.names);
                } else {
                    // The loader and the slices are no output: theirs have other numbers.
                    const bool of_a_slice = result.err.find("slice_") != std::string::npos;
                    if (!of_a_slice) CHECK(result.status == 5);
                    check_sentence(result, {});
                    if (may_leave(call, form)) {
                        for (const auto& [name, bytes] : before) CHECK(after[name] == bytes);
                    } else {
                        CHECK(after == before);
                    }
                    ++failed;
                }
            }
        }
    }
    CHECK(failed > 40);
}

TEST_CASE("SIGKILL at a call leaves old or new files, and the next run sweeps", "[sweep]") {
    if (!is_installed("strace")) return say_skipped("strace is not installed");
    const Place place;
    std::size_t run = 0;
    for (const Arguments& faults : file_systems()) {
        const bool links = faults.empty() || faults[1].find("link") == std::string::npos;
        for (const Form& form : forms()) {
            // All of them where nothing is amiss, and a single file and a pair where something is.
            if (faults.empty() ? form.names.size() < 2 : form.names.size() > 2 || form.names[0] == "m.nhdr") continue;
            const Files old = place.made(place.program(form, false));
            const Program newer = place.program(form, true);
            const Files wanted = place.made(newer, old);
            for (const Files& before : {old, Files{}}) {
                if (before.empty() && form.names.size() != 2) continue;
                place.put(before);
                const std::vector<Call> calls = calls_of(place, newer, faults, true);
                if (calls.empty()) return say_skipped("strace does not work here");
                for (const Call& call : some_of(calls, run)) {
                    // What fails on purpose cannot be killed as well.
                    if (!faults.empty() && call.first.find("link") == 0) continue;
                    if (!faults.empty() && call.first == "renameat2") continue;
                    CAPTURE(faults, form.arguments, before.size(), call.first, call.second);
                    place.put(before);
                    CHECK(with(newer, faults, call, "signal=SIGKILL").run().status == 1000 + SIGKILL);
                    // Where there are no links, an old file may be away until the next run, which gives it back even
                    // if it makes nothing. Else every name has a whole file at all times.
                    if (links) check_old_or_new(files_in(place.out), form, old, wanted, !before.empty());
                    Program failing = newer;
                    failing.limits = {{RLIMIT_FSIZE, 0}};
                    CHECK(failing.run().status == 5);
                    const Files after = files_in(place.out);
                    check_old_or_new(after, form, old, wanted, !before.empty());
                    if (!before.empty() && before.count("v.raw") == 1) {
                        const Files& whole = after.at("v.raw") == old.at("v.raw") ? old : wanted;
                        CHECK(after.at("v.nhdr") == whole.at("v.nhdr"));
                    }
                    const Result next = newer.run();
                    CAPTURE(next.err);
                    CHECK(next.status == 0);
                    const Files made = files_in(place.out);
                    for (const auto& [name, bytes] : wanted) {
                        if (!is_report(name)) CHECK(made.at(name) == bytes);
                    }
                    check_holds(place.out, form.names);
                }
            }
        }
    }
}
