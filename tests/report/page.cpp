// The page about a run: what is in it, that it loads nothing, and that names are names whatever is in them.

#include "core/text.hpp"
#include "picture/panels.hpp"
#include "picture/views.hpp"
#include "report/html.hpp"
#include "sink/nrrd_sink.hpp"

#include "support/catch.hpp"
#include "support/html.hpp"
#include "support/phantom.hpp"
#include "support/refusal.hpp"
#include "support/system.hpp"
#include "support/temp_folder.hpp"
#include "support/volume.hpp"

#include <stack2nrrd/report.hpp>
#include <stack2nrrd/version.hpp>

#include <png.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <functional>
#include <iterator>
#include <regex>
#include <set>
#include <string>
#include <vector>

using namespace stack2nrrd;
using support::Volume;

namespace {

std::string text_of(const std::filesystem::path& file) {
    std::ifstream stream(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), {}};
}

VolumeInfo info_of(const Volume& volume, SampleType type) {
    VolumeInfo info;
    for (std::size_t a = 0; a < 3; ++a) info.size[a] = volume.size[a];
    info.type = type;
    info.geometry.direction = {{{0.5, 0, 0}, {0, 0.25, 0}, {0, 0, 1}}};
    info.geometry.spacing_known = true;
    info.geometry.spacing_source = "<b>&\"'.log";
    return info;
}

struct Made {
    std::string page;
    std::string header;           ///< of the file beside it
    std::vector<double> samples;  ///< of the result
    VolumeInfo volume;
    std::int64_t memory_bytes = 0;
    std::string problems;
};

/// A run with its page. `change`: of what the page gets.
Made make(const Volume& source, SampleType type, Options options, const std::string& name,
          const std::function<void(Findings&)>& change = {}, const std::string& file = "result.nrrd") {
    const support::TempFolder folder;
    const std::vector<std::byte> bytes = support::to_bytes(source.samples, type);
    const Stack stack = stack_from(info_of(source, type), bytes, name);
    options.report = folder / "page.html";
    const std::vector<ImportPlan> plans = surveyed_plans(stack, std::span(&options, 1));
    Findings findings;
    findings.stack = &stack;
    findings.options = &options;
    findings.results.push_back({&plans[0], folder / file, {}});
    findings.command = "stack2nrrd 'a<b>&' -o result.nrrd";
    std::vector<std::unique_ptr<Sink>> sinks;
    sinks.push_back(nrrd_sink(folder / file, options.nrrd));
    int calls = 0;
    sinks.push_back(page_sink(options.report, false, [&]() -> const Findings& {
        ++calls;
        if (change) change(findings);
        return findings;
    }));
    const std::unique_ptr<Sink> all = tee(std::move(sinks));
    (void)run_import(plans[0], *all, [&](const Progress& progress) {
        findings.results[0].report = progress.reports.at(0);
        findings.seconds = 12.345;
        return true;
    });
    CHECK(calls == 1);
    Made made;
    made.page = text_of(folder / "page.html");
    made.header = text_of(folder / file);
    const std::size_t end = made.header.find("\n\n");
    made.volume = plans[0].volume();
    if (end != std::string::npos) {
        const std::string samples = made.header.substr(end + 2);
        made.samples = support::from_bytes(std::as_bytes(std::span(samples)), made.volume.type);
        made.header.resize(end + 1);
    }
    made.memory_bytes = plans[0].memory_bytes();
    return made;
}

/// What a row of a table says, with tags left out.
std::string row(const std::string& page, const std::string& name) {
    const std::string before = "<tr><th scope=\"row\">" + name + "</th><td>";
    const std::size_t at = page.find(before);
    if (at == std::string::npos) return "(no row)";
    const std::size_t start = at + before.size();
    return support::unescaped(
        std::regex_replace(page.substr(start, page.find("</td>", start) - start), std::regex("<[^>]*>"), ""));
}

