// Names as programs and people give them, made in a known order and shuffled: the order has to come out again, or it
// has to be said why it cannot.

#include "stack/series.hpp"

#include "support/catch.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdarg>
#include <cstdio>
#include <functional>
#include <numeric>
#include <random>
#include <string>
#include <vector>

using namespace stack2nrrd;

namespace {

using Texts = std::vector<std::string>;

__attribute__((format(printf, 1, 2))) std::string text(const char* format, ...) {
    std::array<char, 256> buffer{};
    va_list arguments;
    va_start(arguments, format);
    std::vsnprintf(buffer.data(), buffer.size(), format, arguments);
    va_end(arguments);
    return buffer.data();
}

Texts made(int count, const std::function<std::string(int)>& name) {
    Texts names;
    for (int i = 0; i < count; ++i) names.push_back(name(i));
    return names;
}

/// What came of names, which are given in their right order and found in another.
struct Outcome {
    std::size_t series = 0;
    Verdict verdict = Verdict::none;
    Texts order;
    Numbering numbering;
    Texts gaps;
};

Outcome outcome_of(Texts names) {
    std::shuffle(names.begin(), names.end(), std::mt19937(static_cast<std::uint32_t>(names.size())));
    const Names views(names.begin(), names.end());
    const std::vector<Series> found = find_series(views);
    Outcome outcome;
    outcome.series = found.size();
    outcome.verdict = found.front().verdict;
    if (!found.front().number) return outcome;
    outcome.numbering = find_numbering(views, numbers_in(views, found.front().members, *found.front().number));
    for (const NumberedName& slice : outcome.numbering.slices) outcome.order.push_back(names[slice.name]);
    for (const Gap& gap : outcome.numbering.gaps) outcome.gaps.push_back(gap.text);
    return outcome;
}

/// Seconds of a day, or of two, as hours, minutes, seconds.
struct Time {
    int day, hour, minute, second;
    explicit Time(int seconds)
        : day(seconds / 86400), hour(seconds / 3600 % 24), minute(seconds / 60 % 60), second(seconds % 60) {}
};

/// Names of which all are of one series, with nothing to be said.
void check_clear(const Texts& names) {
    CAPTURE(names.front(), names.back(), names.size());
    const Outcome outcome = outcome_of(names);
    CHECK(outcome.series == 1);
    CHECK(outcome.verdict == Verdict::clear);
    CHECK((outcome.order == names));
    CHECK(outcome.gaps.empty());
    CHECK(outcome.numbering.duplicates.empty());
}

/// The same, and each slice that is taken away is missed in its place.
void check_counted(const Texts& names) {
    check_clear(names);
    for (const std::size_t lost : {std::size_t{1}, names.size() / 2, names.size() - 2}) {
        Texts others = names;
        others.erase(others.begin() + static_cast<std::ptrdiff_t>(lost));
        const Outcome outcome = outcome_of(others);
        CAPTURE(names.front(), names.back(), names[lost]);
        CHECK(outcome.verdict == Verdict::clear);
        CHECK((outcome.order == others));
        REQUIRE(outcome.numbering.gaps.size() == 1);
        CHECK(outcome.numbering.gaps[0].count == 1);
        CHECK(outcome.numbering.gaps[0].before == lost);
        // Where numbers are rounded, the last digit of one that is missing cannot be known.
        const std::string gap = outcome.gaps[0].substr(0, outcome.gaps[0].size() - (outcome.numbering.exact ? 0 : 2));
        CHECK(names[lost].find(gap) != std::string::npos);
    }
}

}  // namespace

TEST_CASE("a counter with a depth: every usual step of a FIB-SEM, in every usual number of decimals", "[stack]") {
    for (const double nm : {3.0, 4.0, 4.8, 5.0, 6.0, 7.0, 8.0, 10.0, 15.0, 20.0, 30.0, 50.0, 70.0}) {
        for (const int decimals : {2, 3, 4}) {
            for (const int count : {60, 200, 1000}) {
                for (const double start : {0.0, 0.95, 9.9}) {
                    const auto name = [&](int i) {
                        return text("slice_%05d_z=%.*fum.tif", i, decimals, start + nm / 1000 * i);
                    };
                    check_counted(made(count, name));
                }
            }
        }
    }
}

