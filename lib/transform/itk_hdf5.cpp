#include "transform/itk_hdf5.hpp"

#include "transform/hdf5_file.hpp"

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace stack2nrrd {

namespace {

std::vector<double> numbers(const Hdf5File& file, Hdf5File::Address group, std::initializer_list<const char*> names) {
    for (const char* name : names) {
        if (const std::optional<Hdf5File::Address> set = file.find(group, name)) return file.numbers(*set);
    }
    file.damaged(std::string("has a transform without '") + *names.begin() + "'");
}

ItkTransform transform_of(const Hdf5File& file, Hdf5File::Address group) {
    const std::optional<Hdf5File::Address> type = file.find(group, "TransformType");
    if (!type) file.damaged("has a transform without 'TransformType'");
    ItkTransform transform;
    transform.type = file.text(*type);
    if (is_composite(transform.type)) return transform;
    // The second name of each is what ITK wrote until somebody noticed.
    transform.fixed = numbers(file, group, {"TransformFixedParameters", "TranformFixedParameters"});
    transform.parameters = numbers(file, group, {"TransformParameters", "TranformParameters"});
    return transform;
}

}  // namespace

bool is_hdf5(std::span<const std::byte> head) {
    return std::string_view(reinterpret_cast<const char*>(head.data()), head.size()).starts_with("\x89HDF\r\n\x1A\n");
}

std::vector<ItkTransform> read_itk_hdf5(InputFile& input) {
    const Hdf5File file(input);
    const std::optional<Hdf5File::Address> all = file.find(file.root(), "TransformGroup");
    if (!all) file.unsupported("no group '/TransformGroup'");
    std::vector<ItkTransform> transforms;
    const std::size_t count = file.links(*all);
    for (std::size_t i = 0; i < count; ++i) {
        const std::string name = std::to_string(i);
        const std::optional<Hdf5File::Address> group = file.find(*all, name);
        if (!group) file.damaged("has no group '/TransformGroup/" + name + "'");
        transforms.push_back(transform_of(file, *group));
    }
    return transforms;
}

}  // namespace stack2nrrd
