// stack_from() of a volume in memory: it makes what the same volume makes from its file.

#include "import/recipe.hpp"
#include "support/but_for_inputs.hpp"
#include "support/catch.hpp"
#include "support/phantom.hpp"
#include "support/temp_folder.hpp"
#include "support/volume_reader.hpp"
#include "support/write_volume.hpp"

#include <stack2nrrd/error.hpp>
#include <stack2nrrd/import.hpp>

#include <algorithm>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace import_test;
using stack2nrrd::Channel;
using stack2nrrd::Colour;
using stack2nrrd::VolumeInfo;

/// A NRRD file, and the same in memory: the text of its header, and its samples.
struct Loaded {
    explicit Loaded(const std::filesystem::path& file) : bytes(support::read_file(file)) {
        const std::string_view all(reinterpret_cast<const char*>(bytes.data()), bytes.size());
        header = all.substr(0, all.find("\n\n") + 2);
    }
    [[nodiscard]] std::span<const std::byte> samples() const { return std::span(bytes).subspan(header.size()); }

    Bytes bytes;
    std::string header;
};

/// The file that an import writes, header and all.
Bytes file_of(const Stack& stack, const Options& options) {
    const support::TempFolder out;
    const auto plan = stack2nrrd::plan_import(stack, options);
    stack2nrrd::run_import(plan, *stack2nrrd::nrrd_sink(out / "v.nrrd", options.nrrd, options.threads));
    return support::but_for_inputs(support::read_file(out / "v.nrrd"));
}

std::vector<std::string> texts_of(const std::vector<stack2nrrd::Problem>& problems, const std::string& name) {
    std::vector<std::string> texts;
    for (const auto& problem : problems) texts.push_back(problem.text.substr(problem.text.find(name)));
    return texts;
}

const std::vector<std::string> placings{
    "",
    "space: left-posterior-superior\nspace directions: {}(0.1,0,0) (0,-0.3,0) (0,0,2)\nspace origin: (1,-2,30.1)\n",
    "space: RAS\nspace directions: {}(0.08,0.06,0) (-0.06,0.08,0) (0.01,0,-0.1)\nspace origin: (1,2,3)\n"
    "space units: \"um\" \"um\" \"um\"\n",
    "spacings: {NaN }0.5 0.25 2\nunits: {\"\" }\"cm\" \"cm\" \"cm\"\naxis mins: {NaN }1 2 3\n",
    "space dimension: 3\nspace directions: {}(1,0,0) (0,1,0) (0,0,0)\nspace origin: (0,0,0)\n",
    "labels: {\"c\" }\"x\" \"\" \"z\"\ncontent: a mouse\nsample units: HU\nold min: -1\nold max: 1\nkey:=a\\nvalue\n"
    "axis 3 index:=7\nmin:=3\nstack2nrrd_factor:=9\n"};

/// What stands in braces is of the axis of components, the first or the last; "{}" means "none ".
std::string placing_text(std::string text, bool components, bool last) {
    for (std::size_t open = text.find('{'); open != text.npos; open = text.find('{')) {
        const std::size_t close = text.find('}');
        std::string own = text.substr(open + 1, close - open - 1);
        if (own.empty()) own = "none ";
        text.erase(open, close - open + 1);
        if (!components) continue;
        if (last) {
            own.pop_back();
            text.insert(text.find('\n', open), " " + own);
        } else {
            text.insert(open, own);
        }
    }
    return text;
}

}  // namespace

TEST_CASE("a header and samples in memory make what their file makes", "[making]") {
    support::TempFolder folder;
    const std::vector<Settings> all{{{"factor", "2"}, {"channel", "all"}},
                                    {{"factor", "3/2"}, {"kernel", "ctmr"}, {"crop", "2:9,1:7,1:5"}},
                                    {{"channel", "all"}, {"slab", "1:3"}, {"reverse", "true"}, {"type", "float32"}}};
    std::size_t at = 0;
    for (const std::string& placing : placings) {
        for (const auto& [channels, kind] : std::vector<std::pair<int, std::string>>{
                 {1, ""}, {3, "RGB-color"}, {3, "vector"}, {6, "3D-symmetric-matrix"}, {5, "list"}}) {
            for (const bool last : {false, true}) {
                if (last && channels == 1) continue;
                const SampleType type = support::all_types[at++ % support::all_types.size()];
                const Volume volume = phantom::noise({11, 8, 6}, type, 3, channels);
                support::VolumeText text{.kind = kind, .last = last};
                text.lines = placing_text(placing, channels > 1, last);
                if (kind == "vector" && placing.find("RAS") != placing.npos) {
                    text.lines += "measurement frame: (0,1,0) (1,0,0) (0,0,1)\n";
                }
                support::write_volume(folder / "v.nrrd", volume, type, text);
                const Stack file = stack2nrrd::find_stack(folder / "v.nrrd");
                const Loaded loaded(folder / "v.nrrd");
                const Stack memory = stack2nrrd::stack_from(loaded.header, loaded.samples(), "v.nrrd");
                CAPTURE(kind, last, text.lines);
                CHECK(memory.name == file.name);
                CHECK(texts_of(memory.problems, "v.nrrd") == texts_of(file.problems, "v.nrrd"));
                CHECK(memory.geometry.spacing_known == file.geometry.spacing_known);
                CHECK(memory.geometry.spacing_source == file.geometry.spacing_source);
                for (const Settings& settings : all) {
                    CHECK((file_of(memory, options_with(settings)) == file_of(file, options_with(settings))));
                }
            }
        }
    }
}

