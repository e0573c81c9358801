// Promise 1 for several results of one reading: their memory is predicted together, and does not grow with the slices.

#include "cli/program.hpp"
#include "support/catch.hpp"
#include "support/own_source.hpp"

#include <stack2nrrd/import.hpp>

#include <nlohmann/json.hpp>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

using namespace cli_test;

namespace {

constexpr const char* child_variable = "STACK2NRRD_TEST_SLICES";
constexpr const char* cap_variable = "STACK2NRRD_TEST_MEMORY";

/// What this process has at its peak.
std::int64_t peak_bytes() {
    std::ifstream status("/proc/self/status");
    for (std::string line; std::getline(status, line);) {
        if (line.starts_with("VmHWM:")) return std::stoll(line.substr(6)) << 10;
    }
    return 0;
}

/// Makes four results from slices that nobody holds, and prints what that took and what was planned. In a process of
/// its own, where nothing else has taken memory.
void make_four(stack2nrrd::Index slices) {
    stack2nrrd::ImageInfo image;
    image.width = image.height = 1024;
    image.type = stack2nrrd::SampleType::uint16;
    const auto source = std::make_shared<support::OwnSource>(image, slices, std::vector<std::byte>());
    source->instead = [](stack2nrrd::Index z, stack2nrrd::Range rows, stack2nrrd::RowSink& sink) {
        std::vector<std::byte> row(2 * 1024);
        for (stack2nrrd::Index y = rows.first; y < rows.end; ++y) {
            for (std::size_t x = 0; x < row.size(); x += 64) row[x] = static_cast<std::byte>(y * 7 + z);
            sink.row(y, row.data());
        }
    };
    struct Nowhere final : stack2nrrd::Sink {
        void begin(const stack2nrrd::VolumeInfo&) override {}
        void write_slice(stack2nrrd::Index, std::span<const std::byte>) override {}
        void finish() override {}
    };
    std::vector<stack2nrrd::Options> options(4);
    set_option(options[0], "factor", "1,1,2");
    set_option(options[1], "factor", "1,1,3");
    set_option(options[1], "kernel", "bspl5");
    set_option(options[2], "factor", "2");
    set_option(options[3], "factor", "2");
    set_option(options[3], "labels", "true");
    for (stack2nrrd::Options& each : options) each.threads = 2;
    if (const char* cap = std::getenv(cap_variable)) set_option(options[0], "memory", cap);
    const auto plans = plan_imports(stack2nrrd::stack_from(source), options);
    std::vector<Nowhere> sinks(4);
    std::vector<stack2nrrd::PlannedOutput> outputs;
    for (std::size_t i = 0; i < 4; ++i) outputs.push_back({plans[i], &sinks[i]});
    const std::int64_t before = peak_bytes();
    (void)run_imports(outputs);
    std::cout << nlohmann::json{{"before", before}, {"peak", peak_bytes()}, {"planned", plans[0].memory_bytes()}}
              << std::endl;
    std::_Exit(0);  // Catch has nothing to add
}

nlohmann::json made_of(int slices, const std::string& cap = {}) {
    Program program{{"several results together take the memory that was planned"}};
    program.program = "/proc/self/exe";
    program.set = {{child_variable, std::to_string(slices)}};
    if (!cap.empty()) program.set[cap_variable] = cap;
    program.patience = 120;
    const Result result = program.run();
    CAPTURE(result.out, result.err, result.status);
    REQUIRE(result.status == 0);
    return nlohmann::json::parse(result.out.substr(result.out.find('{')));  // Catch has said something before
}

}  // namespace

TEST_CASE("several results together take the memory that was planned", "[cli]") {
    if (const char* slices = std::getenv(child_variable)) make_four(std::stoi(slices));
    if (is_sanitized()) return say_skipped("a sanitizer takes memory of its own");
    const nlohmann::json few = made_of(40);
    const nlohmann::json many = made_of(120);
    const nlohmann::json capped = made_of(40, "170M");
    CAPTURE(few.dump(), many.dump(), capped.dump());
    const auto bytes = [](const nlohmann::json& made, const char* what) { return made[what].get<std::int64_t>(); };
    constexpr std::int64_t mebibyte = 1 << 20;
    for (const nlohmann::json* made : {&few, &many, &capped}) {
        CHECK(bytes(*made, "peak") <= bytes(*made, "planned"));
        // And what was planned is not just any large number.
        CHECK(bytes(*made, "peak") - bytes(*made, "before") >= bytes(*made, "planned") / 2);
    }
    CHECK(bytes(many, "planned") - bytes(few, "planned") < mebibyte / 100);
    CHECK(std::abs(bytes(many, "peak") - bytes(few, "peak")) < bytes(few, "peak") / 10);
    CHECK(bytes(capped, "planned") <= 170 * mebibyte);
    CHECK(bytes(capped, "planned") < bytes(few, "planned"));
}
