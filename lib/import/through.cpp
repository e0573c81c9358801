#include "import/through.hpp"

#include "import/like.hpp"
#include "import/refuse.hpp"
#include "import/transform_file.hpp"

#include <algorithm>
#include <cmath>

namespace stack2nrrd {

namespace {

Geometry mapped(Geometry geometry, const Affine& map) {
    for (Vector3& direction : geometry.direction) direction = product(map.matrix, direction);
    geometry.origin = mapped(map, geometry.origin);
    return geometry;
}

std::string all_of(const std::vector<std::string>& names) {
    std::string text;
    for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
    return text;
}

}  // namespace

std::int64_t Through::memory_bytes() const {
    std::int64_t bytes = transform ? transform->memory_bytes() : 0;
    for (const FileList& list : files) bytes += list.memory_bytes();
    return bytes;
}

std::shared_ptr<const Through> read_transforms(const Options& options) {
    auto through = std::make_shared<Through>();
    std::vector<TransformPtr> transforms;
    for (const GivenTransform& given : options.transforms) {
        if (given.file.empty()) {
            Affine map;
            for (std::size_t r = 0; r < 3; ++r) {
                map.matrix[r] = {given.matrix[r][0], given.matrix[r][1], given.matrix[r][2]};
                map.offset[r] = given.matrix[r][3];
            }
            try {
                transforms.insert(transforms.begin(), linear_transform(map));
            } catch (const Error& error) {
                throw Error(error.code(), std::string("--transform: ") + error.what());
            }
            through->names.emplace_back("the matrix");
            continue;
        }
        TransformFile file = read_transform(given.file, options.memory);
        transforms.insert(transforms.begin(), file.transform);
        through->names.push_back(file.name);
        through->files.push_back(file.files);
        std::move(file.notes.begin(), file.notes.end(), std::back_inserter(through->notes));
    }
    through->linear = Affine{};
    if (!transforms.empty()) {
        try {
            through->transform = chain(transforms);
        } catch (const Error& error) {  // each can be turned back, and all of them together cannot
            throw Error(error.code(),
                        "--transform: " + all_of(through->names) + ", one after the other: " + error.what());
        }
        through->linear = through->transform->linear();
        if (through->linear == Affine{}) through->transform = nullptr;
    }
    if (!options.header_only) return through;
    if (options.transforms.empty()) {
        refuse("--header-only: moves the volume as --transform says, but there is none; give one, or leave it out");
    }
    if (has_reference(options)) {
        refuse("--header-only: keeps the samples that there are, but --like has others; leave one of them out");
    }
    if (!through->linear) {
        refuse("--header-only: a header cannot say what " + all_of(through->names) +
               " does, which is not linear; leave it out, so that the samples are made anew");
    }
    return through;
}

Geometry moved(const Geometry& source, const Through& through) {
    if (through.transform == nullptr) return source;
    const std::optional<Affine> back = inverse(*through.linear);
    if (!back) refuse("--transform: is singular, one that can be turned back was expected");
    return mapped(source, *back);
}

Geometry looked_up(const Geometry& grid, const Through& through) {
    return through.transform == nullptr ? grid : mapped(grid, *through.linear);
}

bool keeps_axes(const Geometry& source, const Through& through) {
    if (through.transform == nullptr) return true;
    constexpr double parallel = 1e-9;  // the sine of an angle
    const Geometry there = moved(source, through);
    std::array<bool, 3> taken{};
    for (const Vector3& from : there.direction) {
        for (std::size_t a = 0; a < 3; ++a) {
            const Vector3& to = source.direction[a];
            const double across = length(cross(from, to));
            taken[a] = taken[a] || across <= parallel * length(from) * length(to);
        }
    }
    return taken[0] && taken[1] && taken[2];
}

}  // namespace stack2nrrd
