#include "stage/dehaze.hpp"

#include "core/byte_count.hpp"
#include "core/sample_types.hpp"
#include "core/scratch_file.hpp"
#include "core/text.hpp"
#include "intensity/air.hpp"
#include "stage/value_counts.hpp"

#include <stack2nrrd/error.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace stack2nrrd {

namespace {

/// To what a late note holds.
double to_13_digits(double value) {
    std::array<char, 40> text{};
    char* const end = std::to_chars(text.data(), text.data() + text.size(), value, std::chars_format::general, 13).ptr;
    return parse_double({text.data(), static_cast<std::size_t>(end - text.data())}).value_or(value);
}

/// Which samples of a slice are bright: 1, or 0.
using Marks = std::vector<std::uint8_t>;

template <class Sample>
void mark(std::span<const Sample> samples, double threshold, Marks& marks) {
    // Bytes that are written may be any object's, so that nothing but pointers is used.
    std::uint8_t* const to = marks.data();
    const Sample* const from = samples.data();
    const std::size_t count = samples.size();
    if constexpr (std::is_integral_v<Sample>) {
        const double whole = std::ceil(threshold);
        // 2^digits is a double; the highest value of 64 bits is none.
        const bool none = whole >= std::ldexp(1., std::numeric_limits<Sample>::digits);
        const bool all = whole <= static_cast<double>(std::numeric_limits<Sample>::lowest());
        if (none || all) return static_cast<void>(std::fill_n(to, count, static_cast<std::uint8_t>(all)));
        const auto least = static_cast<Sample>(whole);
        for (std::size_t i = 0; i < count; ++i) to[i] = from[i] >= least ? 1 : 0;
    } else {
        for (std::size_t i = 0; i < count; ++i) to[i] = from[i] >= threshold ? 1 : 0;
    }
}

/// `row` of the marks of a slice, each with its neighbours in all directions. `before`, `after`: those of the slices
/// beside it; null at the ends of the volume.
void grow(const Marks& marks, const Marks* before, const Marks* after, std::size_t y, std::size_t rows, Marks& row) {
    const std::size_t length = row.size();
    const std::uint8_t* const here = marks.data() + y * length;
    std::uint8_t* const to = row.data();
    const auto add = [&](const std::uint8_t* from, std::uint8_t* at, std::size_t count) {
        for (std::size_t x = 0; x < count; ++x) at[x] = static_cast<std::uint8_t>(at[x] | from[x]);
    };
    std::copy_n(here, length, to);
    add(here, to + 1, length - 1);
    add(here + 1, to, length - 1);
    if (y > 0) add(here - length, to, length);
    if (y + 1 < rows) add(here + length, to, length);
    if (before != nullptr) add(before->data() + y * length, to, length);
    if (after != nullptr) add(after->data() + y * length, to, length);
}

class Dehazing final : public StageSink {
public:
    Dehazing(const Dehaze& dehaze, Sink& next, StageRun run) : StageSink(next), dehaze_(dehaze), run_(std::move(run)) {}

    void begin(const VolumeInfo& volume) override {
        type_ = volume.type;
        size_ = volume.size;
        air_.all = size_[0] * size_[1] * size_[2];
        slice_bytes_ = static_cast<std::size_t>(volume.slice_bytes());
        VolumeInfo result = volume;
        add_notes(result);
        next().begin(result);
        values_.emplace(type_);
        scratch_.emplace(run_.scratch_folder, volume.bytes());
    }

    void write_slice(Index z, std::span<const std::byte> samples) override {
        values_->add(samples);
        scratch_->write_at(z * static_cast<std::int64_t>(slice_bytes_), samples);
        if (z + 1 == size_[2]) end();
    }

    void write_late_notes(std::span<const std::string> values) override {
        std::vector<std::string> all(values.begin(), values.end());
        const double share = static_cast<double>(air_.samples) / static_cast<double>(air_.all);
        all.push_back(air_.mode ? number_text(*air_.mode) : "none");
        all.push_back(air_.found ? threshold_text() : "none");
        all.push_back(number_text(std::round(share * 1e6) / 1e6));
        next().write_late_notes(all);
    }

    void add_to(Report& report) const override { report.air = air_; }

    static void add_notes(VolumeInfo& volume) {
        for (const char* key : {"mode", "threshold", "share"}) {
            volume.late_notes.push_back(std::string("stack2nrrd_dehaze_") + key);
        }
    }

private:
    /// One that was given may be longer than a late note; as it was given it is in the options.
    [[nodiscard]] std::string threshold_text() const {
        const std::string text = number_text(air_.threshold);
        return text.size() <= late_note_width ? text : number_text(to_13_digits(air_.threshold));
    }

    void end() {
        find();
        with_sample_type(type_, [&](auto zero) { hand_on<decltype(zero)>(); });
        scratch_.reset();
    }

    void read(Index z, std::vector<std::byte>& slice) {
        run_.pulse();
        slice.resize(slice_bytes_);
        scratch_->read_at(z * static_cast<std::int64_t>(slice_bytes_), slice);
    }