TEST_CASE("the depth may stand in front of the counter, or count in nm, or have a comma", "[stack]") {
    for (const double nm : {3.0, 4.8, 7.0, 10.0, 30.0}) {
        check_counted(made(120, [&](int i) { return text("z%.3f_%04d.png", nm / 1000 * i, i + 1); }));
        check_counted(made(120, [&](int i) { return text("z%06.1fnm_s%d.png", nm * i, i + 1); }));
        check_counted(made(120, [&](int i) {
            std::string name = text("%04d z=%.3fum.tif", i, nm / 1000 * i);
            name[name.find('.')] = ',';
            return name;
        }));
    }
}

TEST_CASE("depths without a counter order the slices, within the rounding of their digits", "[stack]") {
    for (const double nm : {3.0, 4.0, 4.8, 5.0, 6.0, 7.0, 10.0, 12.5, 30.0}) {
        for (const int decimals : {3, 4}) {
            for (const int count : {60, 333, 1000}) {
                for (const double start : {0.0, 0.95, 12.0}) {
                    check_counted(
                        made(count, [&](int i) { return text("z=%.*fum.tif", decimals, start + nm / 1000 * i); }));
                }
            }
        }
    }
    check_counted(made(100, [](int i) { return text("x1.50_y2.25_z%.2f.tif", 0.5 * i); }));
    check_counted(made(100, [](int i) { return text("z%dnm.tif", 7 * i); }));
    check_counted(made(100, [](int i) { return text("z%05.0fnm.tif", 4.8 * i); }));
}

TEST_CASE("decimals are written as programs write them", "[stack]") {
    // As many digits as the number needs: 0.0, 0.25, 0.5, 0.75, 1.0.
    const auto shortest = [](int i) {
        std::string digits = text("%.2f", 0.25 * i);
        if (digits.ends_with('0')) digits.pop_back();
        return "z" + digits + ".tif";
    };
    check_clear(made(50, shortest));
    const Outcome eighths = outcome_of({"z0.0.tif", "z0.125.tif", "z0.25.tif", "z0.375.tif", "z0.5.tif"});
    CHECK(eighths.order == Texts{"z0.0.tif", "z0.125.tif", "z0.25.tif", "z0.375.tif", "z0.5.tif"});
    CHECK(eighths.gaps.empty());
}

TEST_CASE("a point does not make a decimal of everything", "[stack]") {
    check_counted(made(40, [](int i) { return text("scan.%04d.tif", i); }));
    check_counted(made(40, [](int i) { return text("sample12.%d.tif", i + 1); }));  // 12.9, 12.10
    check_counted(made(40, [](int i) { return text("1.2.%d.tif", i); }));           // a version, then a number
    check_counted(made(40, [](int i) { return text("v1.2_%d.tif", i); }));
    check_counted(made(40, [](int i) { return text("%04d.8bit.tif", i); }));
    check_counted(made(40, [](int i) { return text("2024.01.31_%03d.tif", i); }));
    check_clear(made(40, [](int i) { return text("%d.0.tif", 10 * i); }));
    check_clear(made(28, [](int i) { return text("2024.%02d.%02d.tif", 1 + i / 14, 15 + i % 14); }));
    check_clear(made(28, [](int i) { return text("%02d.%02d.2024.tif", 15 + i % 14, 1 + i / 14); }));
    // Two samples, as a decimal 9901 slices apart: no gap that could be filled.
    const Outcome samples = outcome_of(made(200, [](int i) { return text("%d.%04d.tif", 12 + i / 100, 1 + i % 100); }));
    CHECK(samples.numbering.missing > 200);
    CHECK(outcome_of(made(24, [](int i) { return text("%d.%d.tif", 1 + i / 12, 1 + i % 12); })).verdict ==
          Verdict::several);
}

