// The progress bar on terminals, real ones of tmux among them.

#include "cli/posix/terminal.hpp"
#include "cli/progress_run.hpp"
#include "support/catch.hpp"

#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

using namespace cli_test;

namespace {

/// What was between a carriage return and the end of a line that was wiped: the bars.
std::vector<std::string> bars_in(const std::string& text) {
    std::vector<std::string> bars;
    for (std::size_t end = text.find("\x1b[K"); end != std::string::npos; end = text.find("\x1b[K", end + 1)) {
        const std::size_t begin = text.rfind('\r', end);
        if (begin != std::string::npos && begin + 1 < end) bars.push_back(text.substr(begin + 1, end - begin - 1));
    }
    return bars;
}

std::string output_of(const Arguments& command) {
    Program program{Arguments(command.begin() + 1, command.end())};
    program.program = command.front();
    return program.run().out;
}

}  // namespace

TEST_CASE("on a terminal the bar is one line that does not wrap, and nothing of it remains", "[cli]") {
    const ProgressRun run(200);
    for (const int columns : {80, 60, 40, 20, 9}) {
        const TerminalRun::Result result = TerminalRun{run.arguments, run.folder.path(), columns}.run();
        CAPTURE(columns, result.text);
        CHECK(result.status == 0);
        const std::vector<std::string> bars = bars_in(result.text);
        CHECK_FALSE(bars.empty());
        for (const std::string& bar : bars) {
            CHECK(bar.size() < static_cast<std::size_t>(columns));
            CHECK(has(bar, "[") == (columns > 31));
        }
        // At each moment: one line, the bar.
        for (std::size_t end = result.text.find("\x1b[K"); end != std::string::npos;
             end = result.text.find("\x1b[K", end + 1)) {
            CHECK(shown_by_terminal(result.text.substr(0, end), columns).size() <= 1);
        }
        const std::vector<std::string> shown = shown_by_terminal(result.text, 1000);
        REQUIRE(shown.size() == 1);
        CHECK(shown[0].starts_with("stack2nrrd: v.nrrd: "));
    }
}

TEST_CASE("a terminal without a width has that of COLUMNS, or 80", "[cli]") {
    const ProgressRun run(200);
    for (const auto& [columns, width] : std::vector<std::pair<std::string, std::size_t>>{
             {"50", 50}, {"", 80}, {"wide", 80}, {"-3", 80}, {"0", 80}, {"99999999999", 80}}) {
        TerminalRun terminal{run.arguments, run.folder.path(), 0};
        terminal.set = {{"COLUMNS", columns}};
        const TerminalRun::Result result = terminal.run();
        CAPTURE(columns, result.text);
        CHECK(result.status == 0);
        const std::vector<std::string> bars = bars_in(result.text);
        REQUIRE_FALSE(bars.empty());
        for (const std::string& bar : bars) CHECK(bar.size() == width - 1);
    }
}

TEST_CASE("a terminal that cannot wipe has no bar", "[cli]") {
    const ProgressRun run(200);
    for (const std::string kind : {"dumb", ""}) {
        for (const std::string style : {"auto", "bar"}) {
            TerminalRun terminal{run.arguments, run.folder.path(), 80, kind};
            terminal.arguments.insert(terminal.arguments.end(), {"--progress", style});
            const TerminalRun::Result result = terminal.run();
            CHECK(result.status == 0);
            CHECK(bars_in(result.text).empty());
            CHECK_FALSE(has(result.text, "\x1b"));
        }
    }
}

