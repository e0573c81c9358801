#include "warp/own_transform.hpp"

#include "transform/transform.hpp"

#include <stdexcept>
#include <utility>

namespace warps {

namespace {

using namespace stack2nrrd;

class Own final : public Transform {
public:
    explicit Own(Map map) : map_(std::move(map)) {}

    void apply(std::span<Vector3> points) const override {
        for (Vector3& point : points) point = map_(point);
    }
    [[nodiscard]] std::optional<Affine> linear() const override { return std::nullopt; }
    [[nodiscard]] std::int64_t memory_bytes() const override { return 0; }
    [[nodiscard]] Body image(const Body& /*body*/) const override { throw std::logic_error("not of a warp"); }
    [[nodiscard]] Body preimage(const Body& /*body*/) const override { throw std::logic_error("not of a warp"); }
    void differentiate(const Body& /*body*/, Extremes& /*extremes*/) const override {
        throw std::logic_error("not of a warp");
    }

private:
    Map map_;
};

}  // namespace

std::shared_ptr<const Transform> own_transform(Map map) { return std::make_shared<Own>(std::move(map)); }

std::shared_ptr<const Transform> own_linear(const std::array<Vector3, 3>& matrix, const Vector3& offset) {
    return linear_transform({matrix, offset});
}

}  // namespace warps
