// Linear maps, and several transforms one after the other.

#include "support/catch.hpp"
#include "support/refusal.hpp"
#include "transform/transform.hpp"

#include <stack2nrrd/error.hpp>

#include <random>
#include <string>
#include <vector>

namespace {

using namespace stack2nrrd;

/// Doubles a point's distance from the plane x = 1 where it is beyond it: linear nowhere that counts.
class Bent final : public Transform {
public:
    void apply(std::span<Vector3> points) const override {
        for (Vector3& p : points) p[0] = p[0] > 1 ? 2 * p[0] - 1 : p[0];
    }
    std::optional<Affine> linear() const override { return std::nullopt; }
    std::int64_t memory_bytes() const override { return 1000; }
    Body image(const Body& body) const override { return body; }
    Body preimage(const Body& body) const override { return body; }
    void differentiate(const Body&, Extremes& extremes) const override { extremes.take(extremes.base()); }
};

Affine random_affine(std::mt19937& random) {
    std::uniform_real_distribution<double> number(-2, 2);
    Affine map;
    do {
        for (Vector3& row : map.matrix) row = {number(random), number(random), number(random)};
    } while (std::abs(determinant(map.matrix)) < 0.1);
    map.offset = {number(random), number(random), number(random)};
    return map;
}

Vector3 mapped(const Transform& transform, Vector3 point) {
    transform.apply({&point, 1});
    return point;
}

void check_near(const Vector3& a, const Vector3& b) {
    for (std::size_t d = 0; d < 3; ++d) CHECK(a[d] == Approx(b[d]).margin(1e-10));
}

}  // namespace

TEST_CASE("a linear map, its inverse, and one after another", "[transform]") {
    const Affine turn{{Vector3{0, -1, 0}, Vector3{1, 0, 0}, Vector3{0, 0, 2}}, {10, 20, 30}};
    CHECK(mapped(turn, {1, 2, 3}) == Vector3{8, 21, 36});
    // It is the second one that is given first.
    const Affine shift{unit_matrix, {1, 0, 0}};
    CHECK(mapped(compose(turn, shift), {0, 0, 0}) == Vector3{10, 21, 30});
    CHECK(mapped(compose(shift, turn), {0, 0, 0}) == Vector3{11, 20, 30});
    // The centre moves by the translation alone.
    CHECK(mapped(about(turn.matrix, {5, 6, 7}, {1, 2, 3}), {5, 6, 7}) == Vector3{6, 8, 10});

    std::mt19937 random(3);
    for (int round = 0; round < 100; ++round) {
        const Affine map = random_affine(random);
        const Affine other = random_affine(random);
        const Vector3 point{1.5, -2.5, 0.25};
        check_near(mapped(inverse(map).value(), mapped(map, point)), point);
        check_near(mapped(compose(map, other), point), mapped(map, mapped(other, point)));
    }
    CHECK(inverse(Affine{{Vector3{1, 2, 3}, Vector3{2, 4, 6}, Vector3{0, 0, 1}}, {}}) == std::nullopt);
    // Small is not singular.
    CHECK(inverse(Affine{{Vector3{1e-9, 0, 0}, Vector3{0, 1e-9, 0}, Vector3{0, 0, 1e-9}}, {}}).has_value());
}

TEST_CASE("a chain applies its first transform first, and merges what is linear", "[transform]") {
    std::mt19937 random(4);
    const auto bent = std::make_shared<const Bent>();
    std::vector<Affine> maps;
    std::vector<TransformPtr> linear;
    for (int i = 0; i < 4; ++i) {
        maps.push_back(random_affine(random));
        linear.push_back(linear_transform(maps.back()));
    }
    const Vector3 point{0.5, -0.25, 3};

    const TransformPtr all_linear = chain({linear[0], linear[1], linear[2]});
    REQUIRE(all_linear->linear().has_value());
    check_near(mapped(*all_linear, point), mapped(maps[2], mapped(maps[1], mapped(maps[0], point))));

    const TransformPtr mixed = chain({linear[0], linear[1], bent, linear[2], linear[3]});
    CHECK(!mixed->linear());
    CHECK(mixed->memory_bytes() == 1000);
    Vector3 expected = mapped(*bent, mapped(maps[1], mapped(maps[0], point)));
    expected = mapped(maps[3], mapped(maps[2], expected));
    check_near(mapped(*mixed, point), expected);

    // A chain of chains is one, so that linear parts on both sides of the seam meet.
    const TransformPtr nested = chain({chain({linear[0], bent, linear[1]}), chain({linear[2], bent})});
    expected = mapped(*bent, mapped(maps[2], mapped(maps[1], mapped(*bent, mapped(maps[0], point)))));
    check_near(mapped(*nested, point), expected);
    CHECK(nested->memory_bytes() == 2000);

    CHECK(chain({})->linear() == Affine{});
    CHECK(chain({bent}) == bent);
}

TEST_CASE("a singular linear transform is refused", "[transform]") {
    CHECK(support::refusal([] {
              static_cast<void>(linear_transform({{Vector3{1, 0, 0}, Vector3{0, 0, 0}, Vector3{0, 0, 1}}, {}}));
          }) == ErrorCode::invalid_argument);
    CHECK(support::refusal([] {
              static_cast<void>(linear_transform({unit_matrix, {0, std::nan(""), 0}}));
          }) == ErrorCode::invalid_argument);
}
