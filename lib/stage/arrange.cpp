#include "stage/arrange.hpp"

#include "core/byte_count.hpp"
#include "core/scratch_file.hpp"
#include "stage/outside.hpp"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace stack2nrrd {

namespace {

using Bytes = std::vector<std::byte>;

std::size_t bytes_of(Index count) { return static_cast<std::size_t>(count); }

// ----------------------------------------------------------------------------------------- a block and a slice

/// A part of one axis of a block in memory, in the order of the result.
struct Run {
    Index first = 0;            ///< sample of the result
    Index count = 0;            ///< how many there are
    std::ptrdiff_t start = 0;   ///< bytes from the block's first sample to the one that comes first
    std::ptrdiff_t stride = 0;  ///< bytes from one to the next; below 0 where the axis is turned
};

/// The samples `part` of the `made` ones, which follow each other in the block every `stride` bytes.
Run run_of(const ArrangedAxis& axis, Index made, Range part, std::ptrdiff_t stride) {
    Run run;
    run.first = axis.before + (axis.turned ? made - part.end : part.first);
    run.count = std::clamp<Index>(axis.size - run.first, 0, part.size());
    run.start = axis.turned ? (part.size() - 1) * stride : 0;
    run.stride = axis.turned ? -stride : stride;
    return run;
}

template <std::size_t size>
void copy_row(const std::byte* from, std::ptrdiff_t stride, std::byte* to, Index count) {
    for (Index i = 0; i < count; ++i, from += stride, to += size) std::memcpy(to, from, size);
}

void copy_row(const std::byte* from, std::ptrdiff_t stride, std::byte* to, Index count, std::size_t sample) {
    if (stride == static_cast<std::ptrdiff_t>(sample)) {
        std::memcpy(to, from, bytes_of(count) * sample);
        return;
    }
    switch (sample) {
        case 1: return copy_row<1>(from, stride, to, count);
        case 2: return copy_row<2>(from, stride, to, count);
        case 3: return copy_row<3>(from, stride, to, count);
        case 4: return copy_row<4>(from, stride, to, count);
        case 8: return copy_row<8>(from, stride, to, count);
        default: break;
    }
    for (Index i = 0; i < count; ++i, from += stride, to += sample) std::memcpy(to, from, sample);
}

/// Puts a block into a slice that has `row` samples in a row, each of `sample` bytes.
void put(const std::byte* block, const Run& x, const Run& y, std::byte* slice, Index row, std::size_t sample) {
    constexpr Index together = 64;  // rows and columns that the processor's first cache holds
    const bool across = std::abs(x.stride) != static_cast<std::ptrdiff_t>(sample);
    const Index columns = across ? together : std::max<Index>(1, x.count);
    for (Index y0 = 0; y0 < y.count; y0 += together) {
        for (Index x0 = 0; x0 < x.count; x0 += columns) {
            const Index count = std::min(columns, x.count - x0);
            for (Index j = y0; j < std::min(y.count, y0 + together); ++j) {
                copy_row(block + x.start + x0 * x.stride + y.start + j * y.stride, x.stride,
                         slice + bytes_of((y.first + j) * row + x.first + x0) * sample, count, sample);
            }
        }
    }
}

// --------------------------------------------------------------------------------------------------- the layout

enum class Way : std::uint8_t {
    straight,  ///< slices stay slices, and come in order
    back,      ///< they stay slices, the last one comes first
    across,    ///< slices of the result hold a row or a column of each slice
};

/// How large things are.
struct Layout {
    Way way = Way::straight;
    std::size_t sample = 1;       ///< bytes, all channels
    std::array<Index, 3> made{};  ///< sizes
    std::array<Index, 3> size{};  ///< of the result
    std::int64_t made_slice = 0;  ///< bytes
    std::int64_t slice = 0;       ///< of the result, bytes
    bool is_plain = false;        ///< are slices those of the result, byte for byte?
    // Across:
    std::size_t along = 0;   ///< the axis of a slice that becomes z
    std::size_t beside = 1;  ///< and the other one
    Index group = 1;         ///< slices that are written together
    Index band = 1;          ///< slices of the result that are read together

