// Limits of the user: status 6.

#include "cli/program.hpp"
#include "cli/slices.hpp"
#include "support/catch.hpp"

#include <nlohmann/json.hpp>

#include <string>
#include <vector>

using namespace cli_test;

namespace {

/// The "17M" in "at least 17M were expected".
std::string least_of(const std::string& sentence) {
    const std::string before = "at least ";
    const std::size_t at = sentence.find(before);
    if (at == std::string::npos) return {};
    const std::size_t start = at + before.size();
    return sentence.substr(start, sentence.find(' ', start) - start);
}

void put_number(Bytes& bytes, std::size_t at, std::uint32_t number) {
    for (std::size_t i = 0; i < 4; ++i) bytes[at + i] = static_cast<char>(number >> (8 * i));
}

}  // namespace

TEST_CASE("too little memory names the least that works, and that works", "[cli]") {
    const Folder folder;
    write_stack(folder / "stack", 12, 700, 500);
    for (const Arguments& more : std::vector<Arguments>{{},
                                                        {"--factor", "3"},
                                                        {"--encoding", "gzip"},
                                                        {"--preview", "v.png"},
                                                        {"--report", "v.html"},
                                                        {"--threads", "2"}}) {
        CAPTURE(more);
        Arguments all{"stack", "-o", "v.nrrd", "--memory"};
        all.insert(all.end(), {"2M"});
        all.insert(all.end(), more.begin(), more.end());
        const Result refused = run_in(folder.path(), all);
        CHECK(refused.status == 6);
        check_sentence(refused, {"--memory"});
        check_holds(folder.path(), {"stack"});
        const std::string least = least_of(refused.err);
        CAPTURE(refused.err, least);
        REQUIRE_FALSE(least.empty());

        all[4] = least;
        const Result made = run_in(folder.path(), all);
        CAPTURE(made.err);
        CHECK(made.status == 0);
        CHECK(fs::exists(folder / "v.nrrd"));
        // A cap is kept, with what the sink takes, too.
        const std::int64_t cap = std::stoll(least) << 20;
        if (!is_sanitized()) CHECK(made.peak_bytes <= cap);
        Arguments info = all;
        info.insert(info.end(), {"--info", "--json", "--force"});
        const Result planned = run_in(folder.path(), info);
        REQUIRE(nlohmann::json::accept(planned.out));
        CHECK(nlohmann::json::parse(planned.out)["memory_bytes"].get<std::int64_t>() <= cap);
        fs::remove(folder / "v.nrrd");
        fs::remove(folder / "v.png");
        fs::remove(folder / "v.html");

        // One less is too little.
        all[4] = std::to_string(std::stoll(least) - 1) + "M";
        CHECK(run_in(folder.path(), all).status == 6);
    }
}

TEST_CASE("info foresees what the output takes, also compressed and with a preview", "[cli]") {
    const Folder folder;
    write_stack(folder / "stack", 12, 700, 500);
    const auto planned = [&](Arguments more) {
        more.insert(more.begin(), {"stack", "--info", "--json", "-o", "v.nrrd"});
        const Result result = run_in(folder.path(), more);
        REQUIRE(nlohmann::json::accept(result.out));
        return nlohmann::json::parse(result.out)["memory_bytes"].get<std::int64_t>();
    };
    const std::int64_t raw = planned({});
    CHECK(planned({"--encoding", "gzip"}) > raw);
    CHECK(planned({"--preview", "v.png"}) > raw);
    CHECK(planned({"--preview", "v.png", "--report", "v.html"}) > planned({"--preview", "v.png"}) + 1'000'000);
}

TEST_CASE("a cap does not change the bytes", "[cli]") {
    const Folder folder;
    write_stack(folder / "stack", 12, 300, 200);
    CHECK(run_in(folder.path(), {"stack", "-o", "a.nrrd", "--factor", "3/2", "--threads", "4"}).status == 0);
    const Result refused =
        run_in(folder.path(), {"stack", "-o", "b.nrrd", "--factor", "3/2", "--threads", "4", "--memory", "1k"});
    CHECK(refused.status == 6);
    CHECK(run_in(folder.path(),
                 {"stack", "-o", "b.nrrd", "--factor", "3/2", "--threads", "4", "--memory", least_of(refused.err)})
              .status == 0);
    CHECK(read_file(folder / "a.nrrd") == read_file(folder / "b.nrrd"));
}

TEST_CASE("declared dimensions that no slice has", "[cli]") {
    const Folder folder;
    Bytes huge = tiff(16, 16, noise(512, 1));
    const std::size_t width = huge.find(Bytes("\x00\x01\x04\x00\x01\x00\x00\x00", 8));
    REQUIRE(width != Bytes::npos);
    put_number(huge, width + 8, 0x7FFFFFFF);
    put_number(huge, width + 12 + 8, 0x7FFFFFFF);
    put_number(huge, width + 7 * 12 + 8, 0x7FFFFFFF);  // rows a strip
    Bytes bitmap = bmp(16, 16, noise(256, 1));
    put_number(bitmap, 18, 0x7FFFFFFF);
    put_number(bitmap, 22, 0x7FFFFFFF);
    Bytes picture(33, '\0');
    picture = Bytes("\x89PNG\r\n\x1a\n\0\0\0\rIHDR\x7F\xFF\xFF\xFF\x7F\xFF\xFF\xFF\x08\0\0\0\0\xDA\x2A\x47\xCF", 33);
    for (const auto& [name, bytes] :
         std::vector<std::pair<std::string, Bytes>>{{"a.tif", huge}, {"b.bmp", bitmap}, {"c.png", picture}}) {
        CAPTURE(name);
        write_file(folder / name, bytes);
        const Result result = run_in(folder.path(), {name, "-o", "v.nrrd"});
        CHECK(result.status == 6);
        check_sentence(result, {name, "2147483647"});
        CHECK(result.seconds < 5);
        if (!is_sanitized()) CHECK(result.peak_bytes < 64 << 20);
        CHECK_FALSE(fs::exists(folder / "v.nrrd"));
    }
}
