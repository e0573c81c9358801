// What is written, as one, where a name may be a pipe, a socket or a mount, and where signals come.

#include "cli/published.hpp"
#include "support/catch.hpp"

#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>
#include <string>
#include <utility>
#include <vector>

using namespace cli_test;

TEST_CASE("whatever is written is checked for its kind before the run", "[cli]") {
    const PublishedPlace place;
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

TEST_CASE("a file that cannot be replaced is known before the run", "[cli]") {
    const PublishedPlace place;
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

TEST_CASE("pairs of a header and its samples never mix", "[cli]") {
    const PublishedPlace place;
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
    const PublishedPlace place;
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
    const PublishedPlace place;
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
    const PublishedPlace place;
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
