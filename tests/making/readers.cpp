// Sources of a program's own that fail, wait, or do not deliver what they say: see SliceReader.

#include "import/recipe.hpp"
#include "support/catch.hpp"
#include "support/own_source.hpp"
#include "support/phantom.hpp"
#include "support/temp_folder.hpp"

#include <stack2nrrd/error.hpp>
#include <stack2nrrd/import.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <functional>
#include <limits>
#include <memory>
#include <new>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace {

using namespace import_test;
using namespace std::chrono_literals;
using stack2nrrd::Error;
using stack2nrrd::RowSink;
using support::OwnSource;

constexpr phantom::Size size{12, 10, 16};

std::shared_ptr<OwnSource> new_source(bool in_order = false) {
    auto source = std::make_shared<OwnSource>(phantom::noise(size, SampleType::uint16), SampleType::uint16);
    source->in_order = in_order;
    return source;
}

Options with_threads(unsigned threads, const char* factor = "2") {
    Options options;
    options.threads = threads;
    stack2nrrd::set_option(options, "factor", factor);
    return options;
}

/// A run into a file; what it throws.
void run_into(const support::TempFolder& out, const std::shared_ptr<OwnSource>& source, const Options& options,
              const stack2nrrd::KeepGoing& keep_going = {}) {
    const auto plan = stack2nrrd::plan_import(stack2nrrd::stack_from(source), options);
    const auto sink = stack2nrrd::nrrd_sink(out / "v.nhdr");
    stack2nrrd::run_import(plan, *sink, keep_going);
}

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

struct OwnFailure : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// What a run throws, in words; "none" if nothing.
template <class Action>
std::string thrown_by(Action action) {
    try {
        action();
    } catch (const Error& error) {
        return "Error " + std::to_string(static_cast<int>(error.code())) + " " + error.what();
    } catch (const OwnFailure& failure) {
        return std::string("own ") + failure.what();
    } catch (const std::bad_alloc&) {
        return "bad_alloc";
    } catch (int number) {
        return "int " + std::to_string(number);
    }
    return "none";
}

std::string text_of(ErrorCode code, const std::string& sentence) {
    return "Error " + std::to_string(static_cast<int>(code)) + " " + sentence;
}

}  // namespace

TEST_CASE("of several slices that a reader cannot read the first is reported, unchanged", "[making]") {
    struct Kind {
        std::function<void(Index z)> fail;
        std::string expected;  ///< of slice 5
    };
    const std::vector<Kind> kinds{
        {[](Index z) { throw Error(ErrorCode::unsupported, "slice " + std::to_string(z)); },
         text_of(ErrorCode::unsupported, "slice 5")},
        {[](Index z) { throw OwnFailure(std::to_string(z)); }, "own 5"},
        {[](Index z) { throw static_cast<int>(z); }, "int 5"},
        {[](Index) { throw std::bad_alloc(); }, "limit"},
    };
    for (const Kind& kind : kinds) {
        for (const bool in_order : {false, true}) {
            for (const bool early : {false, true}) {
                for (const unsigned threads : {1U, 2U, 5U}) {
                    const auto source = new_source(in_order);
                    OwnSource& s = *source;
                    s.instead = [&](Index z, Range rows, RowSink& sink) {
                        if (z == 5) std::this_thread::sleep_for(1ms);  // the others fail before it
                        if (z >= 5 && early) kind.fail(z);
                        s.push(z, z >= 5 ? Range{rows.first, rows.first + 4} : rows, sink);
                        if (z >= 5) kind.fail(z);
                    };
                    const support::TempFolder out;
                    const std::string thrown = thrown_by([&] { run_into(out, source, with_threads(threads)); });
                    CAPTURE(thrown, kind.expected, in_order, early, threads);
                    if (kind.expected == "limit") {
                        CHECK(thrown.starts_with(text_of(ErrorCode::limit, "the system has no more memory")));
                    } else {
                        CHECK(thrown == kind.expected);
                    }
                    CHECK(out.entries() == 0);
                    CHECK_FALSE(s.shared);
                    CHECK_FALSE(s.asked_again);
                    if (in_order) {
                        CHECK((s.read() == std::vector<Index>{0, 1, 2, 3, 4, 5}));
                        CHECK(s.readers == 1);
                    }
                }
            }
        }
    }
    // The same in a survey.
    for (const bool in_order : {false, true}) {
        const auto source = new_source(in_order);
        for (const Kind& kind : kinds) {
            source->instead = [&](Index z, Range rows, RowSink& sink) {
                if (z >= 5) kind.fail(z);
                source->push(z, rows, sink);
            };
            const std::string thrown = thrown_by(
                [&] { (void)stack2nrrd::survey_window(stack2nrrd::stack_from(source), with_threads(2, "1")); });
            CHECK(thrown.starts_with(kind.expected == "limit" ? text_of(ErrorCode::limit, "") : kind.expected));
        }
    }
}