TEST_CASE("a '-' may be a minus sign or a dash", "[stack]") {
    check_counted(made(41, [](int i) { return text("z=%.2fum.tif", 0.05 * (i - 20) + (i < 20 ? -1e-9 : 1e-9)); }));
    check_counted(made(41, [](int i) { return text("z%.1f.tif", 0.5 * (i - 20) + 1e-9); }));
    check_counted(made(41, [](int i) { return text("z_%d.tif", i - 20); }));
    check_counted(made(43, [](int i) { return text("z%d.tif", i - 20); }));
    check_counted(made(41, [](int i) { return text("z%+d.tif", i - 20); }));
    check_counted(made(41, [](int i) { return text("%04d_z=%.2f.tif", i, 0.07 * (i - 20) + 1e-9); }));
    check_counted(made(41, [](int i) { return text("scan-%03d.tif", i); }));
    check_counted(made(41, [](int i) { return text("2024-01-31-%03d.tif", i); }));
    check_clear(made(41, [](int i) { return text("z=%.2f.tif", -5 + 0.1 * i); }));
    // Two series, one with a dash.
    Texts two = made(5, [](int i) { return text("scan-%d.tif", i + 1); });
    for (int i = 0; i < 5; ++i) two.push_back(text("scan%d.tif", i + 1));
    CHECK(outcome_of(two).series == 2);
}

TEST_CASE("a counter with a date and a time, also over midnight", "[stack]") {
    const std::vector<std::function<std::string(int, const Time&)>> kinds{
        [](int i, const Time& t) {
            return text("Slice_%04d_202401%02d_%02d%02d%02d.tif", i, 1 + t.day, t.hour, t.minute, t.second);
        },
        [](int i, const Time& t) {
            return text("2024-01-%02dT%02d-%02d-%02d_%d.tif", 1 + t.day, t.hour, t.minute, t.second, i);
        },
        [](int i, const Time& t) {
            return text("%d at %02d.%02d.2024 %02d:%02d:%02d.tif", i, 1 + t.day, 12, t.hour, t.minute, t.second);
        },
        [](int i, const Time& t) { return text("%02d%02d%02d_%05d.tif", t.hour, t.minute, t.second, i); },
        [](int i, const Time& t) { return text("%05d_%02dh%02dm%02ds.tif", i, t.hour, t.minute, t.second); }};
    for (std::size_t kind = 0; kind < kinds.size(); ++kind) {
        for (const int step : {1, 7, 63, 600}) {
            for (const int count : {8, 60, 100}) {
                CAPTURE(kind, step, count);
                const auto name = [&](int i) {
                    return kinds[kind](i, Time(86400 - 180 + step * i + (step > 5 ? i * i % 5 : 0)));
                };
                check_counted(made(count, name));
            }
        }
    }
}

TEST_CASE("times order the slices where there is nothing else", "[stack]") {
    for (const int count : {10, 60, 250}) {
        for (const double step : {1.3, 17.0, 63.1}) {
            CAPTURE(count, step);
            const auto time = [&](int i) { return Time(9 * 3600 + 30 * 60 + static_cast<int>(step * i)); };
            const auto micro = [&](int i) { return static_cast<int>(std::lround(step * i * 10)) % 10 * 100000; };
            check_clear(made(count, [&](int i) {
                const Time t = time(i);
                return text("%02d_%02d_%02d_%06d.tif", t.hour, t.minute, t.second, micro(i));
            }));
            check_clear(made(count, [&](int i) {
                const Time t = time(i);
                return text("2024-01-31 %02d.%02d.%02d.tif", t.hour, t.minute, t.second);
            }));
            check_clear(made(count, [&](int i) {
                const Time t = time(i);
                return text("img20240131%02d%02d%02d.tif", t.hour, t.minute, t.second);
            }));
            check_clear(made(count, [&](int i) { return text("f_%lld.tif", std::llround(1.7e9 + step * i)); }));
            check_clear(made(count, [&](int i) { return text("f_%lld.tif", std::llround(1.7e12 + step * 1000 * i)); }));
        }
    }
    // Once a second, a whole minute: the seconds alone would count without a gap, from the wrong one on.
    const Outcome minute =
        outcome_of(made(60, [](int i) { return text("12_%02d_%02d.tif", 30 + (50 + i) / 60, (50 + i) % 60); }));
    CHECK((minute.verdict == Verdict::disputed || minute.order.front() == "12_30_50.tif"));
    // No date: nobody can tell which day.
    const Outcome midnight = outcome_of(made(20, [](int i) {
        const Time t(86400 - 600 + 61 * i);
        return text("%02d%02d%02d.tif", t.hour, t.minute, t.second);
    }));
    CHECK(midnight.numbering.past_midnight);
}

