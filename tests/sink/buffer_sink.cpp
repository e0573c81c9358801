// BufferSink, the base of sinks into memory of other libraries; and nrrd_header_text(), which they may speak.

#include "support/catch.hpp"
#include "support/temp_folder.hpp"
#include "support/volume_reader.hpp"

#include <stack2nrrd/sink.hpp>

#include <array>
#include <cstring>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace {

using stack2nrrd::SampleType;
using stack2nrrd::VolumeInfo;
using Bytes = std::vector<std::byte>;
using Notes = std::vector<std::pair<std::string, std::string>>;

struct Thing {
    Bytes samples;
    Notes notes;
};

class ThingSink final : public stack2nrrd::BufferSink {
public:
    explicit ThingSink(std::unique_ptr<Thing>& target) : target_(target) {}

protected:
    std::byte* make(const VolumeInfo& volume) override {
        made_ = std::make_unique<Thing>();
        made_->samples.resize(static_cast<std::size_t>(volume.bytes()));
        return made_->samples.data();
    }
    void complete(const Notes& notes) override { made_->notes = notes; }
    void exchange() noexcept override { target_.swap(made_); }

private:
    std::unique_ptr<Thing>& target_;
    std::unique_ptr<Thing> made_;
};

VolumeInfo info() {
    VolumeInfo volume;
    volume.size = {3, 2, 2};
    volume.colour = stack2nrrd::Colour::components;
    volume.channels = 2;
    volume.type = SampleType::int16;
    volume.geometry.spacing_known = true;
    volume.geometry.origin = {1, 2.5, -3};
    volume.fields.content = "a mouse";
    volume.notes = {{"first", "a\\b\nc"}, {"second", ""}};
    volume.late_notes = {"late"};
    return volume;
}

Bytes samples_of(const VolumeInfo& volume) {
    std::vector<std::int16_t> numbers(static_cast<std::size_t>(volume.bytes()) / 2);
    for (std::size_t i = 0; i < numbers.size(); ++i)
        numbers[i] = static_cast<std::int16_t>(static_cast<int>(7 * i % 23) - 5);
    Bytes bytes(numbers.size() * 2);
    std::memcpy(bytes.data(), numbers.data(), bytes.size());
    return bytes;
}

void write(stack2nrrd::Sink& sink, const VolumeInfo& volume, const Bytes& samples) {
    sink.begin(volume);
    const auto slice = static_cast<std::size_t>(volume.slice_bytes());
    for (std::size_t z = 0; z < samples.size() / slice; ++z) {
        const Bytes gone(samples.begin() + static_cast<std::ptrdiff_t>(z * slice),
                         samples.begin() + static_cast<std::ptrdiff_t>((z + 1) * slice));
        sink.write_slice(static_cast<stack2nrrd::Index>(z), gone);
    }
    sink.write_late_notes(std::array<std::string, 1>{"17"});
    sink.finish();
}

}  // namespace

TEST_CASE("a volume of another library gets samples and key/values of the file", "[sink]") {
    const support::TempFolder folder;
    const VolumeInfo volume = info();
    const Bytes samples = samples_of(volume);
    const auto file = stack2nrrd::nrrd_sink(folder / "v.nrrd");
    write(*file, volume, samples);
    file->publish();
    const support::Nrrd written = support::read_nrrd(folder / "v.nrrd");

    std::unique_ptr<Thing> thing;
    ThingSink sink(thing);
    write(sink, volume, samples);
    CHECK(thing == nullptr);
    sink.publish();
    REQUIRE(thing != nullptr);
    CHECK((thing->samples == samples));
    REQUIRE(thing->notes.size() == 5);
    Notes known = thing->notes;
    for (auto& [key, value] : known) {
        std::string in_file = written.pair(key);
        in_file.erase(in_file.find_last_not_of(' ') + 1);  // what is known late stands in room that was kept for it
        CHECK(in_file == value);
        CHECK(written.has_pair(key));
    }
    CHECK(thing->notes[2] == std::pair<std::string, std::string>("late", "17"));
    CHECK(thing->notes[3] == std::pair<std::string, std::string>("min", "-5 -5"));
    CHECK(thing->notes[4] == std::pair<std::string, std::string>("max", "15 17"));

    // The text is the header of the file but for what is known late.
    std::string text;
    for (std::size_t at = 0; at < written.text.size();) {
        const std::size_t end = written.text.find('\n', at) + 1;
        const std::string line = written.text.substr(at, end - at);
        const bool is_late = line.starts_with("late:=") || line.starts_with("min:=") || line.starts_with("max:=") ||
                             line.find("_crc32:=") != std::string::npos;
        if (!is_late) text += line;
        at = end;
    }
    CHECK(stack2nrrd::nrrd_header_text(volume) == text);
}

TEST_CASE("a volume of another library is replaced by a whole one or not at all", "[sink]") {
    const VolumeInfo volume = info();
    const Bytes samples = samples_of(volume);
    auto thing = std::make_unique<Thing>();
    const Thing* const old = thing.get();
    {
        ThingSink sink(thing);
        write(sink, volume, samples);
    }
    CHECK(thing.get() == old);
    {
        ThingSink sink(thing);
        sink.withdraw();  // before it has begun
        write(sink, volume, samples);
        sink.withdraw();  // before it has published
        CHECK(thing.get() == old);
        sink.publish();
        CHECK(thing.get() != old);
        sink.withdraw();
        CHECK(thing.get() == old);
        sink.withdraw();
        CHECK(thing.get() == old);
        sink.publish();
    }
    CHECK((thing->samples == samples));  // the old one is gone with the sink
}
