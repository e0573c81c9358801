// Options, one a line, on a small stack that the first bytes describe: a plan or an Error, and what is planned is made.

#include <stack2nrrd/import.hpp>
#include <stack2nrrd/options.hpp>
#include <stack2nrrd/report.hpp>
#include <stack2nrrd/stack.hpp>

#include "core/text.hpp"
#include "harness.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace stack2nrrd::fuzz {

namespace {

constexpr std::size_t head_bytes = 6;

/// Slices of numbers that differ, some of them blank.
class Slices final : public Source {
public:
    explicit Slices(Bytes head) {
        const auto at = [&](std::size_t i) { return std::to_integer<int>(head[i]); };
        info_.width = 1 + at(0) % 24;
        info_.height = 1 + at(1) % 24;
        slices_ = 1 + at(2) % 24;
        info_.type = static_cast<SampleType>(at(3) % 10);
        info_.colour = static_cast<Colour>(at(4) % 5);
        info_.components = 1 + at(4) / 5 % 4;
        blank_ = at(5) < 200 ? slices_ : at(5) - 200;
    }
    [[nodiscard]] ImageInfo image() const override { return info_; }
    [[nodiscard]] Index slices() const override { return slices_; }
    [[nodiscard]] bool is_blank(Index z) const override { return z == blank_; }
    [[nodiscard]] std::unique_ptr<SliceReader> reader() const override {
        class Reader final : public SliceReader {
        public:
            explicit Reader(const Slices& slices) : slices_(slices) {}
            void read(Index z, Range rows, RowSink& sink) override {
                std::vector<std::byte> row(slices_.info_.row_bytes());
                for (Index y = rows.first; y < rows.end; ++y) {
                    for (std::size_t i = 0; i < row.size(); ++i) {
                        row[i] = static_cast<std::byte>(i * 7 + static_cast<std::size_t>(y * 29 + z * 53));
                    }
                    sink.row(y, row.data());
                }
            }

        private:
            const Slices& slices_;
        };
        return std::make_unique<Reader>(*this);
    }

private:
    ImageInfo info_;
    Index slices_ = 1;
    Index blank_ = 0;
};

/// Those that name no file.
bool is_of_numbers(std::string_view name, std::string_view value) {
    constexpr std::array<std::string_view, 6> files{"like", "mask", "preview", "report", "scratch", "threads"};
    if (name == "transform") return value.starts_with("affine:");
    return std::find(files.begin(), files.end(), name) == files.end();
}

Options options_of(std::string_view text) {
    Options options;
    for (const std::string_view line : lines_of(text)) {
        const std::size_t equals = line.find('=');
        if (equals == std::string_view::npos || !is_of_numbers(line.substr(0, equals), line.substr(equals + 1)))
            continue;
        static_cast<void>(error_of({ErrorCode::invalid_argument},
                                   [&] { set_option(options, line.substr(0, equals), line.substr(equals + 1)); }));
    }
    return options;
}

void check_plan(const ImportPlan& plan) {
    const VolumeInfo& volume = plan.volume();
    for (const Index size : volume.size) holds(size >= 1, "a result has no samples");
    holds(volume.channels >= 1, "a result has no channels");
    holds(plan.memory_bytes() > 0 && plan.scratch_bytes() >= 0 && plan.read_bytes() >= 0 && plan.source_slices() >= 0,
          "a plan takes less than nothing");
    for (const std::string& warning : plan.warnings()) check_sentence(warning);
    for (const auto& [key, value] : volume.notes) {
        if (!value.empty()) check_sentence(key + value);
    }
    if (!plan.clipping_advice().empty()) check_sentence(plan.clipping_advice());
}

std::vector<std::byte> run(const ImportPlan& plan) {
    std::vector<std::byte> samples(static_cast<std::size_t>(plan.volume().bytes()));
    const auto sink = memory_sink(samples);
    const Report report = run_import(plan, *sink);
    static_cast<void>(report);
    return samples;
}

}  // namespace

void one_input(Bytes bytes) {
    if (bytes.size() < head_bytes) return;
    const Stack stack = stack_from(std::make_shared<const Slices>(bytes.first(head_bytes)));
    Options options = options_of(text_of(bytes.subspan(head_bytes)));
    options.threads = 1;
    const auto refusals = {ErrorCode::invalid_argument, ErrorCode::inconsistent, ErrorCode::missing_slices,
                           ErrorCode::limit, ErrorCode::unsupported};
    static_cast<void>(error_of(refusals, [&] { static_cast<void>(levels_of(stack, options, "/nowhere/out.nrrd")); }));
    std::vector<ImportPlan> plans;
    if (error_of(refusals, [&] { plans = surveyed_plans(stack, std::span(&options, 1)); })) return;
    const ImportPlan& plan = plans.front();
    check_plan(plan);
    Findings findings;
    findings.stack = &stack;
    findings.options = &options;
    findings.results.push_back({&plan, {}, {}});
    holds(is_utf8(info_json(findings)), "JSON is no UTF-8");
    constexpr std::int64_t most_bytes = std::int64_t{1} << 18;
    constexpr std::int64_t most_memory = std::int64_t{256} << 20;
    if (plan.volume().bytes() > most_bytes || plan.memory_bytes() > most_memory) return;
    const auto while_running = {ErrorCode::invalid_argument, ErrorCode::limit, ErrorCode::io};
    std::vector<std::byte> samples;
    if (error_of(while_running, [&] { samples = run(plan); })) return;
    options.threads = 2;
    holds(run(surveyed_plans(stack, std::span(&options, 1)).front()) == samples, "two threads make other samples");
}

}  // namespace stack2nrrd::fuzz