TEST_CASE("a slice that is not needed may be as bad as it likes", "[making]") {
    const auto source = new_source();
    source->instead = [&](Index z, Range rows, RowSink& sink) {
        if (z < 4 || z >= 9) throw OwnFailure("not needed");
        source->push(z, rows, sink);
    };
    Options options = with_threads(3, "1");
    stack2nrrd::set_option(options, "crop", ",,4:9");
    CHECK(import_bytes(stack2nrrd::stack_from(source), options).size() == 12 * 10 * 2 * 5);
}

TEST_CASE("rows other than those that were asked for are refused", "[making]") {
    using Push = std::function<void(OwnSource & s, Index z, Range rows, RowSink & sink)>;
    constexpr Index most = std::numeric_limits<Index>::max();
    const auto claim = [](Index y, Index count) {
        return [y, count](OwnSource& s, Index z, Range rows, RowSink& sink) {
            // The samples are never looked at: there are none.
            if (y < 0) sink.rows(rows.first + y, count, nullptr);
            s.push(z, {rows.first, rows.first + 2}, sink);
            sink.rows(y, count, nullptr);
        };
    };
    const std::vector<std::pair<std::string, Push>> lies{
        {"none", [](OwnSource&, Index, Range, RowSink&) {}},
        {"fewer",
         [](OwnSource& s, Index z, Range rows, RowSink& sink) {
             s.push(z, {rows.first, rows.end - 1}, sink);
         }},
        {"not the first",
         [](OwnSource& s, Index z, Range rows, RowSink& sink) {
             s.push(z, {rows.first + 1, rows.end}, sink);
         }},
        {"a gap",
         [](OwnSource& s, Index z, Range rows, RowSink& sink) {
             s.push(z, {rows.first, rows.first + 2}, sink);
             s.push(z, {rows.first + 3, rows.end}, sink);
         }},
        {"one more",
         [](OwnSource& s, Index z, Range rows, RowSink& sink) {
             s.push(z, rows, sink);
             s.push(z, {rows.end - 1, rows.end}, sink);
         }},
        {"beyond the end",
         [](OwnSource& s, Index z, Range rows, RowSink& sink) {
             s.push(z, rows, sink);
             sink.row(rows.end, nullptr);
         }},
        {"too many at once",
         [](OwnSource&, Index, Range rows, RowSink& sink) { sink.rows(rows.first, rows.size() + 1, nullptr); }},
        {"twice",
         [](OwnSource& s, Index z, Range rows, RowSink& sink) {
             s.push(z, {rows.first, rows.first + 3}, sink);
             s.push(z, {rows.first + 2, rows.end}, sink);
         }},
        {"backward",
         [](OwnSource& s, Index z, Range rows, RowSink& sink) {
             for (Index y = rows.end; y-- > rows.first;) s.push(z, {y, y + 1}, sink);
         }},
        {"no rows at once", claim(2, 0)},
        {"a negative number", claim(2, -1)},
        {"the least number", claim(2, std::numeric_limits<Index>::min())},
        {"very many", claim(2, most)},
        {"very far", claim(most, most)},
        {"before the first", claim(-1, 1)},
        {"far before the first", claim(-most, 1)},
    };
    for (const auto& [name, push] : lies) {
        for (const bool caught : {false, true}) {  // by the reader, who then does as if nothing had been
            for (const bool in_order : {false, true}) {
                for (const unsigned threads : {1U, 3U}) {
                    for (const char* crop : {"", ",2:8,"}) {
                        const auto source = new_source(in_order);
                        OwnSource& s = *source;
                        s.instead = [&](Index z, Range rows, RowSink& sink) {
                            if (z < 3) return s.push(z, rows, sink);
                            try {
                                push(s, z, rows, sink);
                            } catch (...) {
                                if (!caught) throw;
                                try {
                                    s.push(z, rows, sink);
                                } catch (...) {
                                }
                            }
                        };
                        Options options = with_threads(threads, "1");
                        if (*crop != '\0') stack2nrrd::set_option(options, "crop", crop);
                        const support::TempFolder out;
                        const std::string thrown = thrown_by([&] { run_into(out, source, options); });
                        CAPTURE(name, thrown, caught, in_order, threads, crop);
                        CHECK(thrown.starts_with(text_of(ErrorCode::inconsistent, "the source: slice 3 ")));
                        CHECK(has(thrown, "expected"));
                        CHECK(out.entries() == 0);
                    }
                }
            }
        }
    }
}