    Layout(const VolumeInfo& volume, const Arrangement& arrangement, std::int64_t room = 0)
        : sample(static_cast<std::size_t>(volume.channels) * sample_bytes(volume.type)),
          made(volume.size),
          made_slice(volume.slice_bytes()) {
        const auto& axes = arrangement.axes;
        for (std::size_t a = 0; a < 3; ++a) size[a] = axes[a].size;
        slice = (ByteCount(size[0]) * size[1] * sample).value();
        is_plain = true;
        for (std::size_t a = 0; a < 2; ++a) {
            is_plain = is_plain && axes[a].from == a && !axes[a].turned && axes[a].before == 0 && size[a] == made[a];
        }
        if (axes[2].from == 2) {
            way = axes[2].turned ? Way::back : Way::straight;
            return;
        }
        way = Way::across;
        along = axes[2].from;
        beside = 1 - along;
        const std::int64_t buffer = (least_bytes() + room) / 2;
        if (buffer < std::max(made_slice, slice)) return;
        group = std::min(made[2], buffer / made_slice);
        band = std::min(made[along], buffer / slice);
    }

    [[nodiscard]] ByteCount written() const { return ByteCount(group) * made_slice; }
    /// What a band has of a group.
    [[nodiscard]] ByteCount chunk() const { return ByteCount(band) * group * made[beside] * sample; }

    [[nodiscard]] std::int64_t bytes() const {
        switch (way) {
            case Way::straight: return is_plain ? slice_of_fill() : slice;
            case Way::back: return (ByteCount(slice) + made_slice).value();
            case Way::across: break;
        }
        return std::max(written().value(), (ByteCount(band) * slice + chunk()).value());
    }

private:
    [[nodiscard]] std::int64_t slice_of_fill() const { return size[2] == made[2] ? 0 : slice; }
    [[nodiscard]] std::int64_t least_bytes() const {
        return std::max(made_slice, (ByteCount(slice) + ByteCount(made[beside]) * sample).value());
    }
};

// -------------------------------------------------------------------------------------------------- the stages

class Arranging : public StageSink {
public:
    Arranging(const Arrangement& arrangement, const StagePlan& plan, Sink& next, StageRun run)
        : StageSink(next), arrangement_(arrangement), plan_(plan), run_(std::move(run)) {}

    void begin(const VolumeInfo& volume) final {
        layout_.emplace(volume, arrangement_, run_.room);
        fill_ = outside_sample(volume, arrangement_.fill);
        prepare();
        next().begin(plan_.result(volume));
    }

    void write_slice(Index z, std::span<const std::byte> samples) final {
        take(z, samples.data());
        if (z + 1 == layout().made[2]) hand_on();
    }

protected:
    [[nodiscard]] const Layout& layout() const { return *layout_; }
    [[nodiscard]] const ArrangedAxis& axis(std::size_t a) const { return arrangement_.axes[a]; }
    [[nodiscard]] const StageRun& run() const { return run_; }

    /// Slices of samples that are outside; what is put into them later leaves the others as they are.
    [[nodiscard]] Bytes outside(Index slices) const {
        Bytes samples(bytes_of(slices * layout().slice));
        for (std::size_t at = 0; at < samples.size(); at += fill_.size()) {
            std::memcpy(samples.data() + at, fill_.data(), fill_.size());
        }
        return samples;
    }

    /// Writes slices that are outside, up to `end`.
    void write_outside(Index end) {
        if (written_ >= end) return;
        const Bytes slice = outside(1);
        while (written_ < end) write(slice.data());
    }

    void write(const std::byte* slice) {
        next().write_slice(written_++, {slice, bytes_of(layout().slice)});
        run_.pulse();
    }

