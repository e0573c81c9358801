// The same on disks that are full, in folders that may not be written to any more, and for runs that are killed.

#include "sink/two_phases.hpp"

#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>

using namespace two_phases_test;

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
