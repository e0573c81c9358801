// A quality is a kernel by another name.

#include "import/recipe.hpp"
#include "support/catch.hpp"
#include "support/phantom.hpp"

#include <array>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace {

using namespace import_test;

const Source& source() {
    static const Source one(phantom::noise({41, 37, 29}, SampleType::uint16), SampleType::uint16);
    return one;
}

std::string note(const stack2nrrd::VolumeInfo& volume, const std::string& key) {
    for (const auto& [name, value] : volume.notes) {
        if (name == key) return value;
    }
    return "";
}

std::optional<ErrorCode> code_with(const Settings& settings) {
    return refusal([&] { (void)stack2nrrd::plan_import(source().stack, options_with(settings)); });
}

}  // namespace

TEST_CASE("each quality makes the bytes of its kernel", "[import]") {
    const std::vector<std::pair<std::string, std::string>> kernels{
        {"fast", "box"}, {"standard", "lanczos:3"}, {"max", "kaiser:6,3.7,.975"}, {"smooth", "kaiser:1,3,.001"}};
    for (const auto& [quality, kernel] : kernels) {
        stack2nrrd::VolumeInfo volume;
        const Bytes by_quality =
            import_bytes(source().stack, options_with({{"factor", "5/2"}, {"quality", quality}}), &volume);
        INFO(quality);
        CHECK((by_quality == import_bytes(source().stack, options_with({{"factor", "5/2"}, {"kernel", kernel}}))));
        CHECK(note(volume, "stack2nrrd_kernel") == stack2nrrd::Kernel::parse(kernel).spec());
    }
    // It decides for the axes that have no kernel of their own, in whatever order the two are given.
    CHECK((import_bytes(source().stack, options_with({{"factor", "2"}, {"quality", "max"}, {"kernel-z", "box"}})) ==
           import_bytes(source().stack,
                        options_with({{"factor", "2"}, {"kernel", "kaiser:6,3.7,.975"}, {"kernel-z", "box"}}))));
}

TEST_CASE("a quality is refused where it decides nothing, or would mix labels", "[import]") {
    CHECK(code_with({{"quality", "max"}, {"kernel", "box"}}) == ErrorCode::invalid_argument);
    CHECK(code_with({{"kernel", "box"}, {"quality", "max"}}) == ErrorCode::invalid_argument);
    CHECK(code_with({{"quality", "fast"}, {"labels", "true"}}) == ErrorCode::invalid_argument);
    CHECK(code_with({{"quality", "best"}}) == ErrorCode::invalid_argument);
}

TEST_CASE("windows between percentiles are read from text", "[import]") {
    const auto shares = [](const std::string& text) { return options_with({{"window", text}}).window_percentiles; };
    using Shares = std::array<double, 2>;
    CHECK(shares("auto") == Shares{.01, 99.99});
    CHECK(shares("AUTO:.1,99.9") == Shares{.1, 99.9});
    CHECK(shares(" auto:0,100 ") == Shares{0, 100});
    CHECK(options_with({{"window", "auto:1,99"}, {"window", "auto"}}).window_percentiles == Shares{.01, 99.99});
    CHECK(options_with({{"window", "auto:1,99"}}).window_auto);
    CHECK_FALSE(options_with({{"window", "auto:1,99"}, {"window", "3,4"}}).window_auto);
    for (const char* wrong : {"auto:", "auto:1", "auto:1,2,3", "auto:99,1", "auto:5,5", "auto:-1,99", "auto:1,101",
                              "auto:a,b", "automatic", "auto,1,99", "auto 1,99"}) {
        INFO(wrong);
        CHECK(refusal([&] { (void)options_with({{"window", wrong}}); }) == ErrorCode::invalid_argument);
    }
}
