// What surrounds the program does not change what it makes.

#include "cli/surrounded.hpp"
#include "support/catch.hpp"

#include <string>
#include <vector>

using namespace cli_test;

TEST_CASE("two runs give the same bytes, as do threads, processors, locale, time zone and a missing home", "[cli]") {
    const Surrounded place;
    CHECK(place.made({place.usual}) == place.wanted);
    for (const std::string threads : {"1", "2", "7"}) {
        CAPTURE(threads);
        CHECK(place.made({{"stack", "--factor", "3/2", "--threads", threads}}) == place.wanted);
    }
    Program german{{"stack", "--factor", "1.5"}};
    german.set = {{"LC_ALL", "de_DE.UTF-8"}, {"LANG", "de_DE.UTF-8"}, {"TZ", "Asia/Tokyo"}, {"HOME", ""}};
    CHECK(place.made(german) == place.made({{"stack", "--factor", "1.5"}}));
    Program plain{place.usual};
    plain.set = {{"LC_ALL", "C"}};
    CHECK(place.made(plain) == place.wanted);
    for (const std::string instructions : {"baseline", "avx2", "avx512"}) {
        CAPTURE(instructions);
        plain.set = {{"STACK2NRRD_INSTRUCTIONS", instructions}};
        CHECK(place.made(plain) == place.wanted);
    }
}

TEST_CASE("stdin, stdout and stderr may be closed", "[cli]") {
    const Surrounded place;
    for (const std::vector<int>& closed : std::vector<std::vector<int>>{{0}, {1}, {2}, {0, 1}, {1, 2}, {0, 1, 2}}) {
        // What is said must not get into a file that took the place of stderr.
        for (const std::string progress : {"auto", "bar", "json"}) {
            CAPTURE(closed, progress);
            Program program{place.usual};
            program.arguments.insert(program.arguments.end(), {"--progress", progress});
            program.closed = closed;
            CHECK(place.made(program) == place.wanted);
        }
        Program with_preview{{"stack", "-o", "v.nrrd", "--preview", "v.png", "-q"}, place.folder.path()};
        with_preview.closed = closed;
        CHECK(with_preview.run().status == 0);
        CHECK(read_file(place.folder / "v.png").ends_with(Bytes("IEND\xAE\x42\x60\x82", 8)));
        fs::remove(place.folder / "v.nrrd");
        fs::remove(place.folder / "v.png");
    }
    Program error{{"nowhere", "-o", "v.nrrd"}, place.folder.path()};
    error.closed = {0, 1, 2};
    CHECK(error.run().status == 3);
    Program json{{"stack", "--info", "--json"}, place.folder.path()};
    json.closed = {1};
    CHECK(json.run().status == 5);
}
