// judge FOLDER: an image of vtk.hpp is what VTK reads from the file of the same run; where its reader looks away, as
// from directions, it is what the plan says.

#include "../judge.hpp"

#include <stack2nrrd/vtk.hpp>
#include <stack2nrrd/vtk.hpp>  // and twice does no harm

#include <vtkNrrdReader.h>
#include <vtkXMLImageDataReader.h>

#include <algorithm>
#include <cmath>

using namespace judge;
using stack2nrrd::ErrorCode;
using Image = vtkSmartPointer<vtkImageData>;

namespace {

template <class Reader>
Image loaded(const fs::path& file) {
    vtkNew<Reader> reader;
    reader->SetFileName(file.string().c_str());
    reader->Update();
    return reader->GetOutput();
}

Bytes bytes_of(vtkImageData& image) {
    vtkDataArray* scalars = image.GetPointData()->GetScalars();
    const auto* first = static_cast<const std::byte*>(scalars->GetVoidPointer(0));
    return {first, first + scalars->GetNumberOfValues() * scalars->GetDataTypeSize()};
}

bool near(double a, double b) { return std::abs(a - b) <= 1e-12 * std::max(1.0, std::abs(b)); }

void judge_one(const fs::path& folder, const Case& one) {
    const std::string& name = one.name;
    write_source(folder / "v.nrrd", one);
    const auto plan = plan_of(folder / "v.nrrd", one);
    Image image;
    const fs::path file = run_both(plan, folder / "made.nrrd", stack2nrrd::vtk_sink(image));

    const Image theirs = loaded<vtkNrrdReader>(file);
    const auto& volume = plan.volume();
    for (int a = 0; a < 3; ++a) {
        const auto axis = static_cast<std::size_t>(a);
        expect(image->GetDimensions()[a] == volume.size[axis], name + ": another size");
        expect(near(image->GetSpacing()[a], spacing(volume.geometry, a)), name + ": another spacing");
        for (int d = 0; d < 3; ++d) {
            const double element = image->GetDirectionMatrix()->GetElement(d, a) * image->GetSpacing()[a];
            expect(near(element, volume.geometry.direction[axis][static_cast<std::size_t>(d)]), name + ": direction");
        }
        expect(image->GetOrigin()[a] == volume.geometry.origin[axis], name + ": another origin");
    }
    // The place of a sample somewhere in the middle, as VTK works it out.
    double place[3];
    image->TransformIndexToPhysicalPoint(3, 2, 1, place);
    for (std::size_t d = 0; d < 3; ++d) {
        const auto& direction = volume.geometry.direction;
        const double expected = volume.geometry.origin[d] + 3 * direction[0][d] + 2 * direction[1][d] + direction[2][d];
        expect(near(place[d], expected), name + ": its samples lie elsewhere");
    }
    expect(bytes_of(*image) == samples_of(plan), name + ": other samples than those of the plan");
    expect(image->GetScalarSize() == static_cast<int>(sample_bytes(volume.type)), name + ": another type");
    expect(image->GetNumberOfScalarComponents() == volume.channels, name + ": other channels");

    // vtkNrrdReader takes all but directions, and 64-bit integers.
    if (theirs->GetPointData()->GetScalars() != nullptr) {
        expect(bytes_of(*image) == bytes_of(*theirs), name + ": other samples than VTK reads");
        const bool same_range = image->GetScalarTypeMin() == theirs->GetScalarTypeMin() &&
                                image->GetScalarTypeMax() == theirs->GetScalarTypeMax();
        expect(same_range, name + ": another type than VTK reads");
        for (int a = 0; a < 3; ++a) {
            expect(image->GetDimensions()[a] == theirs->GetDimensions()[a], name + ": another size than VTK reads");
            expect(near(image->GetSpacing()[a], theirs->GetSpacing()[a]), name + ": another spacing than VTK reads");
            expect(near(image->GetOrigin()[a], theirs->GetOrigin()[a]), name + ": another origin than VTK reads");
        }
    } else {
        std::printf("%s: not read by vtkNrrdReader\n", name.c_str());
    }
    for (const auto& [key, value] : notes_of(file)) {
        const auto* note = vtkStringArray::SafeDownCast(image->GetFieldData()->GetAbstractArray(key.c_str()));
        expect(note != nullptr && const_cast<vtkStringArray*>(note)->GetValue(0) == value, name + ": key " + key);
    }

    // As a source, what the file is. What its components are VTK does not say, and not whether its spacing is known.
    auto options = options_of({});
    set_option(options, "channel", "all");
    const auto expected = plan_import(stack2nrrd::find_stack(file, options), options);
    const auto again = plan_import(stack2nrrd::stack_from(image), options);
    expect(samples_of(again) == samples_of(expected), name + ": is another source");
    const auto& a = again.volume().geometry;
    const auto& b = expected.volume().geometry;
    for (std::size_t d = 0; d < 3 && b.spacing_known; ++d) {
        expect(near(a.origin[d], b.origin[d]), name + ": another place as a source");
        for (std::size_t i = 0; i < 3; ++i)
            expect(near(a.direction[i][d], b.direction[i][d]), name + ": lies otherwise");
    }
    std::printf("%s: judged\n", name.c_str());
}

}  // namespace

int main(int, char** argv) {
    const fs::path folder = argv[1];
    fs::remove_all(folder);
    fs::create_directories(folder);
    for (const Case& one : cases()) judge_one(folder, one);

    const Case one = cases().front();
    write_source(folder / "v.nrrd", one);
    const auto plan = plan_of(folder / "v.nrrd", one);
    for (const Image& old : {Image(), Image::New()}) {
        Image target = old;
        judge_failed_runs(
            plan, [&] { return stack2nrrd::vtk_sink(target); }, [&] { return target == old; });
    }

    // A part of an image is where it is in the whole.
    const Image image = stack2nrrd::read_vtk(plan);
    expect(bytes_of(*image) == samples_of(plan), "read_vtk() has other samples");
    double place[3];
    image->TransformIndexToPhysicalPoint(3, -2, 1, place);
    image->SetExtent(3, 2 + image->GetDimensions()[0], -2, -3 + image->GetDimensions()[1], 1,
                     image->GetDimensions()[2]);
    const auto stack = stack2nrrd::stack_from(image);
    for (std::size_t d = 0; d < 3; ++d) expect(near(stack.geometry.origin[d], place[d]), "another first sample");

    const auto code = [](const Image& source) { return refusal([&] { (void)stack2nrrd::stack_from(source); }); };
    expect(code(nullptr) == ErrorCode::invalid_argument, "no image is a source");
    const Image empty = Image::New();
    empty->SetDimensions(2, 2, 2);
    expect(code(empty) == ErrorCode::invalid_argument, "an image without scalars is a source");
    empty->AllocateScalars(VTK_UNSIGNED_CHAR, 1);
    expect(!code(empty).has_value(), "an image with scalars is none");
    empty->SetDimensions(2, 2, 3);
    expect(code(empty) == ErrorCode::invalid_argument, "an image with too few scalars is a source");

    run_example(EXAMPLE, folder / "v.nrrd", folder / "example.vti");
    const Image example = loaded<vtkXMLImageDataReader>(folder / "example.vti");
    expect(example->GetDimensions()[0] == 10, "the example has made something else");
    expect(example->GetFieldData()->GetAbstractArray("stack2nrrd_factor") != nullptr, "provenance is lost");
    return verdict();
}
