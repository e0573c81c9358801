#pragma once

/// Images of VTK in memory, as results and as sources. Compile and link with VTK 9 or later; stack2nrrd does not use
/// it. VTK itself has no convention for directions in a body: here origin and directions are LPS mm, as everywhere in
/// this library. For a world in RAS, such as that of 3D Slicer, change the sign of x and y of both.

#include <stack2nrrd/error.hpp>
#include <stack2nrrd/import.hpp>

#include <vtkDataArray.h>
#include <vtkFieldData.h>
#include <vtkImageData.h>
#include <vtkMatrix3x3.h>
#include <vtkNew.h>
#include <vtkPointData.h>
#include <vtkSmartPointer.h>
#include <vtkStringArray.h>
#include <vtkType.h>

#include <array>
#include <cstddef>
#include <memory>
#include <new>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace stack2nrrd {

namespace vtk_detail {

/// A type of VTK and the one here that is the same.
struct ScalarType {
    int vtk;
    SampleType type;
};

/// VTK has several names for one type; the first one of each is taken for results.
inline constexpr std::array<ScalarType, 15> scalar_types{
    {{VTK_UNSIGNED_CHAR, SampleType::uint8},
     {VTK_SIGNED_CHAR, SampleType::int8},
     {VTK_UNSIGNED_SHORT, SampleType::uint16},
     {VTK_SHORT, SampleType::int16},
     {VTK_UNSIGNED_INT, SampleType::uint32},
     {VTK_INT, SampleType::int32},
     {VTK_FLOAT, SampleType::float32},
     {VTK_DOUBLE, SampleType::float64},
     {VTK_TYPE_INT64, SampleType::int64},
     {VTK_TYPE_UINT64, SampleType::uint64},
     {VTK_CHAR, std::is_signed_v<char> ? SampleType::int8 : SampleType::uint8},
     {VTK_LONG, sizeof(long) == 8 ? SampleType::int64 : SampleType::int32},
     {VTK_UNSIGNED_LONG, sizeof(long) == 8 ? SampleType::uint64 : SampleType::uint32},
     {VTK_LONG_LONG, SampleType::int64},
     {VTK_UNSIGNED_LONG_LONG, SampleType::uint64}}};

class VtkSink final : public BufferSink {
public:
    explicit VtkSink(vtkSmartPointer<vtkImageData>& target) : target_(target) {}

protected:
    std::byte* make(const VolumeInfo& volume) override {
        made_ = vtkSmartPointer<vtkImageData>::New();
        made_->SetDimensions(static_cast<int>(volume.size[0]), static_cast<int>(volume.size[1]),
                             static_cast<int>(volume.size[2]));
        const Geometry& geometry = volume.geometry;
        std::array<double, 3> steps{};
        std::array<double, 9> directions{};
        for (std::size_t a = 0; a < 3; ++a) {
            steps[a] = spacing(geometry, static_cast<int>(a));
            for (std::size_t d = 0; d < 3; ++d) directions[3 * d + a] = geometry.direction[a][d] / steps[a];
        }
        made_->SetSpacing(steps.data());
        made_->SetOrigin(geometry.origin.data());
        made_->SetDirectionMatrix(directions.data());
        for (const ScalarType& known : scalar_types) {
            if (known.type != volume.type) continue;
            made_->AllocateScalars(known.vtk, volume.channels);
            break;
        }
        void* buffer = made_->GetScalarPointer();
        if (buffer == nullptr) throw std::bad_alloc();
        return static_cast<std::byte*>(buffer);
    }
    void complete(const std::vector<std::pair<std::string, std::string>>& notes) override {
        for (const auto& [key, value] : notes) {
            vtkNew<vtkStringArray> note;
            note->SetName(key.c_str());
            note->InsertNextValue(value);
            made_->GetFieldData()->AddArray(note);
        }
    }
    void exchange() noexcept override { std::swap(target_, made_); }

private:
    vtkSmartPointer<vtkImageData>& target_;
    vtkSmartPointer<vtkImageData> made_;
};

}  // namespace vtk_detail

