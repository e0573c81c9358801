// run_imports(): whatever fails, and where, there are all results or none, and what had the names before has them
// again.

#include "import/recipe.hpp"
#include "support/catch.hpp"
#include "support/phantom.hpp"
#include "support/temp_folder.hpp"
#include "support/volume_reader.hpp"

#include <stack2nrrd/error.hpp>
#include <stack2nrrd/import.hpp>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace {

using namespace import_test;
using stack2nrrd::PlannedOutput;
using stack2nrrd::Sink;
namespace fs = std::filesystem;

enum class Stage { none, begin, first_slice, last_slice, late_notes, finish, before_publish, after_publish };

struct Failure : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// A sink that fails at some stage.
class Failing final : public Sink {
public:
    Failing(std::unique_ptr<Sink> sink, Stage stage) : sink_(std::move(sink)), stage_(stage) {}

    void begin(const stack2nrrd::VolumeInfo& volume) override {
        slices_ = volume.size[2];
        sink_->begin(volume);
        fail_at(Stage::begin);
    }
    void write_slice(Index z, std::span<const std::byte> samples) override {
        if (z == 0) fail_at(Stage::first_slice);
        if (z == slices_ - 1) fail_at(Stage::last_slice);
        sink_->write_slice(z, samples);
    }
    void write_late_notes(std::span<const std::string> values) override {
        fail_at(Stage::late_notes);
        sink_->write_late_notes(values);
    }
    void finish() override {
        sink_->finish();
        fail_at(Stage::finish);
    }
    void publish() override {
        fail_at(Stage::before_publish);
        sink_->publish();
        if (stage_ != Stage::after_publish) return;
        sink_->withdraw();  // as the contract of publish() has it
        fail_at(Stage::after_publish);
    }
    void withdraw() noexcept override { sink_->withdraw(); }
    [[nodiscard]] std::vector<fs::path> files() const override { return sink_->files(); }

private:
    void fail_at(Stage stage) const {
        if (stage == stage_) throw Failure("stage " + std::to_string(static_cast<int>(stage)));
    }

    std::unique_ptr<Sink> sink_;
    Stage stage_;
    Index slices_ = 0;
};

/// Does something when all sinks before it have finished.
class AtTheEnd final : public Sink {
public:
    explicit AtTheEnd(std::function<void()> action) : action_(std::move(action)) {}
    void begin(const stack2nrrd::VolumeInfo&) override {}
    void write_slice(Index, std::span<const std::byte>) override {}
    void finish() override { action_(); }

private:
    std::function<void()> action_;
};

/// What a folder holds, hidden files included.
std::map<std::string, Bytes> contents(const support::TempFolder& folder) {
    std::map<std::string, Bytes> all;
    for (const auto& entry : fs::directory_iterator(folder.path())) {
        all[entry.path().filename().string()] =
            entry.is_regular_file() ? support::read_file(entry.path()) : Bytes{std::byte{'D'}};
    }
    return all;
}

constexpr std::size_t results = 4;
const std::vector<std::string> names{"0.nrrd", "1.nhdr", "1.raw.gz", "1.png",  "2.nhdr",
                                     "2.raw",  "2.txt",  "2m.nhdr",  "3.nrrd", "3.png"};

/// Four results with ten files in all: attached, detached, packed, with previews, a text and a list of slices.
struct Outputs {
    std::vector<std::unique_ptr<Sink>> sinks;
    Bytes buffer;

    Outputs(const support::TempFolder& out, const Stack& stack, bool force) {
        stack2nrrd::NrrdOptions options;
        options.force = force;
        sinks.push_back(stack2nrrd::nrrd_sink(out / "0.nrrd", options));
        options.encoding = stack2nrrd::Encoding::gzip;
        options.preview = out / "1.png";
        sinks.push_back(stack2nrrd::nrrd_sink(out / "1.nhdr", options, 2));
        options = {};
        options.force = force;
        std::vector<std::unique_ptr<Sink>> parts;
        parts.push_back(stack2nrrd::nrrd_sink(out / "2.nhdr", options));
        parts.push_back(stack2nrrd::text_sink(
            out / "2.txt", [] { return std::string("text"); }, force));
        Options listed;
        listed.nrrd.force = force;
        parts.push_back(stack2nrrd::manifest_sink(stack, listed, out / "2m.nhdr"));
        sinks.push_back(stack2nrrd::tee(std::move(parts)));
        options.encoding = stack2nrrd::Encoding::gzip;
        options.preview = out / "3.png";
        sinks.push_back(stack2nrrd::nrrd_sink(out / "3.nrrd", options));
    }

    void run(const Stack& stack, const char* kernel, std::unique_ptr<Sink> more = nullptr,
             const stack2nrrd::KeepGoing& keep_going = {}) {
        if (more != nullptr) sinks.push_back(std::move(more));
        std::vector<Options> all(sinks.size());
        for (std::size_t i = 0; i < all.size(); ++i) {
            all[i].threads = 2;
            stack2nrrd::set_option(all[i], "kernel", kernel);
            stack2nrrd::set_option(all[i], "factor", std::to_string(i + 1));
            stack2nrrd::set_option(all[i], "type", "uint8");  // with late notes
            stack2nrrd::set_option(all[i], "window", "0,60000");
        }
        const auto plans = stack2nrrd::plan_imports(stack, all);
        std::vector<PlannedOutput> outputs;
        for (std::size_t i = 0; i < all.size(); ++i) outputs.push_back({plans[i], sinks[i].get()});
        (void)stack2nrrd::run_imports(outputs, keep_going);
    }
};

