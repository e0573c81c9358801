// The progress bar: its text for each width, and what there is of it without a terminal.

#include "cli/progress_run.hpp"
#include "progress_text.hpp"
#include "support/catch.hpp"

#include <string>
#include <vector>

using namespace cli_test;

TEST_CASE("a bar never fills its terminal, and has less in it the narrower that is", "[cli]") {
    for (const Pace pace : {Pace{1234, 2870, 61}, Pace{0, 1, 0}, Pace{0, 2870, 5}, Pace{2870, 2870, 100},
                            Pace{99'999, 100'000, 400'000}, Pace{1, 1'000'000, 3600}, Pace{7, 9, .001}}) {
        std::size_t parts_before = 0;
        for (int columns = 1; columns <= 300; ++columns) {
            const std::string bar = bar_text(pace, columns);
            CAPTURE(columns, bar);
            CHECK(bar.size() < static_cast<std::size_t>(columns));
            if (columns < 8) continue;
            CHECK(has(bar, " %"));
            if (columns <= 20) CHECK_FALSE(has(bar, "["));
            std::size_t parts = 0;
            for (const char* part : {" left", "/", "slices/s"}) parts += has(bar, part) ? 1 : 0;
            CHECK(parts >= parts_before);  // more room never shows less
            parts_before = parts;
            // What is shown is in this order of importance.
            if (has(bar, "slices/s")) CHECK(has(bar, "/" + std::to_string(pace.total) + " slices"));
            if (has(bar, " slices")) CHECK(has(bar, " left"));
            CHECK(has(bar, " left") == has(bar, "["));
        }
        CHECK(parts_before == 3);
    }
    const Pace pace{1234, 2870, 60};
    CHECK(bar_text(pace, 20) == "42 %");
    CHECK(bar_text(pace, 80) == "[###########               ]  42 %  1234/2870 slices  21 slices/s  0:01:20 left");
    CHECK(bar_text(pace, 79).size() < 79);
    CHECK(bar_text(pace, 120) == "[############                  ]  42 %  1234/2870 slices  21 slices/s  0:01:20 left");
    CHECK(bar_text(pace, 60) == "[########           ]  42 %  1234/2870 slices  0:01:20 left");
    CHECK(bar_text(pace, 40) == "[#######          ]  42 %  0:01:20 left");
}

TEST_CASE("durations are hours, minutes and seconds", "[cli]") {
    CHECK(duration_text(0) == "0:00:00");
    CHECK(duration_text(59.4) == "0:00:59");
    CHECK(duration_text(59.6) == "0:01:00");
    CHECK(duration_text(3599.6) == "1:00:00");
    CHECK(duration_text(445'566) == "123:46:06");
    CHECK(duration_text(-1) == "0:00:00");
    CHECK(duration_text(1e300) == "9999:00:00");
}

TEST_CASE("without a terminal there is no line in the first minute, and then one a minute", "[cli]") {
    MinuteLines lines;
    int count = 0;
    for (int second = 0; second < 600; ++second) {
        const std::string line = lines.next({second, 1200, static_cast<double>(second)});
        CAPTURE(second, line);
        CHECK(line.empty() == (second == 0 || second % 60 != 0));
        count += line.empty() ? 0 : 1;
    }
    CHECK(count == 9);
    // A slow slice delays a line, and the next is that of the next whole minute.
    MinuteLines late;
    CHECK(late.next({1, 10, 59.9}).empty());
    CHECK(late.next({2, 10, 130}) == "20 %, 2 of 10 slices, 0:02:10 gone, 0:08:40 left");
    CHECK(late.next({2, 10, 179}).empty());
    CHECK_FALSE(late.next({3, 10, 180}).empty());

    const ProgressRun run(200);
    for (const std::string style : {"auto", "bar"}) {
        Arguments arguments = run.arguments;
        arguments.insert(arguments.end(), {"--progress", style});
        const Result result = run_in(run.folder.path(), arguments);
        CHECK(result.status == 0);
        CHECK_FALSE(has(result.err, "\r"));
        CHECK_FALSE(has(result.err, "\x1b"));
        check_sentence(result, {"v.nrrd"});  // and no other line
    }
}