TEST_CASE("the bar follows the width of its terminal", "[cli]") {
    const ProgressRun run;
    TerminalRun terminal{run.arguments, run.folder.path(), 100};
    std::size_t resized_at = 0;
    terminal.on_text = [&](const std::string& text, pid_t process, const std::function<void(int)>& resize) {
        if (resized_at > 0 || bars_in(text).empty()) return;
        ::kill(process, SIGSTOP);
        resize(50);
        resized_at = text.size();
        ::usleep(200'000);  // after which a bar is due, however fast the run is
        ::kill(process, SIGCONT);
    };
    const TerminalRun::Result result = terminal.run();
    CAPTURE(result.text);
    CHECK(result.status == 0);
    REQUIRE(resized_at > 0);
    CHECK(bars_in(result.text.substr(0, resized_at)).front().size() > 50);
    // The terminal has broken the wide bar into two lines: the upper one is wiped, too.
    const std::string after = result.text.substr(resized_at);
    const std::size_t wiped = after.find("\x1b[1A\r\x1b[J");
    REQUIRE(wiped != std::string::npos);
    const std::vector<std::string> bars = bars_in(after.substr(wiped));
    REQUIRE_FALSE(bars.empty());
    for (const std::string& bar : bars) CHECK(bar.size() < 50);
}

TEST_CASE("the bar in tmux, at several widths and when they change", "[cli]") {
    if (!is_installed("tmux")) return say_skipped("there is no tmux");
    const ProgressRun run;
    const std::string socket = (run.folder / "tmux").string();
    const auto tmux = [&](Arguments arguments) {
        arguments.insert(arguments.begin(), {"tmux", "-f", "/dev/null", "-S", socket});
        return output_of(arguments);
    };
    std::string command = "sh -c 'echo $$ >pid; exec " STACK2NRRD_PROGRAM;
    for (const std::string& argument : run.arguments) command += " " + argument;
    command = "cd " + run.folder.path().string() + " && " + command + "'; echo over; sleep 60";
    for (const std::vector<int>& widths : std::vector<std::vector<int>>{{80}, {60}, {40}, {80, 60, 40}, {40, 80}}) {
        fs::remove(run.folder / "pid");
        // The new server of each goes away whatever happens.
        struct Server {
            std::function<std::string(Arguments)> tmux;
            ~Server() { tmux({"kill-server"}); }
        } const server{tmux};
        tmux({"new-session", "-d", "-s", "s", "-x", std::to_string(widths.front()), "-y", "12", command});
        const auto screen = [&] {
            std::istringstream text(tmux({"capture-pane", "-p", "-t", "s"}));
            std::vector<std::string> lines;
            for (std::string line; std::getline(text, line);) {
                if (!line.empty()) lines.push_back(line);
            }
            return lines;
        };
        // A width is changed while the program is stopped: how fast it is does not matter then.
        const auto resize = [&](int width) {
            const auto process = static_cast<pid_t>(std::stol(read_file(run.folder / "pid")));
            ::kill(process, SIGSTOP);
            tmux({"resize-window", "-t", "s", "-x", std::to_string(width)});
            std::string terminal = tmux({"display-message", "-p", "-t", "s", "#{pane_tty}"});
            terminal.pop_back();
            const std::string wanted = "12 " + std::to_string(width) + "\n";
            for (int tries = 0; tries < 500; ++tries) {
                if (output_of({"stty", "-F", terminal, "size"}) == wanted) break;
                ::usleep(10'000);
            }
            ::usleep(150'000);  // a bar is due
            ::kill(process, SIGCONT);
        };
        const auto is_bar = [](const std::string& line, int width) {
            return line.size() < static_cast<std::size_t>(width) && line.starts_with("[") && has(line, " left");
        };
        std::size_t next = 1;
        int seen = 0;
        for (int tries = 0; tries < 3000; ++tries) {
            std::vector<std::string> lines = screen();
            if (!lines.empty() && lines.back() == "over") break;
            // Between two bars there may be none for a moment, and at the end the sentence comes.
            if (lines.size() != 1 || !lines.front().starts_with("[")) continue;
            CAPTURE(widths, lines);
            CHECK(is_bar(lines.front(), widths[next - 1]));
            ++seen;
            if (next == widths.size()) continue;
            resize(widths[next]);
            for (int more = 0; more < 500 && (lines.size() != 1 || !is_bar(lines.front(), widths[next])); ++more) {
                lines = screen();
                if (!lines.empty() && lines.back() == "over") break;
            }
            CAPTURE(next);
            REQUIRE_FALSE(lines.empty());
            CHECK(lines.size() == 1);
            CHECK(is_bar(lines.front(), widths[next]));
            ++next;
        }
        const std::vector<std::string> lines = screen();
        CAPTURE(widths, lines, seen);
        CHECK(seen > 0);
        CHECK(next == widths.size());
        // The sentence about the result, in as many lines as it takes, and nothing of a bar.
        REQUIRE_FALSE(lines.empty());
        CHECK(lines.front().starts_with("stack2nrrd: v.nrrd: "));
        CHECK(lines.back() == "over");
        for (const std::string& line : lines) CHECK_FALSE(has(line, "["));
    }
}