std::string pre(const std::string& page, const std::string& tag) {
    const std::size_t at = page.find(tag);
    REQUIRE(at != std::string::npos);
    return support::unescaped(page.substr(at + tag.size(), page.find("</pre>", at) - at - tag.size()));
}

/// Each tag is closed where it should be, each attribute is in quotes, and nothing comes from elsewhere.
void check_well_formed(const std::string& page) {
    const std::set<std::string> known{"html", "head",    "title", "style", "body", "header", "h1",
                                      "h2",   "section", "p",     "div",   "span", "table",  "tr",
                                      "th",   "td",      "ul",    "li",    "svg",  "figure", "pre"};
    const std::set<std::string> single{"meta", "img", "path", "line"};
    CHECK(page.starts_with("<!DOCTYPE html>\n<html lang=\"en\">"));
    CHECK(printable(std::regex_replace(page, std::regex("\n"), " ")) ==
          std::regex_replace(page, std::regex("\n"), " "));
    std::vector<std::string> open;
    bool fine = true;
    const std::regex form("(/?)([a-z0-9]+)((?: [a-zA-Z0-9-]+=\"[^\"<>]*\")*)(/?)");
    for (std::size_t at = page.find('<', 15); at != std::string::npos; at = page.find('<', at + 1)) {
        const std::size_t end = page.find('>', at);
        const std::string tag = page.substr(at + 1, end - at - 1);
        const std::size_t blank = tag.find_first_of(" /", 1);
        const std::string name =
            tag.substr(tag[0] == '/' ? 1 : 0, blank == std::string::npos ? blank : blank - (tag[0] == '/' ? 1 : 0));
        if (tag.size() < 4000) {  // no pictures: std::regex would be out of stack
            CAPTURE(tag);
            CHECK(std::regex_match(tag, form));
        }
        CAPTURE(name);
        if (tag[0] == '/') {
            fine = !open.empty() && open.back() == name;
            CHECK(fine);
            if (!fine) return;
            open.pop_back();
        } else if (single.count(name) == 0) {
            CHECK(known.count(name) == 1);
            open.push_back(name);
        }
    }
    CHECK(open.empty());
    for (const char* loads : {"src=\"", "href=", "url(", "@import", "<script", "<link", "<iframe"}) {
        for (std::size_t at = page.find(loads); at != std::string::npos; at = page.find(loads, at + 1)) {
            CAPTURE(page.substr(at, 40));
            CHECK(page.substr(at).starts_with("src=\"data:image/png;base64,"));
        }
    }
    CHECK(page.find("content=\"default-src 'none'; img-src data:; style-src 'unsafe-inline'\"") != std::string::npos);
}

std::vector<std::byte> decoded(const std::string& text) {
    const std::string letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::vector<std::byte> bytes;
    unsigned bits = 0;
    int count = 0;
    for (const char c : text) {
        if (c == '=') break;
        const std::size_t value = letters.find(c);
        REQUIRE(value != std::string::npos);
        bits = bits << 6 | static_cast<unsigned>(value);
        count += 6;
        if (count < 8) continue;
        count -= 8;
        bytes.push_back(static_cast<std::byte>(bits >> count & 0xFF));
    }
    return bytes;
}

std::vector<Picture> pictures_of(const std::string& page) {
    std::vector<Picture> pictures;
    const std::string before = "src=\"data:image/png;base64,";
    for (std::size_t at = page.find(before); at != std::string::npos; at = page.find(before, at + 1)) {
        const std::size_t start = at + before.size();
        const std::vector<std::byte> png = decoded(page.substr(start, page.find('"', start) - start));
        png_image image{};
        image.version = PNG_IMAGE_VERSION;
        REQUIRE(png_image_begin_read_from_memory(&image, png.data(), png.size()) != 0);
        image.format = PNG_FORMAT_GRAY;
        Picture picture(image.width, image.height, 1, 0);
        REQUIRE(png_image_finish_read(&image, nullptr, picture.bytes.data(), 0, nullptr) != 0);
        pictures.push_back(std::move(picture));
    }
    return pictures;
}