    void find() {
        if (!values_->end()) return;
        air_.darkest = values_->lowest();
        if (values_->needs_second_pass() && dehaze_.kind != Dehaze::Kind::threshold) {
            std::vector<std::byte> slice;
            for (Index z = 0; z < size_[2]; ++z) {
                read(z, slice);
                values_->count(slice);
            }
        }
        const std::optional<AirThreshold> found = find_air(values_->histogram(), dehaze_);
        if (!found) return;
        const bool given = dehaze_.kind == Dehaze::Kind::threshold;
        const bool whole = !is_float(type_);
        air_.found = true;
        air_.threshold = whole   ? std::ceil(found->threshold)
                         : given ? found->threshold
                                 : to_13_digits(found->threshold);
        if (found->mode) air_.mode = whole ? std::round(*found->mode) : to_13_digits(*found->mode);
    }

    /// Slices with what is beside them: the samples of two, and the marks of three.
    template <class Sample>
    void hand_on() {
        const auto rows = static_cast<std::size_t>(size_[1]);
        Marks row(static_cast<std::size_t>(size_[0]));
        std::array<Marks, 3> marks;  // of the slice before, of this one, of the one after it
        std::array<std::vector<std::byte>, 2> slices;
        const auto samples_of = [](std::vector<std::byte>& slice) {
            return std::span<Sample>(reinterpret_cast<Sample*>(slice.data()), slice.size() / sizeof(Sample));
        };
        const auto fetch = [&](Index z, std::size_t at) {
            read(z, slices[at]);
            if (!air_.found) return;
            marks[at + 1].resize(row.size() * rows);
            mark<Sample>(samples_of(slices[at]), air_.threshold, marks[at + 1]);
        };
        const auto darkest = values_->lowest_sample<Sample>();
        values_.reset();
        fetch(0, 0);
        for (Index z = 0; z < size_[2]; ++z) {
            const bool is_last = z + 1 == size_[2];
            if (!is_last) fetch(z + 1, 1);
            for (std::size_t y = 0; air_.found && y < rows; ++y) {
                grow(marks[1], z > 0 ? &marks[0] : nullptr, is_last ? nullptr : &marks[2], y, rows, row);
                blank(samples_of(slices[0]).subspan(y * row.size(), row.size()), row, darkest);
            }
            next().write_slice(z, slices[0]);
            std::swap(slices[0], slices[1]);
            std::rotate(marks.begin(), marks.begin() + 1, marks.end());
        }
    }

    template <class Sample>
    void blank(std::span<Sample> samples, const Marks& kept, Sample darkest) {
        Sample* const to = samples.data();
        const std::uint8_t* const keep = kept.data();
        const std::size_t length = samples.size();
        std::size_t count = 0;
        for (std::size_t x = 0; x < length; ++x) {
            const bool is_air = keep[x] == 0 && to[x] == to[x];  // NaN equals nothing
            count += is_air ? 1 : 0;
            to[x] = is_air ? darkest : to[x];
        }
        air_.samples += static_cast<std::int64_t>(count);
    }

    Dehaze dehaze_;
    StageRun run_;
    SampleType type_ = SampleType::uint8;
    std::array<Index, 3> size_{};
    std::size_t slice_bytes_ = 0;
    std::optional<ValueCounts> values_;
    std::optional<ScratchFile> scratch_;
    Air air_;
};

class DehazingPlan final : public StagePlan {
public:
    explicit DehazingPlan(const Dehaze& dehaze) : dehaze_(dehaze) {}

    [[nodiscard]] VolumeInfo result(const VolumeInfo& volume) const override {
        if (volume.channels != 1) {
            throw Error(ErrorCode::invalid_argument, "--dehaze: air has one value, but the result has " +
                                                         colour_text(volume.colour, volume.channels) +
                                                         " samples; choose a channel, or luma");
        }
        VolumeInfo result = volume;
        Dehazing::add_notes(result);
        return result;
    }

    [[nodiscard]] std::int64_t memory_bytes(const VolumeInfo& volume) const override {
        const ByteCount counting =
            ByteCount(ValueCounts::memory_bytes(volume.type)) + air_bytes(ValueCounts::bins(volume.type));
        const ByteCount handing_on = ByteCount(2) * volume.slice_bytes() +
                                     ByteCount(3) * (ByteCount(volume.size[0]) * volume.size[1]) + volume.size[0];
        return (counting + handing_on).value();
    }

    [[nodiscard]] std::int64_t scratch_bytes(const VolumeInfo& volume) const override { return volume.bytes(); }

    [[nodiscard]] std::unique_ptr<StageSink> before(Sink& next, const StageRun& run) const override {
        return std::make_unique<Dehazing>(dehaze_, next, run);
    }

private:
    Dehaze dehaze_;
};

}  // namespace

std::shared_ptr<const StagePlan> dehazing(const Dehaze& dehaze) { return std::make_shared<DehazingPlan>(dehaze); }

}  // namespace stack2nrrd
