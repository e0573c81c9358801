#include "import/recipe.hpp"

#include "support/write_slices.hpp"

#include <sstream>
#include <utility>

namespace import_test {

std::string Recipe::text() const {
    std::ostringstream text;
    for (std::size_t a = 0; a < 3; ++a) {
        text << "xyz"[a] << ": " << kernel[a] << " factor " << factor[a].num << '/' << factor[a].den << " size "
             << size[a] << " crop " << crop[a].first << ':' << crop[a].end << "; ";
    }
    text << (align == Align::cell ? "cell" : "first");
    return text.str();
}

Recipe recipe(const std::string& kernel, reference::Fraction factor, Align align, const std::array<Range, 3>& crop) {
    return {{kernel, kernel, kernel}, {factor, factor, factor}, {0, 0, 0}, crop, align};
}

Options options_of(const Recipe& recipe) {
    Options options;
    for (std::size_t a = 0; a < 3; ++a) {
        options.axes[a].kernel = stack2nrrd::Kernel::parse(recipe.kernel[a]);
        options.axes[a].factor = {recipe.factor[a].num, recipe.factor[a].den};
        options.axes[a].crop = recipe.crop[a];
        if (recipe.size[a] > 0) options.axes[a].size = recipe.size[a];
    }
    options.align = recipe.align;
    return options;
}

std::array<reference::Axis, 3> axes_of(const Recipe& recipe, const std::array<std::int64_t, 3>& source) {
    std::array<reference::Axis, 3> axes;
    for (std::size_t a = 0; a < 3; ++a) {
        axes[a].n = source[a];
        axes[a].a = recipe.crop[a].empty() ? 0 : recipe.crop[a].first;
        axes[a].b = recipe.crop[a].empty() ? source[a] : recipe.crop[a].end;
        axes[a].factor = recipe.factor[a];
        axes[a].size = recipe.size[a];
        axes[a].cell = recipe.align == Align::cell;
        axes[a].kernel = reference::kernel(recipe.kernel[a]);
    }
    return axes;
}

Source::Source(Volume volume_, SampleType type_, std::int64_t first) : volume(std::move(volume_)), type(type_) {
    support::write_slices(folder.path(), volume, type, first);
    stack = stack2nrrd::find_stack(folder.path());
}

Bytes import_bytes(const Stack& stack, const Options& options, stack2nrrd::VolumeInfo* volume,
                   stack2nrrd::Report* report) {
    const stack2nrrd::ImportPlan plan = stack2nrrd::plan_import(stack, options);
    // What nobody has written to is seen.
    Bytes bytes(static_cast<std::size_t>(plan.volume().bytes()), std::byte{0xA5});
    const auto sink = stack2nrrd::memory_sink(bytes);
    const stack2nrrd::Report made = stack2nrrd::run_import(plan, *sink);
    if (volume != nullptr) *volume = plan.volume();
    if (report != nullptr) *report = made;
    return bytes;
}

Doubles import_samples(const Stack& stack, const Options& options, stack2nrrd::VolumeInfo* volume,
                       stack2nrrd::Report* report) {
    stack2nrrd::VolumeInfo info;
    const Bytes bytes = import_bytes(stack, options, &info, report);
    if (volume != nullptr) *volume = info;
    return support::from_bytes(bytes, info.type);
}

std::string disagreement(const Source& source, const Recipe& recipe, std::int64_t* off,
                         std::optional<SampleType> type) {
    Options options = options_of(recipe);
    options.threads = 2;
    options.type = type;
    stack2nrrd::VolumeInfo volume;
    const Doubles samples = import_samples(source.stack, options, &volume);
    const reference::Result truth = reference::resample(source.volume, axes_of(recipe, source.volume.size));
    for (std::size_t a = 0; a < 3; ++a) {
        if (volume.size[a] != truth.size[a])
            return "size " + std::to_string(volume.size[a]) + ", not " + std::to_string(truth.size[a]) + ", on axis " +
                   std::to_string(a) + " with " + recipe.text();
    }
    const std::string difference = reference::disagreement(truth, samples, type.value_or(source.type),
                                                           reference::tolerance(source.volume, source.type), off);
    return difference.empty() ? "" : difference + "\n    with " + recipe.text();
}

}  // namespace import_test
