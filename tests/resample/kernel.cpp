#include "support/catch.hpp"
#include "support/reference.hpp"

#include <stack2nrrd/error.hpp>
#include <stack2nrrd/kernel.hpp>

#include <cmath>
#include <cstdlib>
#include <limits>
#include <memory>
#include <numbers>
#include <string>
#include <vector>

#if defined(STACK2NRRD_HAVE_TEEM)
#include <teem/biff.h>
#include <teem/nrrd.h>
#endif

namespace {

using stack2nrrd::Kernel;

const std::vector<std::string> specs{"box",        "box:2",       "box:1.5",         "tent",        "tent:1.5",
                                     "cubic:1,0",  "cubic:0,0.5", "cubic:0.2,.7",    "cubic:2,1,0", "ctmr",
                                     "mitchell",   "bspl2",       "bspl3",           "bspl5",       "gauss:0.5,4",
                                     "gauss:1,3",  "hann:2",      "hann:1.5,3",      "blackman:3",  "black:2,4",
                                     "lanczos:1",  "lanczos:2",   "lanczos:3",       "lanczos:5",   "kaiser:3,4",
                                     "kaiser:4,8", "kaiser:3,0",  "kaiser:3,4,0.85", "hann:2.5"};

double area(const Kernel& kernel) {  // the midpoint rule: no trouble with edges
    constexpr int parts = 200'000;
    const double support = kernel.support();
    const double width = 2 * support / parts;
    double sum = 0;
    for (int i = 0; i < parts; ++i) sum += kernel(-support + (i + 0.5) * width);
    return sum * width;
}

}  // namespace

TEST_CASE("kernels have their exact values", "[resample]") {
    struct Row {
        const char* spec;
        double at_0, at_half, at_1, at_three_halves, support;
    };
    constexpr double pi = std::numbers::pi;
    const double gauss = 1 / std::sqrt(2 * pi);
    const auto bessel_ratio = [](double x) {
        return static_cast<double>(reference::bessel_i0(x) / reference::bessel_i0(4));
    };
    const std::vector<Row> rows{
        {"box:2", 0.5, 0.5, 0.25, 0, 1},
        {"tent", 1, 0.5, 0, 0, 1},
        {"tent:2", 0.5, 0.375, 0.25, 0.125, 2},
        {"cubic:1,0", 2.0 / 3, 23.0 / 48, 1.0 / 6, 1.0 / 48, 2},
        {"cubic:0,0.5", 1, 9.0 / 16, 0, -1.0 / 16, 2},
        {"ctmr", 1, 9.0 / 16, 0, -1.0 / 16, 2},
        {"cubic:0,0.75", 1, 19.0 / 32, 0, -3.0 / 32, 2},
        {"mitchell", 8.0 / 9, 77.0 / 144, 1.0 / 18, -5.0 / 144, 2},
        {"bspl2", 3.0 / 4, 1.0 / 2, 1.0 / 8, 0, 1.5},
        {"bspl3", 2.0 / 3, 23.0 / 48, 1.0 / 6, 1.0 / 48, 2},
        {"bspl5", 11.0 / 20, 841.0 / 1920, 13.0 / 60, 79.0 / 1280, 3},
        {"gauss:1,4", gauss, gauss * std::exp(-1.0 / 8), gauss * std::exp(-0.5), gauss * std::exp(-9.0 / 8), 4},
        {"gauss:0.5,4", 2 * gauss, 2 * gauss * std::exp(-0.5), 2 * gauss * std::exp(-2.0), 2 * gauss * std::exp(-4.5),
         2},
        {"hann:2", 1, 2 / pi * (2 + std::sqrt(2)) / 4, 0, -2 / (3 * pi) * (2 - std::sqrt(2)) / 4, 2},
        {"hann:3", 1, 2 / pi * (2 + std::sqrt(3)) / 4, 0, -2 / (3 * pi) / 2, 3},
        {"blackman:3", 1, 2 / pi * (0.42 + 0.25 * std::sqrt(3) + 0.04), 0, -2 / (3 * pi) * (0.42 - 0.08), 3},
        {"lanczos:1", 1, 4 / (pi * pi), 0, 0, 1},
        {"lanczos:2", 1, 2 / pi * 2 * std::sqrt(2) / pi, 0, -2 / (3 * pi) * 2 * std::sqrt(2) / (3 * pi), 2},
        {"lanczos:3", 1, 2 / pi * 3 / pi, 0, -2 / (3 * pi) * 2 / pi, 3},
        {"kaiser:3,0", 1, 2 / pi, 0, -2 / (3 * pi), 3},
        {"kaiser:2,4,0.5", 0.5, std::sqrt(2) / pi * bessel_ratio(4 * std::sqrt(15.0 / 16)),
         1 / pi * bessel_ratio(4 * std::sqrt(3.0 / 4)), std::sqrt(2) / (3 * pi) * bessel_ratio(4 * std::sqrt(7.0 / 16)),
         2},
    };
    for (const Row& row : rows) {
        const Kernel kernel = Kernel::parse(row.spec);
        INFO(row.spec);
        CHECK(kernel(0) == Approx(row.at_0).epsilon(1e-15).margin(1e-15));
        CHECK(kernel(0.5) == Approx(row.at_half).epsilon(4e-15));
        CHECK(kernel(1) == Approx(row.at_1).epsilon(4e-15).margin(1e-16));
        CHECK(kernel(1.5) == Approx(row.at_three_halves).epsilon(4e-15).margin(1e-16));
        CHECK(kernel.support() == row.support);
    }
    CHECK(Kernel::parse("box")(0) == 1);
    CHECK(Kernel::parse("box")(0.499) == 1);
    CHECK(Kernel::parse("box").support() == 0.5);
    CHECK(Kernel::parse("nearest").support() == 0.5);
}

