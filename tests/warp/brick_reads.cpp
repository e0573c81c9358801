// What a plan says about the scratch file, against what a source reads of it.

#include "warp/brick_reads.hpp"

#include "support/catch.hpp"
#include "support/temp_folder.hpp"
#include "transform/affine.hpp"
#include "warp/warp_source.hpp"

#include <stack2nrrd/geometry.hpp>

#include <array>
#include <cmath>
#include <memory>
#include <vector>

namespace {

using namespace stack2nrrd;

class Rows final : public RowSink {
public:
    void rows(Index, Index, const std::byte*) override {}
};

/// Turned by `angle` about x, then about z, in the middle of a cube.
Warp turned(Index edge, double angle) {
    Warp warp;
    warp.size = {edge, edge, edge};
    warp.finer = {Rational{2, 1}, Rational{2, 1}, Rational{2, 1}};
    const double c = std::cos(angle);
    const double s = std::sin(angle);
    const std::array<Vector3, 3> columns{{{c, s, 0}, {-s * c, c * c, s}, {s * s, -c * s, c}}};
    const double middle = static_cast<double>(edge - 1) / 2;
    for (std::size_t a = 0; a < 3; ++a) warp.geometry.direction[a] = columns[a];
    for (std::size_t i = 0; i < 3; ++i) {
        warp.geometry.origin[i] = middle;
        for (std::size_t a = 0; a < 3; ++a) warp.geometry.origin[i] -= columns[a][i] * middle;
    }
    warp.source = Geometry{};
    warp.wanted = {Range{0, edge}, {0, edge}, {0, edge}};
    return warp;
}

}  // namespace

TEST_CASE("how often the scratch file is read is known before, about", "[warp]") {
    constexpr Index edge = 96;
    constexpr Index depth = 8;
    BrickLayout bricks;
    bricks.size = {edge, edge, edge};
    bricks.edge = 8;
    const std::vector<std::byte> slice(static_cast<std::size_t>(bricks.slice_bytes().value()));
    for (const double angle : {0.0, 0.1, 0.7}) {
        const Warp warp = turned(edge, angle);
        for (const Index cached : {288, 500, 2000})  // the plan gives 288 at least
        {
            const support::TempFolder folder;
            BrickStore store(bricks, folder.path(), bricks.edge);
            for (Index z = 0; z < edge; ++z) store.write_slice(z, slice);
            store.open(cached);
            const Range slices{0, warp.fine(2)};
            const WarpSource source(warp, Geometry{}, store, LookUp::lanczos, true,
                                    std::make_shared<Inside>(warp, edge), slices, depth);
            const auto reader = source.reader();
            Rows rows;
            for (Index z = 0; z < slices.end; ++z) reader->read(z, {0, warp.fine(1)}, rows);
            const double said = brick_reads(warp, Geometry{}, bricks, slices, depth, cached);
            const auto read = static_cast<double>(store.bricks_read());
            CAPTURE(angle, cached, said, read);
            CHECK(said >= read * 0.6);
            CHECK(said <= read * 2);
        }
    }
}