TEST_CASE("slices that are not those of the stack are refused by the plan", "[making]") {
    const auto refused = [](const std::function<void(OwnSource&)>& change) {
        const auto source = new_source();
        const Stack stack = stack2nrrd::stack_from(source);
        change(*source);
        return thrown_by([&] { (void)stack2nrrd::plan_import(stack); });
    };
    CHECK(refused([](OwnSource&) {}) == "none");
    const std::string expected = text_of(ErrorCode::changed, "the source: has other slices");
    CHECK(refused([](OwnSource& s) { s.image_.width = 11; }).starts_with(expected));
    CHECK(refused([](OwnSource& s) { s.image_.height = 11; }).starts_with(expected));
    CHECK(refused([](OwnSource& s) { s.image_.type = SampleType::uint8; }).starts_with(expected));
    CHECK(refused([](OwnSource& s) { s.image_.colour = stack2nrrd::Colour::rgb; }).starts_with(expected));
    CHECK(refused([](OwnSource& s) { s.slices_ = 15; }).starts_with(expected));
}

TEST_CASE("more slices than there are end with what the reader says", "[making]") {
    const auto source = new_source();
    source->slices_ = 40;
    source->instead = [&](Index z, Range rows, RowSink& sink) {
        if (z >= 16) throw OwnFailure("there is no slice " + std::to_string(z));
        source->push(z, rows, sink);
    };
    for (const unsigned threads : {1U, 4U}) {
        const support::TempFolder out;
        CHECK(thrown_by([&] { run_into(out, source, with_threads(threads)); }) == "own there is no slice 16");
        CHECK(out.entries() == 0);
    }
}

TEST_CASE("a run whose reader waits on another thread can be cancelled", "[making]") {
    // The caller of run_import() tells the reader; nobody else could. Until then others wait for it.
    for (const bool in_order : {false, true}) {
        const std::thread::id caller = std::this_thread::get_id();
        const auto source = new_source(in_order);
        OwnSource& s = *source;
        std::atomic<bool> waits = false;
        std::atomic<bool> released = false;
        s.instead = [&](Index z, Range rows, RowSink& sink) {
            const auto end = std::chrono::steady_clock::now() + 20s;
            if (std::this_thread::get_id() != caller && !waits.exchange(true)) {
                while (!released && std::chrono::steady_clock::now() < end) std::this_thread::sleep_for(100us);
            } else if (z == 0) {  // lest the caller reads all of them before another thread has begun
                while (!in_order && !waits && std::chrono::steady_clock::now() < end)
                    std::this_thread::sleep_for(100us);
            } else {
                std::this_thread::sleep_for(2ms);
            }
            s.push(z, rows, sink);
        };
        const support::TempFolder out;
        int asked = 0;
        const auto started = std::chrono::steady_clock::now();
        const std::string thrown = thrown_by([&] {
            run_into(out, source, with_threads(2, "1"), [&](const stack2nrrd::Progress&) {
                if (!waits || ++asked < 3) return true;
                released = true;
                return false;
            });
        });
        CHECK(thrown == text_of(ErrorCode::cancelled, "the import was cancelled"));
        CHECK(waits);
        CHECK(std::chrono::steady_clock::now() - started < 10s);
        CHECK(out.entries() == 0);
    }
}

TEST_CASE("a slow reader is stopped between its rows", "[making]") {
    for (const bool in_order : {false, true}) {
        for (const bool caught : {false, true}) {  // by the reader, who goes on
            for (const unsigned threads : {1U, 2U}) {
                const auto source =
                    std::make_shared<OwnSource>(phantom::noise({4, 2000, 3}, SampleType::uint8), SampleType::uint8);
                OwnSource& s = *source;
                s.in_order = in_order;
                std::atomic<int> pushed = 0;
                s.instead = [&](Index z, Range rows, RowSink& sink) {
                    for (Index y = rows.first; y < rows.end && pushed < 2000; ++y, ++pushed) {
                        std::this_thread::sleep_for(3ms);
                        try {
                            s.push(z, {y, y + 1}, sink);
                        } catch (...) {
                            if (!caught) throw;
                            return;
                        }
                    }
                };
                const support::TempFolder out;
                int asked = 0;
                const std::string thrown = thrown_by(
                    [&] { run_into(out, source, with_threads(threads), [&](const auto&) { return ++asked < 3; }); });
                CAPTURE(in_order, caught, threads);
                CHECK(thrown == text_of(ErrorCode::cancelled, "the import was cancelled"));
                CHECK(pushed < 2000);
                CHECK(out.entries() == 0);
            }
        }
    }
}
