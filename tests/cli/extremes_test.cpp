// Values of options at the ends of what can be written: each is right, or one sentence with status 2 or 6. Nothing
// overflows: with sanitizers this table finds what does.

#include "cli/program.hpp"
#include "cli/slices.hpp"
#include "support/catch.hpp"

#include <algorithm>
#include <string>
#include <vector>

using namespace cli_test;

namespace {

struct Row {
    Arguments options;
    std::vector<int> statuses;
};

std::string text_of(const Arguments& options) {
    std::string text;
    for (const std::string& option : options) text += option + " ";
    return text;
}

}  // namespace

TEST_CASE("extreme values of options are right or refused", "[cli]") {
    const Folder folder;
    write_stack(folder / "stack", 7);
    const std::vector<Row> rows{
        {{"--size", "1000000000,1000000000,1000000000"}, {6}},
        {{"--size", "1000000000"}, {6}},
        {{"--size", "1000000000,1000000000,1"}, {6}},
        {{"--size", "1000000000,1,1"}, {0, 6}},
        {{"--size", "1,1,1000000000"}, {0, 6}},
        {{"--size", "0,0,1000000000"}, {2, 6}},
        {{"--size", "1000000000,0,0"}, {2, 6}},
        {{"--size", "2097152,2097152,2097152"}, {6}},
        {{"--size", "1000000001"}, {2}},
        {{"--size", "99999999999999999999"}, {2}},
        {{"--size", "1e9"}, {2}},
        {{"--size", "-1"}, {2}},
        {{"--size", "1"}, {0}},
        {{"--factor", "1e7"}, {0}},
        {{"--factor", "1e9"}, {0}},
        {{"--factor", "1000000000"}, {0}},
        {{"--factor", "1000000000/999999999"}, {0}},
        {{"--factor", "999999999/7"}, {0}},
        {{"--factor", "1e7", "--kernel", "kaiser:64,100"}, {0}},
        {{"--factor", "1e9", "--kernel", "gauss:0.000001,10000000"}, {0, 2}},
        {{"--factor", "1e9", "--kernel", "mode"}, {0, 2}},
        {{"--factor", "1e9", "--kernel", "nearest"}, {0}},
        {{"--factor", "1e9", "--align", "first"}, {0}},
        {{"--factor", "1e10"}, {2}},
        {{"--factor", "1e-3"}, {2}},
        {{"--factor", "1e99999999999999999999"}, {2}},
        {{"--factor", "0"}, {2}},
        {{"--factor", "1/0"}, {2}},
        {{"--factor", "nan"}, {2}},
        {{"--factor", "999999999999999999999999"}, {2}},
        {{"--factor", "-9223372036854775808"}, {2}},
        {{"--crop", "0:1000000000,,"}, {2}},
        {{"--crop", "999999999:1000000000,,"}, {2}},
        {{"--crop", "0:99999999999999999999,,"}, {2}},
        {{"--crop", "15:16,11:12,6:7"}, {0}},
        {{"--crop", "15:16,11:12,6:7", "--factor", "1e9"}, {0}},
        {{"--crop", "15:16,11:12,6:7", "--size", "1000000"}, {0, 6}},
        {{"--step", "1000000000"}, {0}},
        {{"--step", "1000000000", "--factor", "1e9"}, {0, 2}},
        {{"--step", "1000000001"}, {2}},
        {{"--step", "0"}, {2}},
        {{"--step", "9223372036854775808"}, {2}},
        {{"--threads", "1024"}, {0}},
        {{"--threads", "1025"}, {2}},
        {{"--threads", "4294967296"}, {2}},
        {{"--threads", "-1"}, {2}},
        {{"--memory", "8000000T"}, {0}},
        {{"--memory", "99999999T"}, {2}},
        {{"--memory", "1e30"}, {2}},
        {{"--memory", "1"}, {6}},
        {{"--memory", "0"}, {2}},
        {{"--memory", "-1"}, {2}},
        {{"--memory", "nan"}, {2}},
        {{"--memory", "18446744073709551616"}, {2}},
        {{"--memory", "17M", "--threads", "1024"}, {0, 6}},
        {{"--level", "0"}, {2}},
        {{"--level", "10"}, {2}},
        {{"--level", "4294967297"}, {2}},
        {{"--origin", "1e308,1e308,1e308"}, {0}},
        {{"--origin", "-1.7976931348623157e308,0,0"}, {0}},
        {{"--origin", "1e308,1e308,1e308", "--spacing", "1e308"}, {0, 2}},
        {{"--origin", "1e309,0,0"}, {2}},
        {{"--origin", "nan,0,0"}, {2}},
        {{"--origin", "inf,0,0"}, {2}},
        {{"--spacing", "1e-3"}, {0}},
        {{"--spacing", "1e308"}, {0}},
        {{"--spacing", "1e308", "--factor", "100"}, {0, 2}},
        {{"--spacing", "1e308", "--space-units", "m"}, {2}},
        {{"--spacing", "1e-320", "--space-units", "nm"}, {2}},
        {{"--spacing", "5e-324"}, {0}},
        {{"--spacing", "0"}, {2}},
        {{"--spacing", "-1"}, {2}},
        {{"--spacing", "1e400"}, {2}},
        {{"--roi", "0,0,0,1e308,1e308,1e308"}, {0}},
        {{"--roi", "1e308,0,0,1,1,1"}, {2}},
        {{"--roi", "0,0,0,1e-300,1e-300,1e-300"}, {0, 2}},
        {{"--roi", "1e308,1e308,1e308,1e308,1e308,1e308", "--spacing", "1e-300"}, {0, 2}},
        {{"--window", "0,5e-324"}, {0, 2}},
        {{"--window", "-1e308,1e308"}, {0, 2}},
        {{"--window", "1e309,2e309"}, {2}},
        {{"--channel", "99999999999"}, {2}},
        {{"--time", "1000000000"}, {2, 3}},
        {{"--time", "99999999999999999999"}, {2}},
        {{"--kernel", "lanczos:64"}, {0}},
        {{"--kernel", "lanczos:1e9"}, {2}},
        {{"--kernel", "gauss:1e-300,1e300"}, {0, 2}},
        {{"--kernel", "cubic:1e308,1e308"}, {0, 2}},
    };
    for (const Row& row : rows) {
        Arguments arguments{"stack", "--info"};
        arguments.insert(arguments.end(), row.options.begin(), row.options.end());
        const Result result = run_in(folder.path(), arguments);
        INFO(text_of(row.options) << "\n" << result.out << result.err);
        CHECK(std::find(row.statuses.begin(), row.statuses.end(), result.status) != row.statuses.end());
        CHECK(result.out.find(" -9") == std::string::npos);
        CHECK(result.err.find(" -9") == std::string::npos);
        CHECK((result.status == 0 || !result.err.empty() || result.out.find("problem ") != std::string::npos));
    }
}

TEST_CASE("runs at the ends of the numbers", "[cli]") {
    const Folder folder;
    write_stack(folder / "stack", 7);
    const auto status_of = [&](Arguments options) {
        Arguments arguments{"stack", "-o", "o.nrrd", "--force"};
        arguments.insert(arguments.end(), options.begin(), options.end());
        const Result result = run_in(folder.path(), arguments);
        INFO(text_of(options) << result.err);
        CHECK(result.status < 1000);
        CHECK(result.status >= 0);
        return result.status;
    };
    CHECK(status_of({"--factor", "1e7"}) == 0);
    CHECK(status_of({"--factor", "1e9", "--kernel", "kaiser:64,100"}) == 0);
    CHECK(status_of({"--size", "20000,1,1"}) == 0);
    CHECK(status_of({"--spacing", "1e307,1e-307,1", "--preview", "p.png"}) == 0);
    CHECK(status_of({"--spacing", "1e308", "--preview", "p.png"}) == 0);
    CHECK(status_of({"--spacing", "5e-324", "--preview", "p.png"}) == 0);
    CHECK(status_of({"--threads", "1024", "--memory", "64M"}) == 0);
    CHECK(status_of({"--size", "1,1000000000,1000000000"}) != 0);  // found out before the disk is full
}
