// A stack that was found, as text: nothing of it is lost, and no damage is taken for a stack.

#include "parts/stack_text.hpp"

#include "support/catch.hpp"

#include <stack2nrrd/error.hpp>

#include <limits>
#include <string>

namespace {

using namespace stack2nrrd;

/// Every field has a value of its own.
Stack odd_stack() {
    Stack s;
    s.name = "a\nname \\ with \xff";
    s.kind = "pages";
    for (const char* file : {"/a/b c/1.tif", "2.tif", "/a/b c/3.tif"}) s.files.add(file);
    s.files.set_stamps({{1, 2}, {std::int64_t{1} << 40, std::numeric_limits<std::uint64_t>::max()}, {0, 7}});
    s.slices = {{0, 0}, {-1, 0}, {2, 99}, {1, std::int64_t{1} << 33}};
    s.taken = {3, 2, 5, 4};
    s.missing = {"0421", ""};
    s.strays = {"x"};
    s.problems = {{ErrorCode::changed, true, "sentence", false}, {ErrorCode::inconsistent, false, "", true}};
    s.image.width = 7;
    s.image.height = 5;
    s.image.colour = Colour::components;
    s.image.type = SampleType::uint64;
    s.image.format = "TIFF";
    s.image.components = 9;
    s.components.kind = "list";
    s.components.label = "l";
    s.components.place = 2;
    s.components.measurement_frame = {Vector3{0, .1, 1e300}, Vector3{1. / 3, -0.0, 5e-324}, Vector3{1, 2, 3}};
    s.stored = true;
    s.interpreted = true;
    s.decoder_bytes = 12345;
    s.geometry.direction[1] = {1e-17, 2. / 3, -1};
    s.geometry.origin = {.1, .2, .3};
    s.geometry.spacing_known = true;
    s.geometry.spacing_source = "a.log";
    s.sidecars = {"a.log"};
    s.other_inputs = {"/x/a.log", "l.txt"};
    s.fields.labels = {"i", "", "k"};
    s.fields.content = "c";
    s.fields.sample_units = "HU";
    s.fields.old_min = "1";
    s.fields.old_max = "2";
    s.notes = {{"k", "v"}, {"", "\\n"}};
    s.listed = {"given", "1,2,3", "0,0,0"};
    s.bare = BareSamples{8, true, true};
    return s;
}

}  // namespace

TEST_CASE("a stack comes back from its text as it was", "[parts]") {
    for (const Stack& stack : {odd_stack(), [] {
                                   Stack plain;
                                   plain.image.width = plain.image.height = 1;
                                   return plain;
                               }()}) {
        const std::string text = stack_text(stack, "a request\nof two lines");
        const auto back = stack_from_text(text, "a request\nof two lines", "x");
        REQUIRE(back);
        // The same text again: no field was left out in one direction.
        CHECK(stack_text(*back, "a request\nof two lines") == text);
        CHECK_FALSE(stack_from_text(text, "another", "x"));
    }
    const Stack odd = odd_stack();
    const auto back = stack_from_text(stack_text(odd, "r"), "r", "x");
    REQUIRE(back);
    CHECK(back->name == odd.name);
    CHECK(back->slices == odd.slices);
    CHECK(back->taken == odd.taken);
    for (std::size_t i = 0; i < odd.files.size(); ++i) {
        CHECK(back->files.path(i) == odd.files.path(i));
        CHECK(back->files.stamp(i) == odd.files.stamp(i));
    }
    CHECK(back->components.measurement_frame == odd.components.measurement_frame);
    CHECK(back->geometry.direction == odd.geometry.direction);
    CHECK(back->problems[0].code == ErrorCode::changed);
    CHECK(back->problems[1].spacing);
    CHECK(back->image.type == SampleType::uint64);
    CHECK(back->notes == odd.notes);
    CHECK(back->bare->offset == 8);
}

TEST_CASE("no damaged text is taken for a stack", "[parts]") {
    const std::string text = stack_text(odd_stack(), "r");
    for (std::size_t i = 0; i < text.size(); ++i) {
        std::string damaged = text;
        damaged[i] = static_cast<char>(damaged[i] ^ 4);
        CHECK_THROWS_AS(stack_from_text(damaged, "r", "x"), Error);
        CHECK_THROWS_AS(stack_from_text(text.substr(0, i), "r", "x"), Error);
    }
    CHECK_THROWS_AS(stack_from_text(text + "\n", "r", "x"), Error);
}