TEST_CASE("a result in memory is a source as its file is", "[making]") {
    support::TempFolder folder;
    std::size_t at = 0;
    for (const auto& [channels, kind] :
         std::vector<std::pair<int, std::string>>{{1, ""}, {4, "RGBA-color"}, {5, "list"}}) {
        for (const std::string& placing : placings) {
            const SampleType type = support::all_types[at++ % support::all_types.size()];
            const Volume volume = phantom::noise({14, 10, 8}, type, 5, channels);
            support::write_volume(folder / "v.nrrd", volume, type,
                                  {.kind = kind, .lines = placing_text(placing, channels > 1, false)});
            Options options = options_with({{"factor", "2"}, {"channel", "all"}});
            options.nrrd.force = true;
            const auto plan = stack2nrrd::plan_import(stack2nrrd::find_stack(folder / "v.nrrd"), options);
            stack2nrrd::run_import(plan, *stack2nrrd::nrrd_sink(folder / "half.nrrd", options.nrrd));
            Bytes samples(static_cast<std::size_t>(plan.volume().bytes()));
            stack2nrrd::run_import(plan, *stack2nrrd::memory_sink(samples));
            const Stack memory = stack2nrrd::stack_from(plan.volume(), samples, "half.nrrd");
            const Stack file = stack2nrrd::find_stack(folder / "half.nrrd");
            CAPTURE(kind, placing);
            CHECK((file_of(memory, options) == file_of(file, options)));
            // And once more, through text.
            const std::string header = stack2nrrd::nrrd_header_text(plan.volume());
            const Stack text = stack2nrrd::stack_from(header, samples, "half.nrrd");
            CHECK((file_of(text, options) == file_of(file, options)));
        }
    }
}

TEST_CASE("samples in memory are read where they are, and their owner is kept", "[making]") {
    auto samples = std::make_shared<Bytes>(6 * 5 * 4);
    for (std::size_t i = 0; i < samples->size(); ++i) (*samples)[i] = static_cast<std::byte>(i);
    VolumeInfo volume;
    volume.size = {6, 5, 4};
    std::weak_ptr<Bytes> still = samples;
    auto stack = std::make_unique<Stack>(stack2nrrd::stack_from(volume, *samples, "m", samples));
    CHECK(stack->kind == "source");
    CHECK(stack->slices.size() == 4);
    auto plan = std::make_unique<stack2nrrd::ImportPlan>(stack2nrrd::plan_import(*stack));
    (*samples)[7] = std::byte{99};  // no copy was made
    Bytes expected = *samples;
    samples.reset();
    stack.reset();
    REQUIRE_FALSE(still.expired());
    Bytes made(120);
    stack2nrrd::run_import(*plan, *stack2nrrd::memory_sink(made));
    CHECK((made == expected));
    plan.reset();
    CHECK(still.expired());
}

TEST_CASE("volumes in memory that are none are refused", "[making]") {
    const Bytes samples(6 * 5 * 4);
    const auto code = [&](const auto& change, std::size_t bytes = 120) {
        VolumeInfo volume;
        volume.size = {6, 5, 4};
        change(volume);
        std::string sentence;
        const auto refused =
            refusal([&] { (void)stack2nrrd::stack_from(volume, std::span(samples).first(bytes), "a\nb"); }, &sentence);
        CHECK((!refused || sentence.starts_with("a\\x0Ab: ")));
        CHECK((!refused || sentence.find("expected") != std::string::npos));
        return refused;
    };
    constexpr auto invalid = ErrorCode::invalid_argument;
    CHECK_FALSE(code([](VolumeInfo&) {}).has_value());
    CHECK(code([](VolumeInfo&) {}, 119) == invalid);
    CHECK(code([](VolumeInfo& v) { v.size[2] = 5; }) == invalid);
    CHECK(code([](VolumeInfo& v) { v.size[2] = 3; }) == invalid);
    CHECK(code([](VolumeInfo& v) { v.size[2] = 0; }, 0) == invalid);
    CHECK(code([](VolumeInfo& v) { v.size = {-6, -5, 4}; }) == invalid);
    CHECK(code([](VolumeInfo& v) { v.type = SampleType::uint16; }) == invalid);
    CHECK(code([](VolumeInfo& v) { v.channels = 2; }) == invalid);
    CHECK(code([](VolumeInfo& v) { v.colour = Colour::rgb; }) == invalid);
    CHECK(code([](VolumeInfo& v) { v.size = {1'000'001, 1, 1}; }) == ErrorCode::limit);
    CHECK(code([](VolumeInfo& v) {
              v.size = {5, 4, 3};
              v.channels = 2;
              v.colour = Colour::components;
          }) == std::nullopt);

    const std::string good = "NRRD0004\ntype: uchar\ndimension: 3\nsizes: 6 5 4\n";
    const auto of_text = [&](const std::string& text) {
        return refusal([&] { (void)stack2nrrd::stack_from(text, samples, "m"); });
    };
    CHECK_FALSE(of_text(good).has_value());
    CHECK_FALSE(of_text(good + "encoding: bzip2\nendian: middle\ndata file: nowhere.raw\n").has_value());
    CHECK_FALSE(of_text(good + "\n").has_value());
    CHECK(of_text("NRRD0004\ntype: short\ndimension: 3\nsizes: 6 5 4\n") == invalid);
    CHECK(of_text("NRRD0004\ntype: block\ndimension: 3\nsizes: 6 5 4\n") == ErrorCode::unsupported);
    CHECK(of_text("NRRD0004\ntype: uchar\ndimension: 4\nsizes: 6 5 2 2\n") == ErrorCode::unsupported);
    CHECK(of_text(good + "spacings: 1 2\n") == ErrorCode::corrupt);
    // All beginnings of a header: a stack or an Error.
    for (std::size_t length = 0; length < good.size(); ++length) (void)of_text(good.substr(0, length));
    CHECK(of_text("") == ErrorCode::corrupt);
}
