// ITK's text files: spellings that are read, and sentences about those that are not. What the numbers mean is tested
// against ITK itself; see against_itk.cpp.

#include "transform/itk_text.hpp"
#include "support/catch.hpp"
#include "support/refusal.hpp"
#include "transform/itk_transform.hpp"

#include <stack2nrrd/error.hpp>

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace stack2nrrd;

const std::string signature = "#Insight Transform File V1.0\n";

TransformPtr read(const std::string& text) { return itk_transforms("a.tfm", read_itk_text("a.tfm", text)); }

std::string one(const std::string& type, const std::string& parameters, const std::string& fixed) {
    return signature + "#Transform 0\nTransform: " + type + "\nParameters: " + parameters +
           "\nFixedParameters: " + fixed + "\n";
}

/// Is it refused, with a sentence that has all of these words?
void check_refused(const std::string& text, ErrorCode code, const std::vector<std::string>& words) {
    std::string sentence;
    CAPTURE(text.substr(0, 300));
    CHECK(support::refusal([&] { static_cast<void>(read(text)); }, &sentence) == code);
    CHECK(sentence.starts_with("a.tfm: "));
    CHECK(sentence.find('\n') == std::string::npos);
    CHECK(sentence.find(", ") != std::string::npos);
    CHECK(sentence.find("; ") != std::string::npos);
    for (const std::string& word : words) {
        CAPTURE(sentence, word);
        CHECK(sentence.find(word) != std::string::npos);
    }
}

Affine linear(const std::string& text) { return read(text)->linear().value(); }

const std::string shift = "1 0 0 0 1 0 0 0 1 1.5 -2000 0.003";

}  // namespace

TEST_CASE("lines of a text file of ITK may be written in many ways", "[transform]") {
    const Affine expected{unit_matrix, {1.5, -2000, 0.003}};
    const std::string plain = one("AffineTransform_double_3_3", shift, "0 0 0");
    CHECK(linear(plain) == expected);
    CHECK(linear(one("AffineTransform_float_3_3", shift, "0 0 0")) == expected);

    const auto with = [](std::string text, const std::string& from, const std::string& to) {
        for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size()) {
            text.replace(at, from.size(), to);
        }
        return text;
    };
    CHECK(linear(with(plain, "\n", "\r\n")) == expected);
    CHECK(linear(with(plain, "\n", "\r")) == expected);
    CHECK(linear("\xEF\xBB\xBF" + plain) == expected);
    CHECK(linear("\n\r\n" + plain) == expected);
    CHECK(linear(with(plain, "\n", "\n\n  # a comment\n\t\n")) == expected);
    CHECK(linear(signature + with(plain.substr(signature.size()), " ", "  \t ")) == expected);
    CHECK(linear(plain.substr(0, plain.size() - 1)) == expected);
    CHECK(linear(with(plain, ": ", ":")) == expected);
    CHECK(linear(with(plain, ": ", " : ")) == expected);
    CHECK(linear(one("AffineTransform_double_3_3", "+1 0.0 -0 0e0 1.E+0 0 0 .0 10e-1 15E-1 -2e+03 3.0e-003",
                     "0 -0 0.")) == expected);
    // The centre may come first.
    CHECK(linear(signature + "Transform: AffineTransform_double_3_3\nFixedParameters: 0 0 0\nParameters: " + shift) ==
          expected);

    const auto bytes = [](const std::string& text) { return std::as_bytes(std::span(text)); };
    CHECK(is_itk_text(bytes(plain)));
    CHECK(is_itk_text(bytes("\xEF\xBB\xBF" + plain)));
    CHECK(!is_itk_text(bytes("NRRD0004\n")));
    CHECK(!is_itk_text(bytes("")));
}

TEST_CASE("where nothing turns there need be no centre, and elsewhere it is not guessed", "[transform]") {
    const Affine moved{unit_matrix, {1, 2, 3}};
    CHECK(linear(one("IdentityTransform_double_3_3", "", "")) == Affine{});
    CHECK(linear(signature + "Transform: IdentityTransform_double_3_3\n") == Affine{});
    CHECK(linear(one("TranslationTransform_double_3_3", "1 2 3", "")) == moved);
    CHECK(linear(one("TranslationTransform_double_3_3", "1 2 3", "7 8 9")) == moved);
    CHECK(linear(signature + "Transform: TranslationTransform_double_3_3\nParameters: 1 2 3\n") == moved);
    check_refused(signature + "Transform: AffineTransform_double_3_3\nParameters: " + shift, ErrorCode::corrupt,
                  {"'FixedParameters:'", "'AffineTransform_double_3_3'", "0 0 0"});
    check_refused(one("ScaleTransform_double_3_3", "1 2 3", ""), ErrorCode::corrupt,
                  {"0 fixed parameters", "3 were", "centre"});
    check_refused(signature + "Transform: TranslationTransform_double_3_3\n", ErrorCode::corrupt, {"'Parameters:'"});
}