TEST_CASE("kernels are what the literature says, at every place", "[resample]") {
    for (const std::string& spec : specs) {
        const Kernel kernel = Kernel::parse(spec);
        const reference::Kernel truth = reference::kernel(spec);
        REQUIRE(static_cast<double>(reference::support(truth)) == kernel.support());
        double worst = 0;
        for (int i = -4000; i <= 4000; ++i) {
            const double x = i * kernel.support() / 3999.5;  // misses the edges
            worst = std::max(worst, std::abs(kernel(x) - static_cast<double>(reference::value(truth, x))));
        }
        INFO(spec);
        CHECK(worst < 5e-15);
    }
}

TEST_CASE("kernels are even, vanish beyond their support and have unit area", "[resample]") {
    for (const std::string& spec : specs) {
        const Kernel kernel = Kernel::parse(spec);
        INFO(spec);
        for (const double x : {0.1, 0.25, 0.5, 0.77, 1.0, 1.3, 1.5, 2.0, 2.9}) CHECK(kernel(x) == kernel(-x));
        for (const double beyond : {1e-9, 0.01, 0.3, 1.0, 7.5, 1e9}) {
            CHECK(kernel(kernel.support() + beyond) == 0);
            CHECK(kernel(-kernel.support() - beyond) == 0);
        }
        // Windowed sincs and a Gaussian that is cut off have it nearly.
        const std::string name = spec.substr(0, spec.find(':'));
        const bool exact = name == "box" || name == "tent" || name == "cubic" || name == "ctmr" || name == "mitchell" ||
                           name.starts_with("bspl");
        const bool coarse = spec == "lanczos:1" || spec == "kaiser:3,0";
        CHECK(area(kernel) == Approx(1).margin(exact ? 1e-5 : coarse ? 0.2 : 0.02));
    }
}

TEST_CASE("kernels that shall do so sum to one at every phase", "[resample]") {
    for (const char* spec :
         {"tent", "cubic:1,0", "cubic:0,0.5", "cubic:0.2,0.7", "ctmr", "mitchell", "bspl2", "bspl3", "bspl5", "box"}) {
        const Kernel kernel = Kernel::parse(spec);
        for (double phase = 0.01; phase < 1; phase += 0.0313) {
            double sum = 0;
            for (int i = -4; i <= 4; ++i) sum += kernel(phase + i);
            INFO(spec << ' ' << phase);
            CHECK(sum == Approx(1).epsilon(1e-14));
        }
    }
    for (const char* spec : {"tent", "ctmr", "hann:3", "blackman:3", "lanczos:3", "kaiser:3,4"})
        for (int i = 1; i <= 3; ++i) CHECK(std::abs(Kernel::parse(spec)(i)) < 1e-16);
}

TEST_CASE("specs of kernels have a normal form that reads back", "[resample]") {
    struct Row {
        const char* spec;
        const char* normal;
    };
    for (const Row& row : std::vector<Row>{{"lanczos:3", "lanczos:3"},
                                           {" LANCZOS:3 ", "lanczos:3"},
                                           {"Lanczos:3.0", "lanczos:3"},
                                           {"box", "box"},
                                           {"box:1", "box"},
                                           {"box:2", "box:2"},
                                           {"tent:0.75", "tent:0.75"},
                                           {"cubic:0,.5", "cubic:0,0.5"},
                                           {"cubic:1,0,0.5", "cubic:0,0.5"},
                                           {"cubic:1.5,0,0.5", "cubic:1.5,0,0.5"},
                                           {"cubic:1/3,1/3", "cubic:0.3333333333333333,0.3333333333333333"},
                                           {"ctmr", "ctmr"},
                                           {"mitchell", "mitchell"},
                                           {"BSPL2", "bspl2"},
                                           {"bspl3", "bspl3"},
                                           {"black:3", "blackman:3"},
                                           {"BLACK:2,3", "blackman:2,3"},
                                           {"hann:2,3", "hann:2,3"},
                                           {"hann:1,3", "hann:3"},
                                           {"gauss:0.5,4", "gauss:0.5,4"},
                                           {"kaiser:3,4", "kaiser:3,4"},
                                           {"kaiser:3,4,0.85", "kaiser:3,4,0.85"},
                                           {"nearest", "nearest"},
                                           {"Mode", "mode"}}) {
        const Kernel kernel = Kernel::parse(row.spec);
        CHECK(kernel.spec() == row.normal);
        const Kernel again = Kernel::parse(kernel.spec());
        CHECK(again.spec() == kernel.spec());
        CHECK(again.kind() == kernel.kind());
        CHECK(again.support() == kernel.support());
        for (double x = 0; x < 6; x += 0.173) CHECK(again(x) == kernel(x));
    }
    const Kernel preset;
    CHECK(preset.spec() == "lanczos:3");
    CHECK(preset(0.7) == Kernel::parse("lanczos:3")(0.7));
    for (double x = 0; x < 2; x += 0.1) {
        CHECK(Kernel::parse("ctmr")(x) == Kernel::parse("cubic:0,0.5")(x));
        CHECK(Kernel::parse("mitchell")(x) == Kernel::parse("cubic:1/3,1/3")(x));
        CHECK(Kernel::parse("black:3")(x) == Kernel::parse("blackman:3")(x));
        // A scale widens and lowers.
        CHECK(Kernel::parse("hann:2,3")(2 * x) == Approx(Kernel::parse("hann:3")(x) / 2).margin(1e-16));
        CHECK(Kernel::parse("tent:3")(3 * x) == Approx(Kernel::parse("tent")(x) / 3).margin(1e-16));
    }
}