TEST_CASE("numbers that order the slices differently, and count equally well, are never chosen from", "[stack]") {
    for (const int count : {2, 8, 100}) {
        CAPTURE(count);
        const auto verdict = [&](const std::function<std::string(int)>& name) {
            return outcome_of(made(count, name)).verdict;
        };
        CHECK(verdict([&](int i) { return text("sec%03d_%03d.tif", i, count - 1 - i); }) == Verdict::disputed);
        CHECK(verdict([&](int i) { return text("sec%d_%d.tif", 100 + i, count - i); }) == Verdict::disputed);
        CHECK(verdict([&](int i) { return text("%.2f_%.2f.tif", 0.25 * i, 10 - 0.01 * i); }) == Verdict::disputed);
    }
    // Channels with a counter that runs through all of them.
    CHECK(outcome_of(made(20, [](int i) { return text("c%d_%03d.tif", 1 + i % 2, i); })).verdict == Verdict::disputed);
    CHECK(outcome_of(made(20, [](int i) { return text("s%d_%03d.tif", 2 - i / 10, i); })).verdict == Verdict::disputed);
}

TEST_CASE("what counts orders, and it is stated that something else would not", "[stack]") {
    const auto check_stated = [](const Texts& names) {
        CAPTURE(names.front(), names.back());
        const Outcome outcome = outcome_of(names);
        CHECK(outcome.verdict == Verdict::stated);
        CHECK((outcome.order == names));
        CHECK(outcome.gaps.empty());
    };
    check_stated(made(50, [](int i) { return text("%05d_z=%.2fum.tif", i, 20 - 0.07 * i); }));  // depths from below
    check_stated(made(50, [](int i) { return text("z%.3f_%d.tif", 20 - 0.0048 * i, i); }));
    check_stated(made(50, [](int i) { return text("id%d_%03d.tif", (i * 7919 + 13) % 10007, i); }));
    check_stated(made(50, [](int i) { return text("%03d_id%d.tif", i, (i * 7919 + 13) % 10007); }));
    check_stated(made(50, [](int i) { return text("id%d_z%.2f.tif", (i * 7919 + 13) % 10007, 0.25 * i); }));
    // The camera's counter went over; the times did not.
    check_stated(
        made(50, [](int i) { return text("20240131_12%02d%02d_%04d.tif", i, i * 7 % 60, (9980 + i) % 10000); }));
}

TEST_CASE("numbers of which none tells all slices apart", "[stack]") {
    CHECK(outcome_of(made(30, [](int i) { return text("r%03d_c%03d.tif", i / 6, i % 6); })).verdict ==
          Verdict::several);
    CHECK(outcome_of(made(60, [](int i) { return text("s%d_c%d_t%d.tif", i / 6, i / 2 % 3, i % 2); })).verdict ==
          Verdict::several);
    CHECK(outcome_of(made(60, [](int i) { return text("%02d_%02d_%02d.tif", i / 20, i / 10 % 2, i % 10); })).verdict ==
          Verdict::several);
    CHECK(outcome_of(made(40, [](int i) { return text("IMG_%04d (%d).jpg", i / 4, 1 + i % 4); })).verdict ==
          Verdict::several);
    check_counted(made(40, [](int i) { return text("name (%d).jpg", 1 + i); }));
}