TEST_CASE("of a composite the last transform is applied first", "[transform]") {
    // First doubled, then moved.
    const std::string text = signature +
                             "Transform: CompositeTransform_double_3_3\n"
                             "Transform: TranslationTransform_double_3_3\nParameters: 1 0 0\nFixedParameters:\n"
                             "Transform: ScaleTransform_double_3_3\nParameters: 2 2 2\nFixedParameters: 0 0 0\n";
    CHECK(linear(text) == Affine{{Vector3{2, 0, 0}, Vector3{0, 2, 0}, Vector3{0, 0, 2}}, {1, 0, 0}});
    const std::size_t second = text.find("Transform: Translation");
    check_refused(signature + text.substr(second), ErrorCode::unsupported,
                  {"2 transforms", "CompositeTransform", "order"});
    check_refused(text.substr(0, second), ErrorCode::corrupt, {"no transforms"});
    check_refused(text + "Transform: CompositeTransform_double_3_3\n", ErrorCode::unsupported, {"within another"});
    check_refused(signature, ErrorCode::corrupt, {"no transform"});
    check_refused(signature + "Transform: CompositeTransform_double_3_3\nComponentTransformFile: b.tfm\n",
                  ErrorCode::unsupported, {"names files"});
    check_refused(signature + "Transform: CompositeTransform_double_2_2\n" + text.substr(second),
                  ErrorCode::unsupported, {"three dimensions"});
}

// A fuzzer found the sentence of the linear transform itself, which names no file and blames the command line.
TEST_CASE("matrices that can be turned back one by one, and not together, are the fault of their file", "[transform]") {
    const std::string flat =
        "Transform: AffineTransform_double_3_3\nParameters: 1 0 0 1 1e-7 0 0 0 1 0 0 0\nFixedParameters: 0 0 0\n";
    CHECK(linear(signature + flat).offset == Vector3{});
    check_refused(signature + "Transform: CompositeTransform_double_3_3\n" + flat + flat, ErrorCode::corrupt,
                  {"singular together"});
}

TEST_CASE("transforms that are not read are refused by their name", "[transform]") {
    const auto unsupported = [](const std::string& type, const std::vector<std::string>& words) {
        check_refused(one(type, shift, "0 0 0"), ErrorCode::unsupported, words);
    };
    unsupported("InverseDisplacementFieldTransform_double_3_3",
                {"'InverseDisplacementFieldTransform_double_3_3'", "from the result to the source", "invert"});
    unsupported("InverseBSplineTransform_double_3_3", {"'InverseBSplineTransform_double_3_3'"});
    unsupported("ThinPlateSplineKernelTransform_double_3_3",
                {"'ThinPlateSpline", "AffineTransform", "BSplineTransform"});
    unsupported("AffineTransform_double_2_2", {"'AffineTransform_double_2_2'", "three dimensions"});
    unsupported("Euler2DTransform_double_2_2", {"two dimensions"});
    unsupported("AffineTransform", {"_double_3_3"});
    unsupported("AffineTransform_double_3_2", {"three dimensions"});
    unsupported("BSplineTransform_double_3_3_2", {"order 3"});
    unsupported("", {"''"});
    unsupported(std::string(300, 'x') + "\x01", {"xxx..."});
}

