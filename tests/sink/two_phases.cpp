// Between finish() and publish(): whatever happens there, and after it, each name has what it had, or all have the new
// result; and a later run finds nothing in its way.

#include "support/catch.hpp"
#include "support/refusal.hpp"
#include "support/temp_folder.hpp"
#include "support/volume_reader.hpp"

#include <stack2nrrd/error.hpp>
#include <stack2nrrd/sink.hpp>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#if defined(__linux__)
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#endif

namespace {

namespace fs = std::filesystem;
using stack2nrrd::Encoding;
using stack2nrrd::ErrorCode;
using stack2nrrd::Index;
using stack2nrrd::NrrdOptions;
using stack2nrrd::Sink;
using Bytes = std::vector<std::byte>;
using Contents = std::map<std::string, Bytes>;

stack2nrrd::VolumeInfo info() {
    stack2nrrd::VolumeInfo volume;
    volume.size = {20, 10, 4};
    return volume;
}

/// One kind of output: a sink in a folder, and the names of its files.
struct Kind {
    std::string name;
    std::vector<std::string> files;
    std::function<std::unique_ptr<Sink>(const fs::path& folder, bool force)> make;
};

std::unique_ptr<Sink> volume_sink(const fs::path& file, bool force, Encoding encoding, const fs::path& preview = {}) {
    NrrdOptions options;
    options.force = force;
    options.encoding = encoding;
    options.preview = preview;
    return stack2nrrd::nrrd_sink(file, options, 1);
}

std::unique_ptr<Sink> text(const fs::path& file, bool force) {
    return stack2nrrd::text_sink(
        file, [] { return std::string("a text"); }, force);
}

const std::vector<Kind>& kinds() {
    static const std::vector<Kind> all{
        {"attached",
         {"v.nrrd"},
         [](const fs::path& folder, bool force) { return volume_sink(folder / "v.nrrd", force, Encoding::raw); }},
        {"detached",
         {"v.nhdr", "v.raw"},
         [](const fs::path& folder, bool force) { return volume_sink(folder / "v.nhdr", force, Encoding::raw); }},
        {"detached, packed",
         {"v.nhdr", "v.raw.gz"},
         [](const fs::path& folder, bool force) { return volume_sink(folder / "v.nhdr", force, Encoding::gzip); }},
        {"text", {"t.txt"}, [](const fs::path& folder, bool force) { return text(folder / "t.txt", force); }},
        {"several", {"p.png", "t.txt", "v.nhdr", "v.raw", "w.nrrd"}, [](const fs::path& folder, bool force) {
             std::vector<std::unique_ptr<Sink>> sinks;
             sinks.push_back(volume_sink(folder / "v.nhdr", force, Encoding::raw, folder / "p.png"));
             sinks.push_back(text(folder / "t.txt", force));
             sinks.push_back(volume_sink(folder / "w.nrrd", force, Encoding::gzip));
             return stack2nrrd::tee(std::move(sinks));
         }}};
    return all;
}

/// All up to finish(). Another `fill` is another volume.
void finish(Sink& sink, int fill) {
    sink.begin(info());
    Bytes slice(200);
    for (Index z = 0; z < 4; ++z) {
        for (std::size_t i = 0; i < slice.size(); ++i)
            slice[i] = static_cast<std::byte>(fill * (static_cast<int>(i) + static_cast<int>(z)));
        sink.write_slice(z, slice);
    }
    sink.finish();
}

void make(const Kind& kind, const fs::path& folder, bool force, int fill) {
    const auto sink = kind.make(folder, force);
    finish(*sink, fill);
    sink->publish();
}

Contents contents(const fs::path& folder) {
    Contents all;
    for (const auto& entry : fs::directory_iterator(folder)) {
        all[entry.path().filename().string()] = entry.is_regular_file() ? support::read_file(entry.path()) : Bytes{};
    }
    return all;
}

Contents visible(Contents all) {
    std::erase_if(all, [](const auto& each) { return each.first.starts_with('.'); });
    return all;
}

using support::refusal;

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

#if defined(__linux__)
namespace {

/// A small file system of its own; empty if none can be mounted.
class Disk {
public:
    explicit Disk(const fs::path& folder, const char* options) : folder_(folder) {
        fs::create_directory(folder);
        is_there_ = ::mount("tmpfs", folder.c_str(), "tmpfs", 0, options) == 0;
        if (!is_there_) std::fprintf(stderr, "skipped: no tmpfs can be mounted here\n");
    }
    ~Disk() {
        if (is_there_) ::umount2(folder_.c_str(), MNT_DETACH);
    }
    Disk(const Disk&) = delete;
    Disk& operator=(const Disk&) = delete;
    [[nodiscard]] bool is_there() const { return is_there_; }

private:
    fs::path folder_;
    bool is_there_ = false;
};

void fill(const fs::path& file) {
    std::ofstream stream(file, std::ios::binary);
    const std::string block(4096, 'x');
    while (stream.write(block.data(), static_cast<std::streamsize>(block.size())).flush()) {
    }
}

}  // namespace

TEST_CASE("a disk that is full when the names are given", "[sink]") {
    const support::TempFolder top;
    for (const bool no_room : {false, true}) {  // or no more names
        const fs::path folder = top / (no_room ? "room" : "names");
        const Disk disk(folder, no_room ? "size=128k" : "nr_inodes=24");
        if (!disk.is_there()) return;
        for (const Kind& kind : kinds()) {
            for (const bool force : {false, true}) {
                CAPTURE(kind.name, force, no_room);
                if (force) make(kind, folder, false, 1);
                const Contents before = contents(folder);
                bool published = false;
                {
                    const auto sink = kind.make(folder, force);
                    finish(*sink, 3);
                    if (no_room) fill(folder / "filler");
                    for (int i = 0; !no_room && i < 24; ++i) std::ofstream(folder / ("filler" + std::to_string(i)));
                    const auto code = refusal([&] { sink->publish(); });
                    published = !code;
                    CHECK(code.value_or(ErrorCode::io) == ErrorCode::io);
                    // Where nothing is replaced, names are all that is needed, and these are there.
                    if (!force) CHECK(published);
                }
                Contents after = contents(folder);
                std::erase_if(after, [](const auto& each) { return each.first.starts_with("filler"); });
                for (const auto& entry : fs::directory_iterator(folder)) {
                    if (entry.path().filename().string().starts_with("filler")) fs::remove(entry.path());
                }
                if (published) {
                    const support::TempFolder other;
                    make(kind, other.path(), false, 3);
                    CHECK((after == contents(other.path())));
                } else {
                    CHECK((after == before));
                }
                for (const auto& entry : fs::directory_iterator(folder)) fs::remove(entry.path());
            }
        }
    }
}

TEST_CASE("a folder that may not be written to any more", "[sink]") {
    // Root may do everything, and so is somebody else here.
    struct Nobody {
        bool was_root = ::geteuid() == 0;
        Nobody() { was_root = was_root && ::seteuid(65534) == 0; }
        ~Nobody() {
            if (was_root) (void)!::seteuid(0);
        }
        void set_mode(const fs::path& folder, unsigned mode) const {
            if (was_root) REQUIRE(::seteuid(0) == 0);
            fs::permissions(folder, fs::perms(mode));
            if (was_root) REQUIRE(::seteuid(65534) == 0);
        }
    };
    for (const Kind& kind : kinds()) {
        for (const bool force : {false, true}) {
            const support::TempFolder top;
            fs::permissions(top.path(), fs::perms(0755));
            const fs::path folder = top / "out";
            fs::create_directory(folder);
            fs::permissions(folder, fs::perms(0777));
            const Nobody nobody;
            if (::geteuid() == 0) return;
            CAPTURE(kind.name, force);
            if (force) make(kind, folder, false, 1);
            const Contents before = contents(folder);
            {
                const auto sink = kind.make(folder, force);
                finish(*sink, 3);
                nobody.set_mode(folder, 0555);
                CHECK(refusal([&] { sink->publish(); }) == ErrorCode::io);
            }
            CHECK((visible(contents(folder)) == before));
            nobody.set_mode(folder, 0777);
            // What could not be removed then is swept by the next run.
            make(kind, folder, force, 5);
            CHECK((contents(folder) == visible(contents(folder))));
        }
    }
}

namespace {

/// A process that is killed when it publishes.
class Killed final : public Sink {
public:
    void begin(const stack2nrrd::VolumeInfo&) override {}
    void write_slice(Index, std::span<const std::byte>) override {}
    void finish() override {}
    void publish() override { ::kill(::getpid(), SIGKILL); }
};

}  // namespace

TEST_CASE("a run that is killed between finish and publish, and between two publications", "[sink]") {
    for (const bool force : {false, true}) {
        for (std::size_t at = 0; at <= 4; ++at) {  // so many of the sinks come before the kill
            const support::TempFolder folder;
            const auto sinks_of = [&](const fs::path& where, bool replace, bool killed) {
                std::vector<std::unique_ptr<Sink>> sinks;
                sinks.push_back(volume_sink(where / "a.nhdr", replace, Encoding::raw));
                sinks.push_back(volume_sink(where / "b.nrrd", replace, Encoding::raw));
                sinks.push_back(text(where / "c.txt", replace));
                sinks.push_back(volume_sink(where / "d.nhdr", replace, Encoding::gzip));
                if (killed) {
                    sinks.insert(sinks.begin() + static_cast<std::ptrdiff_t>(at), std::make_unique<Killed>());
                }
                return stack2nrrd::tee(std::move(sinks));
            };
            const auto made = [&](const fs::path& where, bool replace, int fill_) {
                const auto sink = sinks_of(where, replace, false);
                finish(*sink, fill_);
                sink->publish();
            };
            const support::TempFolder reference;
            made(reference.path(), false, 3);
            const Contents newer = contents(reference.path());
            if (force) made(folder.path(), false, 1);
            const Contents older = contents(folder.path());
            const pid_t child = ::fork();
            REQUIRE(child >= 0);
            if (child == 0) {
                try {
                    const auto sink = sinks_of(folder.path(), force, true);
                    finish(*sink, 3);
                    sink->publish();
                } catch (...) {
                }
                ::_exit(1);
            }
            int status = 0;
            REQUIRE(::waitpid(child, &status, 0) == child);
            CAPTURE(force, at);
            REQUIRE(WIFSIGNALED(status));
            CHECK(WTERMSIG(status) == SIGKILL);
            // Each of them is whole, and old or new; nothing published has been withdrawn, which nobody could do.
            const Contents left = visible(contents(folder.path()));
            const std::vector<std::vector<std::string>> sets{
                {"a.nhdr", "a.raw"}, {"b.nrrd"}, {"c.txt"}, {"d.nhdr", "d.raw.gz"}};
            for (std::size_t i = 0; i < sets.size(); ++i) {
                for (const std::string& file : sets[i]) {
                    const Contents& expected = i >= at ? newer : older;
                    CAPTURE(file);
                    CHECK(left.count(file) == expected.count(file));
                    if (left.count(file) == 1 && expected.count(file) == 1) {
                        CHECK((left.at(file) == expected.at(file)));
                    }
                }
            }
            CHECK(contents(folder.path()).size() > left.size());  // what the killed run has hidden
            made(folder.path(), true, 3);
            CHECK((contents(folder.path()) == newer));
        }
    }
}
#endif