    /// A slice as it was made, as one of the result: axes x and y.
    void put_slice(const std::byte* samples, std::byte* slice) const {
        const auto stride = [&](std::size_t a) {
            return static_cast<std::ptrdiff_t>(layout().sample) * (a == 0 ? 1 : layout().made[0]);
        };
        const auto whole = [&](std::size_t a) {
            const Index made = layout().made[axis(a).from];
            return run_of(axis(a), made, {0, made}, stride(axis(a).from));
        };
        put(samples, whole(0), whole(1), slice, layout().size[0], layout().sample);
    }

private:
    virtual void prepare() = 0;
    /// Slice z was made.
    virtual void take(Index z, const std::byte* samples) = 0;
    /// It was the last one.
    virtual void hand_on() = 0;

    Arrangement arrangement_;
    const StagePlan& plan_;
    StageRun run_;
    std::optional<Layout> layout_;
    Bytes fill_;
    Index written_ = 0;
};

class Straight final : public Arranging {
public:
    using Arranging::Arranging;

private:
    void prepare() override {}

    void take(Index z, const std::byte* samples) override {
        if (z >= axis(2).shown(layout().made[2])) return;
        write_outside(axis(2).before);
        if (layout().is_plain) return write(samples);
        if (slice_.empty()) slice_ = outside(1);
        put_slice(samples, slice_.data());
        write(slice_.data());
    }

    void hand_on() override {
        slice_ = Bytes();  // = {} would keep the memory
        write_outside(layout().size[2]);
    }

    Bytes slice_;
};

class Back final : public Arranging {
public:
    using Arranging::Arranging;

private:
    void prepare() override { file_.emplace(run().scratch_folder, layout().made_slice * layout().made[2]); }

    void take(Index z, const std::byte* samples) override {
        file_->write_at(z * layout().made_slice, {samples, bytes_of(layout().made_slice)});
    }

    void hand_on() override {
        write_outside(axis(2).before);
        const Index made = layout().made[2];
        {
            Bytes samples(bytes_of(layout().made_slice));
            Bytes slice = layout().is_plain ? Bytes{} : outside(1);
            for (Index k = 0; k < axis(2).shown(made); ++k) {
                file_->read_at((made - 1 - k) * layout().made_slice, samples);
                if (!layout().is_plain) put_slice(samples.data(), slice.data());
                write(layout().is_plain ? samples.data() : slice.data());
            }
        }
        file_.reset();
        write_outside(layout().size[2]);
    }

    std::optional<ScratchFile> file_;
};

/// In the scratch file, the slices of a group are side by side: for each place along the axis that becomes z, the rows
/// of all of them. So what some slices of the result have of a group is in one piece.
class Across final : public Arranging {
public:
    using Arranging::Arranging;

private:
    void prepare() override {
        file_.emplace(run().scratch_folder, layout().made_slice * layout().made[2]);
        group_.resize(bytes_of(layout().written().value()));
    }

    void take(Index z, const std::byte* samples) override {
        const Range group = group_of(z);
        const Layout& l = layout();
        const auto sample = static_cast<std::ptrdiff_t>(l.sample);
        const std::ptrdiff_t row = sample * l.made[0];
        // A slice whose rows are the axis `beside`, and whose columns, `along`, are a group's rows apart.
        const Run x{0, l.made[l.beside], 0, l.beside == 0 ? sample : row};
        const Run y{0, l.made[l.along], 0, l.along == 0 ? sample : row};
        put(samples, x, y, group_.data() + bytes_of((z - group.first) * l.made[l.beside]) * l.sample,
            group.size() * l.made[l.beside], l.sample);
        if (z + 1 < group.end) return;
        file_->write_at(group.first * l.made_slice, {group_.data(), bytes_of(group.size() * l.made_slice)});
    }

