// What is written, as one: checked before the run, published together, or not at all.

#include "cli/program.hpp"
#include "cli/slices.hpp"
#include "support/catch.hpp"

#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <csignal>
#include <cstring>
#include <sstream>
#include <string>
#include <vector>

using namespace cli_test;

namespace {

/// Slices with all that tells of them: a scanner's log beside them, a list of them, a volume in several files.
struct Place {
    Folder folder;
    fs::path out = folder / "out";
    Place() {
        write_stack(folder / "stack", 4);
        fs::create_directory(out);
    }
    [[nodiscard]] Result run(Arguments arguments) const { return run_in(out, std::move(arguments)); }
};

/// All ways to name a file that is written.
std::vector<Arguments> ways(const std::string& file) {
    return {{"-o", file},
            {"--manifest", file},
            {"-o", "v.nrrd", "--preview", file},
            {"-o", "v.nrrd", "--manifest", file},
            {"-o", "v.nrrd", "--returnparameterfile", file}};
}

Arguments operator+(Arguments left, const Arguments& right) {
    left.insert(left.end(), right.begin(), right.end());
    return left;
}

}  // namespace

TEST_CASE("whatever is written is checked for its kind before the run", "[cli]") {
    const Place place;
    REQUIRE(::mkfifo((place.out / "pipe").c_str(), 0600) == 0);
    fs::create_directory(place.out / "folder");
    fs::create_symlink("loop", place.out / "loop");
    fs::create_symlink("none/file", place.out / "dangling");
    struct sockaddr_un address {};
    address.sun_family = AF_UNIX;
    const std::string socket_name = (place.out / "socket").string();
    const int socket = ::socket(AF_UNIX, SOCK_STREAM, 0);
    REQUIRE(socket_name.size() < sizeof(address.sun_path));
    std::memcpy(address.sun_path, socket_name.c_str(), socket_name.size() + 1);
    REQUIRE(::bind(socket, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0);
    const std::vector<std::string> names{"pipe", "folder", "loop", "dangling", "socket"};
    for (const std::string& name : {std::string("pipe"), std::string("folder"), std::string("loop"),
                                    std::string("socket"), std::string("/dev/null"), std::string("/dev/stdout"),
                                    std::string("-"), std::string("folder/"), std::string(".")}) {
        for (const Arguments& way : ways(name)) {
            CAPTURE(way);
            const Result result = place.run(Arguments{"../stack", "--force"} + way);
            CHECK(result.status == 2);
            check_sentence(result, {name == "folder/" ? "folder" : name.substr(0, 20)});
            check_holds(place.out, names);
        }
    }
    for (const Arguments& way : ways("dangling")) {
        CAPTURE(way);
        const Result result = place.run(Arguments{"../stack", "--force"} + way);
        CHECK(result.status == 5);
        check_sentence(result, {"none"});
        check_holds(place.out, names);
    }
    ::close(socket);
}

TEST_CASE("a name as long as names can be", "[cli]") {
    const Place place;
    const std::string nrrd = std::string(250, 'n') + ".nrrd", nhdr = std::string(250, 'n') + ".nhdr";
    for (const bool force : {false, true}) {
        Arguments more{"../stack", "-o", nrrd, "--manifest", nhdr, "--preview", std::string(251, 'p') + ".png"};
        if (force) more.push_back("--force");
        CHECK(place.run(more).status == 0);
        check_holds(place.out, {nrrd, nhdr, std::string(251, 'p') + ".png"});
    }
    const Result result = place.run({"../stack", "-o", "n" + nrrd});
    CHECK(result.status == 5);
    check_sentence(result, {"too long"});
}

TEST_CASE("no output is an input: slices, lists, headers, data files, logs", "[cli]") {
    const Place place;
    // A volume in pieces, with its header; a list; a log.
    for (const std::string piece : {"a.raw", "b.raw"}) write_file(place.folder / piece, "1234");
    write_file(place.folder / "pieces.nhdr",
               "NRRD0004\ntype: uint8\ndimension: 3\nsizes: 2 2 2\nencoding: raw\ndata file: LIST\na.raw\nb.raw\n");
    write_list(place.folder / "list.txt",
               {place.folder / "stack" / slice_name(0), place.folder / "stack" / slice_name(1)});
    REQUIRE(place.run({"../stack", "--manifest", "../manifest.nhdr"}).status == 0);
    write_file(place.folder / "stack" / "slice_.log",
               "[System]\nScanner=SkyScan1172\n[Acquisition]\nFilename Prefix=slice_\n[Reconstruction]\n"
               "Filename Prefix=slice_\nFilename Index Length=3\nPixel Size (um)=5.0\n");
    struct Input {
        Arguments input;
        std::vector<std::string> files;
    };
    const std::vector<Input> inputs{
        {{"../stack"}, {"stack/" + slice_name(0), "stack/" + slice_name(3), "stack/slice_.log"}},
        {{"../pieces.nhdr"}, {"pieces.nhdr", "a.raw", "b.raw"}},
        {{"--files-from", "../list.txt"}, {"list.txt", "stack/" + slice_name(1)}},
        {{"../manifest.nhdr"}, {"manifest.nhdr", "stack/" + slice_name(2)}}};
    for (const Input& input : inputs) {
        for (const std::string& file : input.files) {
            const fs::path path = place.folder / file;
            const Bytes before = read_file(path);
            for (const std::string name : {"x.nrrd", "x.nhdr", "x.png", "x.txt"}) {
                for (const bool hard : {false, true}) {
                    if (hard) {
                        fs::create_hard_link(path, place.out / name);
                    } else {
                        fs::create_symlink(path, place.out / name);
                    }
                    Arguments way{"-o", name};
                    if (name == std::string("x.png")) way = {"-o", "v.nrrd", "--preview", name};
                    if (name == std::string("x.txt")) way = {"-o", "v.nrrd", "--returnparameterfile", name};
                    // A manifest of a volume is refused for that.
                    if (name == std::string("x.nhdr") && input.input[0] != "../pieces.nhdr") way = {"--manifest", name};
                    CAPTURE(input.input, file, name, hard);
                    const Result result = place.run(input.input + Arguments{"--force"} + way);
                    CHECK(result.status == 2);
                    CHECK(read_file(path) == before);
                    check_holds(place.out, {name});
                    fs::remove(place.out / name);
                }
            }
        }
    }
}

TEST_CASE("outputs are checked against each other", "[cli]") {
    const Place place;
    write_file(place.out / "one.nhdr", "old");
    fs::create_hard_link(place.out / "one.nhdr", place.out / "other.nhdr");
    fs::create_symlink("one.nhdr", place.out / "link.nhdr");
    for (const Arguments& outputs :
         std::vector<Arguments>{{"-o", "a.nhdr", "--manifest", "a.nhdr"},
                                {"-o", "a.nhdr", "--manifest", "../out/./a.nhdr"},
                                {"-o", "a.nhdr", "--returnparameterfile", "a.raw"},
                                {"-o", "a.nrrd", "--returnparameterfile", "a.nrrd"},
                                {"-o", "a.nrrd", "--preview", "p.png", "--returnparameterfile", "p.png"},
                                {"-o", "one.nhdr", "--manifest", "other.nhdr"},
                                {"-o", "one.nhdr", "--manifest", "link.nhdr"},
                                {"-o", "a.nhdr", "--manifest", "A.nhdr"}}) {
        CAPTURE(outputs);
        const Result result = place.run(Arguments{"../stack", "--force"} + outputs);
        CHECK(result.status == 2);
        check_sentence(result, {"twice"});
        check_holds(place.out, {"link.nhdr", "one.nhdr", "other.nhdr"});
        CHECK(read_file(place.out / "one.nhdr") == "old");
    }
}

TEST_CASE("a file that cannot be replaced is known before the run", "[cli]") {
    const Place place;
    write_file(place.out / "v.nrrd", "old");
    if (is_installed("chattr")) {
        Program chattr{{"+i", "v.nrrd"}, place.out};
        chattr.program = "chattr";
        if (chattr.run().status == 0) {
            const Result result = place.run({"../stack", "-o", "v.nrrd", "--force"});
            chattr.arguments[0] = "-i";
            CHECK(chattr.run().status == 0);
            CHECK(result.status == 5);
            check_sentence(result, {"v.nrrd", "protected"});
            check_holds(place.out, {"v.nrrd"});
        } else {
            say_skipped("files cannot be protected here");
        }
    }
    write_file(place.folder / "mounted", "old");
    if (::mount((place.folder / "mounted").c_str(), (place.out / "v.nrrd").c_str(), nullptr, MS_BIND, nullptr) == 0) {
        const Result result = place.run({"../stack", "-o", "v.nrrd", "--force"});
        ::umount2((place.out / "v.nrrd").c_str(), MNT_DETACH);
        CHECK(result.status == 5);
        check_sentence(result, {"v.nrrd", "mount"});
        CHECK(read_file(place.folder / "mounted") == "old");
        check_holds(place.out, {"v.nrrd"});
    } else {
        say_skipped("files cannot be mounted here");
    }
    Arguments wrapper;
    if (!as_nobody(wrapper)) return;
    if (is_root()) {
        fs::permissions(place.out, fs::perms(01777));
        const Result result = Program{{"../stack", "-o", "v.nrrd", "--force"}, place.out, {}, wrapper}.run();
        CHECK(result.status == 5);
        check_sentence(result, {"v.nrrd", "somebody else's"});
    }
    fs::permissions(place.out, fs::perms(0555));
    for (const Arguments& way : ways("w.nhdr")) {
        if (way.size() == 4 && way[2] == "--preview") continue;
        const Result result = Program{Arguments{"../stack", "--force"} + way, place.out, {}, wrapper}.run();
        CHECK(result.status == 5);
        check_sentence(result, {"ermission denied"});
    }
    fs::permissions(place.out, fs::perms(0755));
    check_holds(place.out, {"v.nrrd"});
    CHECK(read_file(place.out / "v.nrrd") == "old");
}

TEST_CASE("volume, preview, list and report: all of them or none", "[cli]") {
    const Place place;
    const Arguments all{
        "-o",    "v.nhdr", "--preview", "p.png", "--manifest", "m.nhdr", "--encoding", "gzip", "--returnparameterfile",
        "r.txt", "--force"};
    const std::vector<std::string> names{"m.nhdr", "p.png", "r.txt", "v.nhdr", "v.raw.gz"};
    for (const std::string& name : names) write_file(place.out / name, "old " + name);
    // The last slice is damaged: its header is fine.
    const Bytes slice = read_file(place.folder / "stack" / slice_name(3));
    write_png(place.folder / "stack" / slice_name(3), 16, 12, noise(2 * 16 * 12, 3), 16);
    Bytes damaged = read_file(place.folder / "stack" / slice_name(3));
    damaged.resize(damaged.size() - 40);
    write_file(place.folder / "stack" / slice_name(3), damaged);
    const Result failed = place.run(Arguments{"../stack"} + all);
    CAPTURE(failed.err);
    CHECK(failed.status == 4);
    check_holds(place.out, names);
    for (const std::string& name : names) CHECK(read_file(place.out / name) == "old " + name);
    write_file(place.folder / "stack" / slice_name(3), slice);
    CHECK(place.run(Arguments{"../stack", "-q"} + all).status == 0);
    check_holds(place.out, names);
    for (const std::string& name : names) CHECK_FALSE(read_file(place.out / name).starts_with("old"));
    CHECK(read_file(place.out / "r.txt").starts_with("report = v.nhdr: 16 x 12 x 4"));
}

TEST_CASE("two runs to one name: one makes it, the other says so", "[cli]") {
    const Place place;
    // The first one waits in the middle: its slices come through a list from a pipe that is held open.
    std::vector<fs::path> files;
    for (int i = 0; i < 3000; ++i) files.push_back(place.folder / "stack" / slice_name(i % 4));
    write_list(place.folder / "list", files);
    for (const std::string name : {"v.nrrd", "v.nhdr"}) {
        for (const bool force : {false, true}) {
            CAPTURE(name, force);
            for (const auto& entry : fs::directory_iterator(place.out)) fs::remove(entry.path());
            bool tried = false;
            Program first{{"--files-from", "../list", "--order", "given", "--progress", "json", "-o", name}, place.out};
            if (force) first.arguments.push_back("--force");
            Result second;
            first.on_err = [&](const std::string& err, pid_t process) {
                if (tried || err.find("{\"done\":") == std::string::npos) return;
                tried = true;
                REQUIRE(::kill(process, SIGSTOP) == 0);
                second = place.run(Arguments{"../stack", "-o", name} + (force ? Arguments{"--force"} : Arguments{}));
                REQUIRE(::kill(process, SIGCONT) == 0);
            };
            const Result result = first.run();
            REQUIRE(tried);
            CHECK(result.status == 0);
            CHECK(second.status == 2);
            check_sentence(second, {name, "another run"});
            CHECK(read_file(place.out / name).find("sizes: 16 12 3000\n") != Bytes::npos);
            CHECK(fs::file_size(place.out / (name == "v.nhdr" ? "v.raw" : name)) >= 16 * 12 * 2 * 3000);
            check_holds(place.out, name == "v.nhdr" ? std::vector<std::string>{"v.nhdr", "v.raw"}
                                                    : std::vector<std::string>{name});
        }
    }
}

TEST_CASE("pairs of a header and its samples never mix", "[cli]") {
    const Place place;
    write_stack(place.folder / "other", 4);
    for (int i = 0; i < 4; ++i) {
        write_file(place.folder / "other" / slice_name(i),
                   tiff(16, 12, noise(2 * 16 * 12, 77U + static_cast<unsigned>(i))));
    }
    const auto pair = [&] { return read_file(place.out / "v.nhdr") + read_file(place.out / "v.raw"); };
    REQUIRE(place.run({"../stack", "-q", "-o", "v.nhdr", "--force"}).status == 0);
    const Bytes one = pair();
    REQUIRE(place.run({"../other", "-q", "-o", "v.nhdr", "--force"}).status == 0);
    const Bytes other = pair();
    REQUIRE(one != other);
    const std::string run = "'" STACK2NRRD_PROGRAM "' -q -o v.nhdr --force ";
    int refused = 0;
    for (int i = 0; i < 20; ++i) {
        Program shell{{"-c", run + "../stack & p=$!; " + run + "../other; a=$?; wait $p; echo $a $?"}, place.out};
        shell.program = "sh";
        const Result result = shell.run();
        CAPTURE(result.out, result.err);
        const Bytes left = pair();
        CHECK(((result.out != "2 0\n" && left == other) || (result.out != "0 2\n" && left == one)));
        CHECK((result.out == "0 0\n" || result.err.find("another run") != std::string::npos));
        refused += result.out == "0 0\n" ? 0 : 1;
        check_holds(place.out, {"v.nhdr", "v.raw"});
    }
    CAPTURE(refused);
}

TEST_CASE("a signal while a list is written leaves nothing", "[cli]") {
    if (!is_installed("strace")) return say_skipped("strace is not installed");
    const Place place;
    for (const auto& [signal, status] :
         std::vector<std::pair<std::string, int>>{{"INT", 130}, {"TERM", 143}, {"HUP", 129}}) {
        for (const std::string call : {"flock", "fsync"}) {
            for (const bool force : {false, true}) {
                CAPTURE(signal, call, force);
                if (force) write_file(place.out / "m.nhdr", "old");
                Program program{{"../stack", "--manifest", "m.nhdr"}, place.out};
                if (force) program.arguments.push_back("--force");
                program.wrapper = {
                    "strace", "-f", "-qq", "-o", "/dev/null", "-e", "inject=" + call + ":signal=" + signal + ":when=1"};
                const Result result = program.run();
                if (result.err.find("strace:") != std::string::npos) return say_skipped("strace does not work here");
                CHECK(result.status == status);
                check_sentence(result, {"nothing was written"});
                check_holds(place.out, force ? std::vector<std::string>{"m.nhdr"} : std::vector<std::string>{});
                if (force) CHECK(read_file(place.out / "m.nhdr") == "old");
                fs::remove(place.out / "m.nhdr");
            }
        }
    }
}

TEST_CASE("who reads the help may go away", "[cli]") {
    const Place place;
    for (const std::string what : {"--help", "--version", "--xml", "../stack", "../stack --info --json"}) {
        CAPTURE(what);
        // The pipe is closed before anything is written.
        Program shell{{"-c", "{ sleep 0.2; '" STACK2NRRD_PROGRAM "' " + what + "; echo $? >&3; } 3>status | true"},
                      place.out};
        shell.program = "sh";
        const Result result = shell.run();
        CHECK(result.err.empty());
        CHECK(read_file(place.out / "status") == "141\n");
    }
}

TEST_CASE("a file system that knows neither links nor case", "[cli]") {
    if (!is_installed("mkfs.vfat") || !is_installed("mount")) return say_skipped("mkfs.vfat or mount is not installed");
    const Place place;
    const auto tool = [&](const std::string& name, const Arguments& arguments) {
        Program program{arguments, place.folder.path()};
        program.program = name;
        return program.run().status == 0;
    };
    write_file(place.folder / "image", Bytes(1 << 20, '\0'));
    if (!tool("mkfs.vfat", {"image"}) || !tool("mount", {"-o", "loop", "image", "out"})) {
        return say_skipped("no VFAT can be mounted here");
    }
    struct Mounted {
        fs::path folder;
        ~Mounted() { ::umount2(folder.c_str(), MNT_DETACH); }
    };
    const Mounted mounted{place.out};
    const Arguments outputs{"-o", "v.nhdr", "--manifest", "m.nhdr", "--preview", "p.png"};
    for (const bool force : {false, true, true}) {
        CHECK(place.run(Arguments{"../stack", "-q"} + outputs + (force ? Arguments{"--force"} : Arguments{})).status ==
              0);
        check_holds(place.out, {"m.nhdr", "p.png", "v.nhdr", "v.raw"});
    }
    const Bytes before = read_file(place.out / "v.nhdr");
    CHECK(place.run({"../stack", "-o", "V.NHDR"}).status == 2);
    CHECK(place.run({"../stack", "-o", "w.nhdr", "--manifest", "W.nhdr"}).status == 2);
    check_holds(place.out, {"m.nhdr", "p.png", "v.nhdr", "v.raw"});
    CHECK(read_file(place.out / "v.nhdr") == before);
}
