#include "transform/transform.hpp"

#include <stack2nrrd/error.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace stack2nrrd {

Transform::~Transform() = default;

namespace {

class Linear final : public Transform {
public:
    Linear(const Affine& map, const Affine& back) : map_(map), back_(back) {}

    void apply(std::span<Vector3> points) const override {
        for (Vector3& point : points) point = mapped(map_, point);
    }
    [[nodiscard]] std::optional<Affine> linear() const override { return map_; }
    [[nodiscard]] std::int64_t memory_bytes() const override { return 0; }
    [[nodiscard]] Body image(const Body& body) const override { return image_of(body, map_); }
    [[nodiscard]] Body preimage(const Body& body) const override { return image_of(body, back_); }
    void differentiate(const Body& /*body*/, Extremes& extremes) const override {
        extremes.take(product(extremes.left(), product(map_.matrix, extremes.right())));
    }

private:
    Affine map_;
    Affine back_;
};

class Chain final : public Transform {
public:
    /// No two neighbours are linear, and there are two or more.
    explicit Chain(std::vector<TransformPtr> parts) : parts_(std::move(parts)) {}

    [[nodiscard]] const std::vector<TransformPtr>& parts() const { return parts_; }

    void apply(std::span<Vector3> points) const override {
        for (const TransformPtr& part : parts_) part->apply(points);
    }
    void apply_by(std::span<Vector3> points, std::span<Vector3> centres) const override {
        for (const TransformPtr& part : parts_) part->apply_by(points, centres);
    }
    [[nodiscard]] bool is_cut(const Body& body) const override {
        Body there = body;
        return std::any_of(parts_.begin(), parts_.end(), [&](const TransformPtr& part) {
            const bool cut = part->is_cut(there);
            there = part->image(there);
            return cut;
        });
    }
    [[nodiscard]] std::optional<Affine> linear() const override { return std::nullopt; }
    [[nodiscard]] std::int64_t memory_bytes() const override {
        std::int64_t bytes = 0;
        for (const TransformPtr& part : parts_) bytes += part->memory_bytes();
        return bytes;
    }
    [[nodiscard]] Body image(const Body& body) const override {
        Body result = body;
        for (const TransformPtr& part : parts_) result = part->image(result);
        return result;
    }
    [[nodiscard]] Body preimage(const Body& body) const override {
        Body result = body;
        for (auto part = parts_.rbegin(); part != parts_.rend(); ++part) result = (*part)->preimage(result);
        return result;
    }
    void differentiate(const Body& body, Extremes& extremes) const override;

private:
    void differentiate_one(const Body& body, Extremes& extremes) const;
    void differentiate_several(const Body& body, Extremes& extremes) const;

    std::vector<TransformPtr> parts_;
};

void Chain::differentiate(const Body& body, Extremes& extremes) const {
    const auto linear = std::count_if(parts_.begin(), parts_.end(), [](const auto& part) { return part->linear(); });
    if (static_cast<std::size_t>(linear) + 1 == parts_.size()) {
        differentiate_one(body, extremes);
    } else {
        differentiate_several(body, extremes);
    }
}

/// One part is not linear: the others become part of its left and right.
void Chain::differentiate_one(const Body& body, Extremes& extremes) const {
    Matrix3 left = extremes.left();
    Matrix3 right = extremes.right();
    Body there = body;
    const Transform* one = nullptr;
    for (const TransformPtr& part : parts_) {
        const std::optional<Affine> map = part->linear();
        if (!map) {
            one = part.get();
        } else if (one == nullptr) {
            right = product(map->matrix, right);
            there = part->image(there);
        } else {
            left = product(left, map->matrix);
        }
    }
    Extremes of_one(left, right);
    one->differentiate(there, of_one);
    extremes.take_bounds(of_one.most(), of_one.least(), of_one.folds());
}

/// With P the linear parts before part i, and `right` before them, J = base · … (1 + X_i) … (1 + X_1), where
/// X = P^-1 (T_i' - 1) P and base is what all linear parts make. So |J e_b| <= |base e_b| + |base| (Π (1 + |X|) - 1),
/// and |J^-1 e_a| <= |base^-1 e_a| Π |(1 + X)^-1|. Which Jacobians of one part meet which of another is not asked.
void Chain::differentiate_several(const Body& body, Extremes& extremes) const {
    Matrix3 before = extremes.right();
    Body there = body;
    double further = 1;  // Π (1 + |X|)
    double back = 1;     // Π |(1 + X)^-1|
    bool folds = false;
    for (const TransformPtr& part : parts_) {
        if (const std::optional<Affine> map = part->linear()) {
            before = product(map->matrix, before);
        } else {
            Extremes own(inverse(before).value_or(unit_matrix), before);
            part->differentiate(there, own);
            further *= 1 + own.away();
            const Vector3 least = own.least();
            double inverse_norm =
                std::sqrt(1 / (least[0] * least[0]) + 1 / (least[1] * least[1]) + 1 / (least[2] * least[2]));
            if (own.away() < 1) inverse_norm = std::min(inverse_norm, 1 / (1 - own.away()));
            back *= inverse_norm;
            folds = folds || own.folds();
        }
        there = part->image(there);
    }
    const Matrix3 base = product(extremes.left(), before);
    Vector3 most = column_lengths(base);
    Vector3 least = least_steps(base);
    for (std::size_t i = 0; i < 3; ++i) {
        most[i] += norm_bound(base) * (further - 1);
        least[i] /= back;
    }
    extremes.take_bounds(most, least, folds);
}

}  // namespace

TransformPtr linear_transform(const Affine& map) {
    const std::optional<Affine> back = inverse(map);
    if (!back || !std::isfinite(dot(map.offset, map.offset))) {
        throw Error(ErrorCode::invalid_argument,
                    "a linear transform is singular or has numbers that are none, one that can be inverted was "
                    "expected; correct its matrix");
    }
    return std::make_shared<Linear>(map, *back);
}

TransformPtr chain(const std::vector<TransformPtr>& transforms) {
    std::vector<TransformPtr> parts;
    const auto add = [&](const TransformPtr& part) {
        const std::optional<Affine> map = part->linear();
        const std::optional<Affine> before = map && !parts.empty() ? parts.back()->linear() : std::nullopt;
        if (before) {
            parts.back() = linear_transform(compose(*map, *before));
        } else {
            parts.push_back(part);
        }
    };
    for (const TransformPtr& transform : transforms) {
        if (const auto* inner = dynamic_cast<const Chain*>(transform.get())) {
            for (const TransformPtr& part : inner->parts()) add(part);
        } else {
            add(transform);
        }
    }
    if (parts.empty()) return linear_transform(Affine{});
    if (parts.size() == 1) return parts.front();
    return std::make_shared<Chain>(std::move(parts));
}

}  // namespace stack2nrrd