    void hand_on() override {
        group_ = Bytes();
        const Layout& l = layout();
        const Index made = l.made[l.along];
        const Index shown = axis(2).shown(made);
        write_outside(axis(2).before);
        {
            Bytes slices = outside(std::min(l.band, std::max<Index>(1, shown)));
            Bytes chunk(bytes_of(l.chunk().value()));
            for (Index k = 0; k < shown; k += l.band) {
                const Range out{k, std::min(shown, k + l.band)};
                const Range in = axis(2).turned ? Range{made - out.end, made - out.first} : out;
                for (Index z = 0; z < l.made[2]; z += l.group) gather(group_of(z), in, chunk, slices);
                for (Index i = 0; i < out.size(); ++i) {
                    const Index at = axis(2).turned ? out.size() - 1 - i : i;
                    write(slices.data() + bytes_of(at * l.slice));
                }
            }
        }
        file_.reset();
        write_outside(l.size[2]);
    }

    /// Puts what the places `in` have of a group into their slices.
    void gather(Range group, Range in, Bytes& chunk, Bytes& slices) {
        const Layout& l = layout();
        const Index row = l.made[l.beside] * static_cast<Index>(l.sample);  // of one slice
        const Index piece = row * group.size();                             // of one place, all slices of the group
        const std::span<std::byte> read{chunk.data(), bytes_of(in.size() * piece)};
        file_->read_at(group.first * l.made_slice + in.first * piece, read);
        const auto along = [&](std::size_t a) {
            const ArrangedAxis& own = axis(a);
            if (own.from == 2) return run_of(own, l.made[2], group, row);
            return run_of(own, l.made[l.beside], {0, l.made[l.beside]}, static_cast<std::ptrdiff_t>(l.sample));
        };
        const Run x = along(0);
        const Run y = along(1);
        for (Index i = 0; i < in.size(); ++i) {
            put(chunk.data() + i * piece, x, y, slices.data() + bytes_of(i * l.slice), l.size[0], l.sample);
        }
        run().pulse();
    }

    [[nodiscard]] Range group_of(Index z) const {
        const Index first = z / layout().group * layout().group;
        return {first, std::min(layout().made[2], first + layout().group)};
    }

    std::optional<ScratchFile> file_;
    Bytes group_;
};

class ArrangePlan final : public StagePlan {
public:
    explicit ArrangePlan(const Arrangement& arrangement) : arrangement_(arrangement) {}

    [[nodiscard]] VolumeInfo result(const VolumeInfo& volume) const override {
        (void)outside_sample(volume, arrangement_.fill);
        VolumeInfo result = volume;
        for (std::size_t a = 0; a < 3; ++a) {
            result.size[a] = arrangement_.axes[a].size;
            result.fields.labels[a] = volume.fields.labels[arrangement_.axes[a].from];
        }
        result.geometry = arrangement_.geometry;
        return result;
    }
    [[nodiscard]] std::int64_t memory_bytes(const VolumeInfo& volume) const override {
        return Layout(volume, arrangement_).bytes();
    }
    [[nodiscard]] std::int64_t useful_room(const VolumeInfo& volume) const override {
        constexpr std::int64_t most = 64 << 20;
        if (Layout(volume, arrangement_).way != Way::across) return 0;
        return std::min(most, volume.bytes());
    }
    [[nodiscard]] std::int64_t scratch_bytes(const VolumeInfo& volume) const override {
        return Layout(volume, arrangement_).way == Way::straight ? 0 : volume.bytes();
    }
    [[nodiscard]] std::unique_ptr<StageSink> before(Sink& next, const StageRun& run) const override {
        const ArrangedAxis& z = arrangement_.axes[2];
        if (z.from != 2) return std::make_unique<Across>(arrangement_, *this, next, run);
        if (z.turned) return std::make_unique<Back>(arrangement_, *this, next, run);
        return std::make_unique<Straight>(arrangement_, *this, next, run);
    }

private:
    Arrangement arrangement_;
};

}  // namespace

std::array<Index, 2> arranged(const ArrangedAxis& axis, Index made, Index first, Index last) noexcept {
    if (axis.turned) return {axis.before + made - 1 - last, axis.before + made - 1 - first};
    return {axis.before + first, axis.before + last};
}

std::shared_ptr<const StagePlan> arranging(const Arrangement& arrangement) {
    return std::make_shared<ArrangePlan>(arrangement);
}

}  // namespace stack2nrrd