/// A header with the blanks that it keeps for numbers taken away.
std::string without_blanks(const std::string& header) { return std::regex_replace(header, std::regex(" +\n"), "\n"); }

}  // namespace

TEST_CASE("a page says what the plan and the run say", "[report]") {
    const Volume source = phantom::noise({40, 30, 20}, SampleType::uint16);
    Options options;
    for (AxisOptions& axis : options.axes) axis.factor = {2, 1};
    options.axes[0].crop = {4, 40};
    const Made made = make(source, SampleType::uint16, options, "scan");
    check_well_formed(made.page);
    CHECK(made.page.find("<title>result.nrrd</title>") != std::string::npos);
    CHECK(made.page.find("<h1>result.nrrd</h1>") != std::string::npos);
    CHECK(row(made.page, "size") == "18 x 15 x 10");
    CHECK(row(made.page, "spacing") == "1, 0.5, 2 mm");
    CHECK(row(made.page, "field of view") == "18, 7.5, 20 mm");
    CHECK(row(made.page, "origin") == "2.25, 0.125, 0.5 mm");
    CHECK(row(made.page, "direction of z") == "0, 0, 2");
    CHECK(row(made.page, "name") == "scan (source)");
    CHECK(row(made.page, "samples") == "uint16, grey, memory");
    CHECK(row(made.page, "factor") == "2");
    CHECK(row(made.page, "kernel") == "lanczos:3");
    CHECK(row(made.page, "crop") == "4:40,0:30,0:20");
    CHECK(row(made.page, "version") == STACK2NRRD_VERSION);
    CHECK(row(made.page, "program") == "stack2nrrd " STACK2NRRD_VERSION);
    CHECK(row(made.page, "duration") == "12.35 s");
    CHECK(row(made.page, "slices read") == "20");
    CHECK(row(made.page, "memory") == "planned " + bytes_text(made.memory_bytes));
    const auto [low, high] = std::minmax_element(made.samples.begin(), made.samples.end());
    CHECK(row(made.page, "lowest") == number_text(*low));
    CHECK(row(made.page, "highest") == number_text(*high));
    CHECK(pre(made.page, "<pre class=\"command\">") == "stack2nrrd 'a<b>&' -o result.nrrd");
    CHECK(without_blanks(pre(made.page, "<pre>")) == without_blanks(made.header) + "\n");

    // The pictures are those of a preview.
    const std::vector<Picture> pictures = pictures_of(made.page);
    REQUIRE(pictures.size() == 6);
    Views views(made.volume);
    const std::vector<std::byte> bytes = support::to_bytes(made.samples, SampleType::uint16);
    for (Index z = 0; z < 10; ++z) views.add(z, std::span(bytes).subspan(static_cast<std::size_t>(z) * 540, 540));
    const std::array<Picture, 6> expected = painted(views.take(), made.volume);
    for (std::size_t i = 0; i < 6; ++i) {
        CHECK(pictures[i].width == expected[i].width);
        CHECK(pictures[i].bytes == expected[i].bytes);
    }
    Options without = options;
    without.report.clear();
    const std::vector<std::byte> samples = support::to_bytes(source.samples, SampleType::uint16);
    const Stack stack = stack_from(info_of(source, SampleType::uint16), samples);
    CHECK(plan_import(stack, without).memory_bytes() < made.memory_bytes);
}