TEST_CASE("counters that began anew", "[stack]") {
    for (const int low : {0, 1}) {
        for (const int count : {10, 5000}) {
            CAPTURE(low, count);
            const Outcome outcome = outcome_of(made(count, [&](int i) {
                const int number = 10000 - count / 2 + i;
                return text("IMG_%04d.JPG", number < 10000 ? number : number - 10000 + low);
            }));
            CHECK(outcome.numbering.wrapped);
        }
    }
    CHECK_FALSE(outcome_of(made(10000, [](int i) { return text("IMG_%04d.JPG", i); })).numbering.wrapped);
    Texts one_lost = made(10000, [](int i) { return text("IMG_%04d.JPG", i); });
    one_lost.erase(one_lost.begin() + 5000);
    CHECK_FALSE(outcome_of(one_lost).numbering.wrapped);
    CHECK(outcome_of(one_lost).gaps == Texts{"5000"});
}

TEST_CASE("plain counters of every kind", "[stack]") {
    for (const int count : {5, 12, 120, 1200}) {
        check_counted(made(count, [](int i) { return text("%d.tif", i); }));
        check_counted(made(count, [](int i) { return text("a_%05d.tif", i); }));
        check_counted(made(count, [](int i) { return text("s03_%04d_c1.tif", i); }));
        check_counted(made(count, [](int i) { return text("s%d_%d.tif", 3 + i / 50, i); }));
        check_clear(made(count, [](int i) { return text("a_%0*d.tif", i % 3 + 1, i); }));
        check_counted(made(count, [](int i) { return text("a_%06d.tif", i); }));  // 000000: not a time
        check_counted(made(count, [](int i) { return text("a_%d.tif", 20240100 + i); }));
    }
}

TEST_CASE("random words do not hide a counter, and are no order themselves", "[stack]") {
    std::mt19937 random(5);
    const auto hash = [&](int length) {
        std::string word;
        while (static_cast<int>(word.size()) < length) word += "0123456789abcdef"[random() % 16];
        return word;
    };
    for (const int length : {8, 12, 32, 40}) {
        Texts names;
        for (int i = 0; i < 200; ++i) names.push_back(text("%04d_%s.tif", i, hash(length).c_str()));
        check_counted(names);
        for (int i = 0; i < 200; ++i) names[static_cast<std::size_t>(i)] = text("%s-%d.tif", hash(length).c_str(), i);
        check_counted(names);
        for (std::string& name : names) name = hash(length) + ".tif";
        CHECK(outcome_of(names).verdict == Verdict::random);
        for (std::string& name : names) {
            name = hash(8) + "-" + hash(4) + "-" + hash(4) + "-" + hash(4) + "-" + hash(12) + ".tif";
        }
        CHECK(outcome_of(names).series == 1);
        CHECK(outcome_of(names).verdict == Verdict::random);
    }
}

TEST_CASE("one name in two Unicode forms is one name", "[stack]") {
    const std::string composed =
        "Sch\xC3\xA4"
        "del_";
    const std::string decomposed =
        "Scha\xCC\x88"
        "del_";
    check_counted(made(40, [&](int i) { return (i < 20 ? composed : decomposed) + text("%04d.tif", i); }));
    Texts twins = made(10, [&](int i) { return composed + text("%04d.tif", i); });
    twins.push_back(decomposed + "0003.tif");
    const Outcome outcome = outcome_of(twins);
    CHECK(outcome.series == 1);
    REQUIRE(outcome.numbering.duplicates.size() == 1);
    CHECK(outcome.numbering.duplicates[0] == Range{3, 5});
}

TEST_CASE("times of day that are only seconds apart, and everything else, take time in proportion", "[stack]") {
    const Texts names = made(20000, [](int i) { return text("slice_%05d_z=%.4fum_%03d.tif", i, 0.0048 * i, i % 7); });
    const Names views(names.begin(), names.end());
    CHECK(find_series(views).front().number->kind == NumberKind::whole);
}