TEST_CASE("numbers that do not fit are refused", "[transform]") {
    const auto corrupt = [](const std::string& type, const std::string& parameters, const std::string& fixed,
                            const std::vector<std::string>& words) {
        check_refused(one(type, parameters, fixed), ErrorCode::corrupt, words);
    };
    const std::string affine = "AffineTransform_double_3_3";
    corrupt(affine, "1 0 0 0 1 0 0 0 1 1 2", "0 0 0", {"11 parameters", "12 were"});
    corrupt(affine, shift + " 1", "0 0 0", {"13 parameters"});
    corrupt(affine, shift, "0 0", {"2 fixed parameters", "3 were"});
    corrupt(affine, shift, "0 0 0 0", {"4 fixed parameters"});
    corrupt("Euler3DTransform_double_3_3", "0 0 0 0 0 0", "0 0", {"3 or 4"});
    corrupt(affine, "1 0 0 0 1 0 0 0 0 1 2 3", "0 0 0", {"singular"});
    corrupt("ScaleTransform_double_3_3", "1 0 1", "0 0 0", {"singular"});
    corrupt("Similarity3DTransform_double_3_3", "0 0 0 0 0 0 0", "0 0 0", {"singular"});
    corrupt(affine, "1 0 0 0 1 0 0 0 1 1e200 2 3", "0 0 0", {"further than numbers go"});
    corrupt(affine, "1 0 0 0 1 0 0 0 1 1e308 1e308 3", "1e308 0 0", {"further than numbers go"});
    corrupt(affine, "nan 0 0 0 1 0 0 0 1 1 2 3", "0 0 0", {"parameter 1 is nan", "finite"});
    corrupt(affine, shift, "0 0 inf", {"fixed parameter 3 is inf"});
    corrupt(affine, "1,0 0 0 0 1 0 0 0 1 1 2 3", "0 0 0", {"line 4", "'1,0' as number 1"});
    corrupt(affine, "1 0 0 0 1 0 0 0 1 1 2 3mm", "0 0 0", {"'3mm' as number 12"});
    corrupt(affine, "1 0 0 0 1 0 0 0 1 1 2 +-3", "0 0 0", {"'+-3'"});
    corrupt(affine, "1 0 0 0 1 0 0 0 1 1 2 [3]", "0 0 0", {"'[3]'"});
    corrupt("VersorRigid3DTransform_double_3_3", "0.9 0.9 0.9 0 0 0", "0 0 0", {"versor", "at most 1"});
    check_refused(one("VersorTransform_double_3_3", "0.1 0 0", "1 0 0"), ErrorCode::unsupported,
                  {"centre", "VersorRigid3DTransform"});

    const std::string grid = " 0 0 0 1 1 1 1 0 0 0 1 0 0 0 1";
    const std::string spline = "BSplineTransform_double_3_3";
    corrupt(spline, "1 2 3", "4 4 4" + grid, {"3 parameters", "192 were", "4 x 4 x 4"});
    corrupt(spline, "1 2 3", "1 1 1" + grid, {"at least 4"});
    corrupt(spline, "1 2 3", "1 1 1", {"3 fixed parameters", "18 were"});
    corrupt(spline, "1 2 3", "1.5 1 1" + grid, {"whole number"});
    corrupt(spline, "1 2 3", "1e300 1 1" + grid, {"whole number"});
    corrupt(spline, "1 2 3", "1e6 1e6 1e6" + grid, {"3e+18 were"});
    corrupt("DisplacementFieldTransform_double_3_3", "1 2 3", "1 1 1 0 0 0 0 1 1 1 0 0 0 1 0 0 0 1",
            {"span the space"});
}

TEST_CASE("lines that are none are refused", "[transform]") {
    check_refused(signature + "Parameters: 1 2 3\n", ErrorCode::corrupt, {"line 2", "'Transform:'"});
    check_refused(signature + "no colon\n", ErrorCode::corrupt, {"line 2", "'no colon'"});
    check_refused(signature + "\r\nCenter: 1\n", ErrorCode::corrupt, {"line 3", "'Center: 1'"});
    const std::string text = one("TranslationTransform_double_3_3", "1 2 3", "");
    check_refused(text + "Parameters: 1 2 3\n", ErrorCode::corrupt, {"line 6", "once more"});
    check_refused("#Insight Transform File V2.0\n", ErrorCode::unsupported, {"V2.0", "V1.0"});
    check_refused("#Insight Transform File\n", ErrorCode::unsupported, {"V1.0"});
    check_refused("", ErrorCode::unsupported, {"V1.0"});
}

TEST_CASE("every beginning of a text file of ITK is read or refused", "[transform]") {
    std::string text = one("VersorRigid3DTransform_double_3_3", "0.1 0.2 0.3 4e1 5 6", "7 8 9");
    text.insert(signature.size(), "Transform: CompositeTransform_double_3_3\n");
    int good = 0;
    for (std::size_t size = 0; size <= text.size(); ++size) {
        const std::string part = text.substr(0, size);
        const auto code = support::refusal([&] { static_cast<void>(read(part)); });
        good += code ? 0 : 1;
    }
    CHECK(good == 2);  // whole, and without its last line end
}