TEST_CASE("names on a page are names, whatever is in them", "[report]") {
    const std::string name = "</title><script>alert(1)</script>&amp;\"'\n\xFF\xE2\x80\xAE.tif";
    const bool any_is_legal = support::any_name_is_legal();
    const std::string file = any_is_legal ? "<b onclick=\"x\">&lt;.nrrd" : "&lt;b'.nrrd";
    const std::string heading = any_is_legal ? "&lt;b onclick=&quot;x&quot;&gt;&amp;lt;.nrrd" : "&amp;lt;b&#39;.nrrd";
    const Volume source = phantom::noise({6, 5, 4}, SampleType::uint8);
    const Made made = make(
        source, SampleType::uint8, {}, name, [&](Findings& f) { f.command = name; }, file);
    check_well_formed(made.page);
    CHECK(made.page.find("<script") == std::string::npos);
    CHECK(made.page.find("\xE2\x80\xAE") == std::string::npos);
    CHECK(made.page.find("<h1>" + heading + "</h1>") != std::string::npos);
    const std::string shown = "</title><script>alert(1)</script>&amp;\"'\n\\xFF\\xE2\\x80\\xAE.tif";
    CHECK(pre(made.page, "<pre class=\"command\">") == shown);
    CHECK(row(made.page, "name") == "</title><script>alert(1)</script>&amp;\"'\\x0A\\xFF\\xE2\\x80\\xAE.tif (source)");
    CHECK(row(made.page, "spacing") == "0.5, 0.25, 1 mm");
    CHECK(made.page.find("from &lt;b&gt;&amp;&quot;&#39;.log") != std::string::npos);

    CHECK(escaped("a\xD8\x9C"
                  "b\xE2\x81\xA6"
                  "c\xE2\x81\xA5"
                  "d\xC3\xA4") ==
          "a\\xD8\\x9C"
          "b\\xE2\\x81\\xA6"
          "c\xE2\x81\xA5"
          "d\xC3\xA4");
}

TEST_CASE("a page shows the window, and what was clipped", "[report]") {
    Volume source({20, 10, 5}, 1, 1000);
    for (std::size_t i = 0; i < source.samples.size(); ++i) source.samples[i] = static_cast<double>(i);
    Options options;
    options.type = SampleType::uint8;
    options.window = Window{100, 600};
    const Made made = make(source, SampleType::uint16, options, "scan");
    check_well_formed(made.page);
    CHECK(row(made.page, "window") == "0 and 255 are the ends of the window, in the source 100 and 600");
    CHECK(made.page.find("<line class=\"window\" x1=\"1.00\"") != std::string::npos);
    CHECK(row(made.page, "clipped below") == "100 (10.0 %)");  // 99 becomes -0.51
    CHECK(row(made.page, "clipped above") == "399 (39.9 %)");
    CHECK(made.page.find("<ul class=\"notes\">") != std::string::npos);

    // Air, as a stage reports it.
    const Made air = make(source, SampleType::uint16, {}, "scan",
                          [](Findings& f) { f.results[0].report->air = Air{true, 12, 250, 7, 250, 1000}; });
    CHECK(row(air.page, "air") == "below 250: set to 7, 250 (25.0 %) of the samples; the most frequent value was 12");
    CHECK(air.page.find("<line class=\"air\" x1=\"250.00\"") != std::string::npos);
    CHECK(row(made.page, "air") == "(no row)");
}

TEST_CASE("bars of a page's histogram", "[report]") {
    // 100 values, as often as their number.
    Volume source({10, 505, 1}, 1, 0);
    std::size_t at = 0;
    for (int value = 1; value <= 100; ++value) {
        for (int i = 0; i < value; ++i) source.samples[at++] = value;
    }
    const Made made = make(source, SampleType::uint8, {}, "scan");
    const std::regex bar("M([0-9.]+) 200.00V([0-9.]+)H([0-9.]+)V200.00z");
    const std::size_t start = made.page.find("<path class=\"bars\" d=\"");
    const std::string path = made.page.substr(start, made.page.find("\"/>", start) - start);
    int value = 0;
    for (std::sregex_iterator found(path.begin(), path.end(), bar); found != std::sregex_iterator(); ++found) {
        ++value;
        CHECK(std::abs(std::stod((*found)[1]) - (value - 1) * 10) < 0.006);
        CHECK(std::abs(std::stod((*found)[3]) - value * 10) < 0.006);
        const double height = 200 - std::stod((*found)[2]);
        CHECK(std::abs(height - 192 * std::log(1 + value) / std::log(101)) < 0.006);
    }
    CHECK(value == 100);
    CHECK(made.page.find("<span>1</span>") != std::string::npos);
    CHECK(made.page.find("<span>100</span>") != std::string::npos);
    const Volume none({5, 4, 3}, 1, std::nan(""));
    const Made empty = make(none, SampleType::float32, {}, "scan");
    check_well_formed(empty.page);
    CHECK(empty.page.find("No sample has a finite value.") != std::string::npos);
    CHECK(row(empty.page, "without a number") == "60 (100.0 %) are NaN or infinite");
}