const Source& source() {
    static const Source one(phantom::noise({24, 20, 16}, SampleType::uint16), SampleType::uint16);
    return one;
}

}  // namespace

TEST_CASE("a sink that fails, at any stage, leaves no result of any other", "[making]") {
    const Stack& stack = source().stack;
    for (const bool force : {false, true}) {
        const support::TempFolder out;
        if (force) Outputs(out, stack, true).run(stack, "box");
        const auto before = contents(out);
        CHECK(before.size() == (force ? names.size() : 0));
        for (std::size_t k = 0; k < results; ++k) {
            for (const Stage stage : {Stage::begin, Stage::first_slice, Stage::last_slice, Stage::late_notes,
                                      Stage::finish, Stage::before_publish, Stage::after_publish}) {
                CAPTURE(force, k, static_cast<int>(stage));
                {
                    Outputs outputs(out, stack, force);
                    outputs.sinks[k] = std::make_unique<Failing>(std::move(outputs.sinks[k]), stage);
                    CHECK_THROWS_AS(outputs.run(stack, "lanczos:3"), Failure);
                    // What was published has been withdrawn, now and not only when the sinks go.
                    for (const std::string& name : names) CHECK(fs::exists(out / name) == force);
                }
                CHECK((contents(out) == before));
            }
        }
        {
            Outputs outputs(out, stack, force);
            outputs.sinks[0] = std::make_unique<Failing>(std::move(outputs.sinks[0]), Stage::none);
            outputs.run(stack, "lanczos:3");
        }
        auto after = contents(out);
        CHECK(after.size() == names.size());
        for (const std::string& name : names)
            CHECK((before.count(name) == 0 || name == "2.txt" || name == "2m.nhdr" || after[name] != before.at(name)));
    }
}

TEST_CASE("a name that is taken when all is made keeps all others from appearing", "[making]") {
    const Stack& stack = source().stack;
    for (const bool force : {false, true}) {
        const support::TempFolder out;
        if (force) Outputs(out, stack, true).run(stack, "box");
        const auto before = contents(out);
        for (const std::string& name : names) {
            for (const bool folder : {false, true}) {
                if (force && !folder) continue;  // a file is replaced then
                CAPTURE(force, name, folder);
                {
                    Outputs outputs(out, stack, force);
                    auto taker = std::make_unique<AtTheEnd>([&] {
                        fs::remove(out / name);
                        if (folder) {
                            fs::create_directories(out / name / "full");
                        } else {
                            std::ofstream(out / name) << "somebody else's";
                        }
                    });
                    const auto code = refusal([&] { outputs.run(stack, "lanczos:3", std::move(taker)); });
                    CHECK((code == ErrorCode::io || code == ErrorCode::invalid_argument));
                }
                auto after = contents(out);
                CHECK(after.count(name) == 1);
                CHECK((after[name] == (folder ? Bytes{std::byte{'D'}} : support::read_file(out / name))));
                if (!folder) CHECK(after[name].size() == std::string("somebody else's").size());
                after.erase(name);
                auto expected = before;
                expected.erase(name);
                CHECK((after == expected));
                fs::remove_all(out / name);
                if (force) {
                    std::ofstream stream(out / name, std::ios::binary);
                    const Bytes& old = before.at(name);
                    stream.write(reinterpret_cast<const char*>(old.data()), static_cast<std::streamsize>(old.size()));
                }
            }
        }
    }
}

TEST_CASE("a hidden file that goes before it gets its name keeps all others from appearing", "[making]") {
    const Stack& stack = source().stack;
    for (const bool force : {false, true}) {
        const support::TempFolder out;
        if (force) Outputs(out, stack, true).run(stack, "box");
        const auto before = contents(out);
        for (const std::string& name : names) {
            CAPTURE(force, name);
            {
                Outputs outputs(out, stack, force);
                auto thief = std::make_unique<AtTheEnd>([&] {
                    for (const auto& entry : fs::directory_iterator(out.path())) {
                        const std::string hidden = entry.path().filename().string();
                        if (hidden.starts_with("." + name + ".") && hidden.ends_with(".partial"))
                            fs::remove(entry.path());
                    }
                });
                CHECK(refusal([&] { outputs.run(stack, "lanczos:3", std::move(thief)); }) == ErrorCode::io);
            }
            CHECK((contents(out) == before));
        }
    }
}

TEST_CASE("results that are cancelled at the last moment do not appear", "[making]") {
    const Stack& stack = source().stack;
    const support::TempFolder out;
    Outputs(out, stack, true).run(stack, "box");
    const auto before = contents(out);
    bool finished = false;
    {
        Outputs outputs(out, stack, true);
        auto watcher = std::make_unique<AtTheEnd>([&] { finished = true; });
        CHECK(refusal([&] {
                  outputs.run(stack, "lanczos:3", std::move(watcher), [&](const auto&) { return !finished; });
              }) == ErrorCode::cancelled);
    }
    CHECK(finished);
    CHECK((contents(out) == before));
}

TEST_CASE("two results of one run cannot have one name", "[making]") {
    const Stack& stack = source().stack;
    for (const char* other : {"1.nhdr", "0.nrrd"}) {
        const support::TempFolder out;
        {
            Outputs outputs(out, stack, false);
            auto same = stack2nrrd::nrrd_sink(out / other);
            CHECK(refusal([&] { outputs.run(stack, "box", std::move(same)); }) == ErrorCode::invalid_argument);
        }
        CHECK(out.entries() == 0);
    }
}