/// A sink that puts a new image into `target` when the run has succeeded, and otherwise leaves what is there. The
/// samples go straight into its scalars, which are allocated once. Spacing, origin and direction matrix are those of
/// the result, in LPS mm; if its spacing is unknown, they count in source samples, and `stack2nrrd_spacing` says so.
/// The field data get the key/values of the header of a file of nrrd_sink(), each an array of one text; what else such
/// a header says is in ImportPlan::volume() alone. `target` must outlive the sink.
[[nodiscard]] inline std::unique_ptr<Sink> vtk_sink(vtkSmartPointer<vtkImageData>& target) {
    return std::make_unique<vtk_detail::VtkSink>(target);
}

/// Runs the plan and returns the result.
/// \throws Error as run_import().
[[nodiscard]] inline vtkSmartPointer<vtkImageData> read_vtk(const ImportPlan& plan, const KeepGoing& keep_going = {}) {
    vtkSmartPointer<vtkImageData> image;
    const auto sink = vtk_sink(image);
    run_import(plan, *sink, keep_going);
    return image;
}

/// A stack of the slices of an image, from its active scalars. Scalars of several components are components, not
/// colours, as VTK does not say. Coordinates are taken as LPS mm. The samples are not copied: the image is kept, and
/// must stay as it is as long as the stack, its copies and their plans are used. `name` is the source's name in
/// headers.
/// \throws Error invalid_argument if there is no image, or it has no scalars in one piece; unsupported if these are of
///         a type that is not among those of this library; as stack_from(source).
[[nodiscard]] inline Stack stack_from(const vtkSmartPointer<vtkImageData>& image, std::string name = "image") {
    vtkDataArray* scalars = image == nullptr ? nullptr : image->GetPointData()->GetScalars();
    if (scalars == nullptr || !scalars->HasStandardMemoryLayout()) {
        throw Error(ErrorCode::invalid_argument,
                    name + ": has no scalars in one piece of memory, some were expected; give it some, or copy them");
    }
    VolumeInfo volume;
    const vtk_detail::ScalarType* found = nullptr;
    for (const vtk_detail::ScalarType& known : vtk_detail::scalar_types) {
        if (found == nullptr && known.vtk == scalars->GetDataType()) found = &known;
    }
    if (found == nullptr) {
        throw Error(ErrorCode::unsupported, name + ": has scalars of type " + scalars->GetDataTypeAsString() +
                                                ", numbers of up to 64 bits were expected; cast it first");
    }
    volume.type = found->type;
    volume.channels = scalars->GetNumberOfComponents();
    volume.colour = volume.channels == 1 ? Colour::grey : Colour::components;
    volume.components.kind = "???";
    const int* extent = image->GetExtent();
    image->TransformIndexToPhysicalPoint(extent[0], extent[2], extent[4], volume.geometry.origin.data());
    for (int a = 0; a < 3; ++a) {
        const auto axis = static_cast<std::size_t>(a);
        volume.size[axis] = Index{extent[2 * a + 1]} - extent[2 * a] + 1;
        for (int d = 0; d < 3; ++d) {
            volume.geometry.direction[axis][static_cast<std::size_t>(d)] =
                image->GetDirectionMatrix()->GetElement(d, a) * image->GetSpacing()[a];
        }
    }
    volume.geometry.spacing_known = true;
    volume.geometry.spacing_source = name;
    const std::size_t bytes = static_cast<std::size_t>(scalars->GetNumberOfValues()) * sample_bytes(volume.type);
    const std::span samples(static_cast<const std::byte*>(scalars->GetVoidPointer(0)), bytes);
    return stack_from(volume, samples, std::move(name), std::make_shared<vtkSmartPointer<vtkImageData>>(image));
}

}  // namespace stack2nrrd