TEST_CASE("a page is a .html file, and safe as other files are", "[report]") {
    const support::TempFolder folder;
    const auto findings = []() -> const Findings& { throw Error(ErrorCode::io, "no"); };
    for (const char* name : {"page", "page.txt", "page.html.gz", "html"}) {
        std::string sentence;
        CHECK(support::refusal([&] { (void)page_sink(folder / name, true, findings); }, &sentence) ==
              ErrorCode::invalid_argument);
        CHECK(sentence.find(".html was expected") != std::string::npos);
    }
    for (const char* name : {"a.html", "b.htm", "c.HTML"}) {
        CHECK(page_sink(folder / name, false, findings)->files() == std::vector{folder / name});
    }
    std::ofstream(folder / "old.html") << "old";
    CHECK(support::refusal([&] { (void)page_sink(folder / "old.html", false, findings); }) ==
          ErrorCode::invalid_argument);
    {
        const std::unique_ptr<Sink> sink = page_sink(folder / "old.html", true, findings);
        VolumeInfo info;
        info.size = {2, 2, 1};
        sink->begin(info);
        sink->write_slice(0, std::vector<std::byte>(4));
        CHECK(support::refusal([&] { sink->finish(); }) == ErrorCode::io);
    }
    CHECK(text_of(folder / "old.html") == "old");
    CHECK(folder.entries() == 1);
}

TEST_CASE("commands as a shell takes them", "[report]") {
    const auto text = [](std::vector<std::string> words) { return command_text(words); };
    CHECK(text({}).empty());
    CHECK(text({"stack2nrrd", "--factor", "8/3", "-o", "a_b.nrrd", "scan.01"}) ==
          "stack2nrrd --factor 8/3 -o a_b.nrrd scan.01");
    if (support::is_windows) {
        CHECK(text({"", "a b", "it's", "$x", "~", "a*", "m\xC3\xBC", "C:\\a", "a,b"}) ==
              "\"\" \"a b\" \"it's\" \"$x\" \"~\" \"a*\" \"m\xC3\xBC\" C:\\a \"a,b\"");
        CHECK(text({"a \"b\\\"", "c d\\\\"}) == "\"a \\\"b\\\\\\\"\" \"c d\\\\\\\\\"");
        return;
    }
    CHECK(text({"", "a b", "it's", "$x", "~", "a*", "m\xC3\xBC"}) == "'' 'a b' 'it'\\''s' '$x' '~' 'a*' 'm\xC3\xBC'");
    CHECK(text({"a\nb'\\\xFF"}) == "$'a\\012b\\'\\\\\\377'");
    CHECK(text({"a\xE2\x80\xAE"}) == "$'a\\342\\200\\256'");
}

TEST_CASE("bytes as text", "[report]") {
    const auto text = [](std::string_view bytes) { return base64(std::as_bytes(std::span(bytes))); };
    CHECK(text("").empty());  // the examples of RFC 4648
    CHECK(text("f") == "Zg==");
    CHECK(text("fo") == "Zm8=");
    CHECK(text("foo") == "Zm9v");
    CHECK(text("foob") == "Zm9vYg==");
    CHECK(text("fooba") == "Zm9vYmE=");
    CHECK(text("foobar") == "Zm9vYmFy");
    CHECK(text("\xFF\xFE\xFD") == "//79");
}
