// Between finish() and publish(): whatever happens there, and after it, each name has what it had, or all have the new
// result; and a later run finds nothing in its way.

#include "sink/two_phases.hpp"

#include <algorithm>

using namespace two_phases_test;

namespace {

/// Something that happens between finish() and publish(), which then throws; all is as before.
void check_unchanged(const std::function<void(const fs::path& folder)>& happens, std::optional<ErrorCode> expected) {
    for (const Kind& kind : kinds()) {
        for (const bool force : {false, true}) {
            const support::TempFolder top;
            const fs::path folder = top / "out";
            fs::create_directory(folder);
            if (force) make(kind, folder, false, 1);
            const Contents before = contents(folder);
            CAPTURE(kind.name, force);
            {
                const auto sink = kind.make(folder, force);
                finish(*sink, 3);
                happens(folder);
                CHECK(refusal([&] { sink->publish(); }) == expected);
                sink->withdraw();  // once more changes nothing
            }
            CHECK((visible(contents(folder)) == visible(before)));
        }
    }
}

}  // namespace

TEST_CASE("what is finished and not published leaves nothing", "[sink]") {
    for (const Kind& kind : kinds()) {
        for (const bool force : {false, true}) {
            const support::TempFolder folder;
            if (force) make(kind, folder.path(), false, 1);
            const Contents before = contents(folder.path());
            CAPTURE(kind.name, force);
            {
                const auto sink = kind.make(folder.path(), force);
                sink->withdraw();  // nothing has begun
                finish(*sink, 3);
                CHECK((visible(contents(folder.path())) == before));
            }
            CHECK((contents(folder.path()) == before));
        }
    }
}

TEST_CASE("what is published and withdrawn leaves what there was", "[sink]") {
    for (const Kind& kind : kinds()) {
        for (const bool force : {false, true}) {
            const support::TempFolder folder;
            if (force) make(kind, folder.path(), false, 1);
            const Contents before = contents(folder.path());
            CAPTURE(kind.name, force);
            {
                const auto sink = kind.make(folder.path(), force);
                finish(*sink, 3);
                sink->publish();
                const Contents after = visible(contents(folder.path()));
                CHECK(after.size() == kind.files.size());
                for (const std::string& file : kind.files) CHECK(after.count(file) == 1);
                if (kind.name != "text") CHECK((after != before));
                sink->withdraw();
                CHECK((visible(contents(folder.path())) == before));
            }
            CHECK((contents(folder.path()) == before));
            make(kind, folder.path(), force, 3);  // the name is free again
        }
    }
}

TEST_CASE("a folder that vanishes or changes before the names are given", "[sink]") {
    for (const Kind& kind : kinds()) {
        for (const bool force : {false, true}) {
            for (const int what : {0, 1, 2}) {  // gone; gone and there again, empty; moved
                const support::TempFolder top;
                const fs::path folder = top / "out";
                fs::create_directory(folder);
                if (force) make(kind, folder, false, 1);
                const Contents before = contents(folder);
                CAPTURE(kind.name, force, what);
                {
                    const auto sink = kind.make(folder, force);
                    finish(*sink, 3);
                    if (what == 2) {
                        fs::rename(folder, top / "moved");
                    } else {
                        fs::remove_all(folder);
                    }
                    if (what == 1) fs::create_directory(folder);
                    CHECK(refusal([&] { sink->publish(); }) == ErrorCode::io);
                }
                CHECK(fs::exists(folder) == (what == 1));
                if (what == 1) CHECK(contents(folder).empty());
                if (what == 2) CHECK((visible(contents(top / "moved")) == before));
            }
        }
    }
}

TEST_CASE("any hidden file that goes is missed, and nothing else changes", "[sink]") {
    // They go one after the other, the first one of each kind of sink first.
    for (std::size_t n = 0; n < 5; ++n) {
        check_unchanged(
            [n](const fs::path& folder) {
                std::vector<fs::path> hidden;
                for (const auto& entry : fs::directory_iterator(folder)) {
                    if (entry.path().extension() == ".partial") hidden.push_back(entry.path());
                }
                REQUIRE_FALSE(hidden.empty());
                std::sort(hidden.begin(), hidden.end());
                fs::remove(hidden[n % hidden.size()]);
            },
            ErrorCode::io);
    }
}

TEST_CASE("what is replaced may be gone by then", "[sink]") {
    for (const Kind& kind : kinds()) {
        for (const std::string& gone : kind.files) {
            const support::TempFolder folder;
            make(kind, folder.path(), false, 1);
            CAPTURE(kind.name, gone);
            {
                const auto sink = kind.make(folder.path(), true);
                finish(*sink, 3);
                fs::remove(folder / gone);
                sink->publish();
            }
            const support::TempFolder other;
            make(kind, other.path(), false, 3);
            CHECK((contents(folder.path()) == contents(other.path())));
        }
    }
}

TEST_CASE("nobody else gets the name between the two", "[sink]") {
    for (const Kind& kind : kinds()) {
        const support::TempFolder folder;
        CAPTURE(kind.name);
        {
            const auto sink = kind.make(folder.path(), false);
            finish(*sink, 3);
            const auto second = kind.make(folder.path(), true);
            CHECK(refusal([&] { second->begin(info()); }) == ErrorCode::invalid_argument);
            sink->publish();
        }
        CHECK(contents(folder.path()).size() == kind.files.size());
    }
}