TEST_CASE("specs that are none are refused", "[resample]") {
    for (const char* spec : {"",
                             ":",
                             "lanczo:3",
                             "sinc",
                             "mode:1",
                             "cheap",
                             "lanczos",
                             "lanczos:",
                             "lanczos:x",
                             "lanczos:3,4",
                             "lanczos:0",
                             "lanczos:-3",
                             "lanczos:nan",
                             "lanczos:inf",
                             "lanczos:1e9",
                             "lanczos 3",
                             "lanczos:3 4",
                             "gauss:1",
                             "gauss:0,3",
                             "gauss:1,0",
                             "gauss:1,-2",
                             "gauss:-1,-2",
                             "hann",
                             "hann:1,2,3",
                             "cubic",
                             "cubic:1",
                             "cubic:1,2,3,4",
                             "ctmr:1",
                             "ctmr:1,0",
                             "bspl3:1",
                             "mitchell:1,2",
                             "nearest:1",
                             "tent:0",
                             "tent:-1",
                             "box:0",
                             "box:1,2",
                             "kaiser:3",
                             "kaiser:3,4,5,6",
                             "kaiser:3,-1",
                             "kaiser:3,4,0",
                             "kaiser:3,4,2",
                             "hann:1/0",
                             "hann:1/",
                             "hann:/3",
                             "hann:,3",
                             "cubic:1//3,1/3",
                             "lanczos:3,x",
                             "lanczos:0x3",
                             "hann:0,3",
                             "hann:-1,3"}) {
        INFO('\'' << spec << '\'');
        try {
            static_cast<void>(Kernel::parse(spec));
            FAIL_CHECK("was taken");
        } catch (const stack2nrrd::Error& error) {
            CHECK(error.code() == stack2nrrd::ErrorCode::invalid_argument);
        }
    }
}

#if defined(STACK2NRRD_HAVE_TEEM)

TEST_CASE("kernels are those of Teem", "[resample]") {
    for (const char* spec : {"box", "box:1.5", "tent", "tent:2", "cubic:1,0", "cubic:0,0.5", "cubic:0.25,0.375",
                             "cubic:1.5,0,0.5", "ctmr", "bspl2", "bspl3", "bspl5", "gauss:1,4", "gauss:0.5,3", "hann:3",
                             "hann:2", "hann:1.5,3", "black:3", "black:2,4"}) {
        INFO(spec);
        const std::unique_ptr<NrrdKernelSpec, decltype(&nrrdKernelSpecNix)> teem(nrrdKernelSpecNew(),
                                                                                 &nrrdKernelSpecNix);
        REQUIRE(nrrdKernelSpecParse(teem.get(), spec) == 0);
        const Kernel kernel = Kernel::parse(spec);
        const bool box = kernel.kind() == Kernel::Kind::box;
        if (!box) CHECK(teem->kernel->support(teem->parm) == Approx(kernel.support()).epsilon(1e-15));
        double worst = 0;
        for (int i = -3000; i <= 3000; ++i) {
            const double x = i * (kernel.support() + 0.5) / 2999.5;
            if (kernel.kind() == Kernel::Kind::hann && std::abs(x) < 0.01) continue;  // Teem says 1.1
            worst = std::max(worst, std::abs(kernel(x) - teem->kernel->eval1_d(x, teem->parm)));
        }
        CHECK(worst < 1e-13);
        CHECK(kernel(0.25) == Approx(teem->kernel->eval1_d(0.25, teem->parm)).epsilon(1e-14));
        if (kernel.kind() != Kernel::Kind::hann)
            CHECK(kernel(0) == Approx(teem->kernel->eval1_d(0, teem->parm)).epsilon(1e-14));
    }
}

#endif
