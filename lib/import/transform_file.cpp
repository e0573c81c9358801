#include "import/transform_file.hpp"

#include "codec/codec.hpp"
#include "codec/foreign.hpp"
#include "core/file.hpp"
#include "core/sample_types.hpp"
#include "core/text.hpp"
#include "transform/displacement_field.hpp"
#include "transform/itk_hdf5.hpp"
#include "transform/itk_matlab.hpp"
#include "transform/itk_text.hpp"
#include "volume/nrrd_axes.hpp"
#include "volume/nrrd_reader.hpp"
#include "volume/nrrd_text.hpp"
#include "volume/sample_reader.hpp"

#include <stack2nrrd/error.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstring>
#include <memory>
#include <new>
#include <optional>
#include <span>
#include <stdexcept>
#include <string_view>
#include <utility>

namespace stack2nrrd {

namespace {

constexpr std::string_view expected =
    "a transform in ITK's text, HDF5 or MATLAB format, or a displacement field in NRRD, was expected";

std::vector<std::byte> head_of(InputFile& file) {
    std::vector<std::byte> head(foreign_head);
    head.resize(file.read_at(0, head.data(), head.size()));
    file.check();
    if (head.empty()) refuse(file, ErrorCode::corrupt, "is empty, " + std::string(expected) + "; copy it again");
    return head;
}

[[noreturn]] void refuse_foreign(InputFile& file, std::span<const std::byte> head) {
    using namespace std::string_view_literals;
    const std::string_view bytes(reinterpret_cast<const char*>(head.data()), head.size());
    const std::string_view name = base_name(file.path());
    const ForeignKind* kind = foreign_kind(name, head);
    const bool nifti = (kind != nullptr && kind->what.find("NIfTI") != std::string_view::npos) ||
                       bytes.substr(std::min(bytes.size(), std::size_t{4})).starts_with("n+2\0"sv);
    if (nifti) {
        refuse(file, ErrorCode::unsupported,
               "is a NIfTI volume, whose vectors programs have taken for different ones, " + std::string(expected) +
                   "; open it in 3D Slicer as a transform and save it as .nrrd or .h5");
    }
    if (bytes.find("(Transform \"") != std::string_view::npos) {
        refuse(file, ErrorCode::unsupported,
               "is a parameter file of elastix, " + std::string(expected) +
                   "; give the displacement field that transformix -def all writes, as .nrrd");
    }
    refuse(file, ErrorCode::unsupported,
           "is " + std::string(kind != nullptr ? kind->what : "of no known format") + ", " + std::string(expected) +
               "; save the transform as .tfm, .h5 or .nrrd");
}

FileList stamped(FileList files, std::vector<FileStamp> stamps) {
    files.set_stamps(std::move(stamps));
    return files;
}

FileList alone(const InputFile& file) {
    FileList files;
    files.add(file.path());
    return stamped(std::move(files), {file.stamp()});
}

// --------------------------------------------------------------------------------------------------------------- ITK

std::string read_whole(InputFile& file) {
    constexpr std::int64_t most = std::int64_t{1} << 31;
    if (file.bytes() > most) {
        refuse(file, ErrorCode::limit,
               "has " + bytes_text(file.bytes()) + ", at most " + bytes_text(most) +
                   " were expected; save the transform as .h5 or .nrrd");
    }
    std::string text(static_cast<std::size_t>(file.bytes()), '\0');
    const std::size_t got = file.read_at(0, text.data(), text.size());
    file.check();
    text.resize(got);
    return text;
}

// ------------------------------------------------------------------------------------------------------------- NRRD

/// Refuses what is no displacement field, or not one from the result to the source.
void check_field(const InputFile& file, const NrrdVolume& volume, const NrrdAxes& axes) {
    constexpr std::string_view field = "a displacement field (three axes of space and one of three components)";
    if (volume.channels() != 3 || axes.dimension() != 4) {
        refuse(file, ErrorCode::unsupported,
               "is a volume of " + std::to_string(axes.dimension()) + " axes whose samples have " +
                   std::to_string(volume.channels()) + (volume.channels() == 1 ? " component, " : " components, ") +
                   std::string(field) + " was expected; save the transform as .tfm, .h5 or such a .nrrd");
    }
    constexpr std::array<std::string_view, 6> kinds{"vector", "covariant-vector", "3-vector", "3-gradient", "list",
                                                    "???"};
    const std::string kind = volume.colour == Colour::components ? volume.component_axis.kind : "RGB-color";
    if (std::find(kinds.begin(), kinds.end(), kind) == kinds.end()) {
        refuse(file, ErrorCode::unsupported,
               "is a volume whose samples are of the kind " + in_quotes(kind) +
                   ", \"vector\" was expected; correct its field \"kinds\" if these are displacements");
    }
    if (!is_float(volume.type)) {
        refuse(file, ErrorCode::unsupported,
               "has vectors of " + std::string(sample_type_name(volume.type)) +
                   ", float or double was expected of displacements in millimetres; convert it, for example with "
                   "unu convert -t float");
    }
    if (!volume.geometry.spacing_known) {
        refuse(file, ErrorCode::unsupported,
               "has no place in space, \"space directions\" in millimetres were expected of a displacement field; "
               "write them into its header");
    }
    const auto is_mm = [](const std::string& unit) {
        const std::string name = lower_case(trimmed(unit));
        return name.empty() || name == "mm" || name.starts_with("millimet");
    };
    for (const std::string& unit : axes.space_units) {
        if (is_mm(unit)) continue;
        refuse(file, ErrorCode::unsupported,
               "has \"space units\" of " + in_quotes(unit) +
                   ", millimetres were expected of a displacement field, whose vectors have no unit of their own; "
                   "convert it");
    }
    for (const auto& [key, value] : volume.key_values) {
        if (key != "displacement field type") continue;
        const std::string type = lower_case(trimmed(value));
        if (type == "resampling") continue;
        if (type == "modeling" || type == "modelling") {
            refuse(file, ErrorCode::unsupported,
                   "has the \"displacement field type\" \"modeling\", which maps points of the source to those of the "
                   "result, \"resampling\" was expected; invert it first, in 3D Slicer: Transforms, Invert, and save "
                   "it again");
        }
        refuse(file, ErrorCode::unsupported,
               "has the \"displacement field type\" " + in_quotes(value) + ", \"resampling\" was expected; correct it");
    }
}

/// What each component counts along, in LPS.
Matrix3 frame_of(const NrrdVolume& volume, const NrrdAxes& axes) {
    if (volume.component_axis.measurement_frame) return *volume.component_axis.measurement_frame;
    const bool left = axes.space != "rightanteriorsuperior";
    const bool posterior = left && axes.space != "leftanteriorsuperior";
    return {Vector3{left ? 1. : -1., 0, 0}, Vector3{0, posterior ? 1. : -1., 0}, Vector3{0, 0, 1}};
}

template <class Number>
class Vectors final : public RowSink {
public:
    Vectors(const InputFile& file, const NrrdVolume& volume, const Matrix3& frame)
        : width_(static_cast<std::size_t>(volume.size[0])),
          along_(transposed(frame)),
          as_they_are_(frame == unit_matrix) {
        try {
            numbers_.reserve(static_cast<std::size_t>(volume.payload_bytes()) / sizeof(Number));
        } catch (const std::exception&) {
            refuse(file, ErrorCode::limit,
                   "is a displacement field of " + bytes_text(volume.payload_bytes()) +
                       ", one that the memory has room for was expected; make it coarser");
        }
    }

    void rows(Index /*y*/, Index count, const std::byte* samples) override {
        const std::size_t first = numbers_.size();
        numbers_.resize(first + static_cast<std::size_t>(count) * width_ * 3);  // within what is reserved
        std::memcpy(numbers_.data() + first, samples, (numbers_.size() - first) * sizeof(Number));
        if (as_they_are_) return;
        for (std::size_t i = first; i < numbers_.size(); i += 3) {
            const Vector3 v{static_cast<double>(numbers_[i]), static_cast<double>(numbers_[i + 1]),
                            static_cast<double>(numbers_[i + 2])};
            const Vector3 turned = product(along_, v);
            for (std::size_t c = 0; c < 3; ++c) numbers_[i + c] = static_cast<Number>(turned[c]);
        }
    }
    [[nodiscard]] std::vector<Number> take() { return std::move(numbers_); }

private:
    std::size_t width_;
    Matrix3 along_;
    bool as_they_are_;
    std::vector<Number> numbers_;
};

template <class Number>
TransformPtr field_of(const InputFile& file, const std::shared_ptr<const NrrdVolume>& volume, const Matrix3& frame,
                      std::vector<FileStamp>& stamps) {
    Vectors<Number> vectors(file, *volume, frame);
    SampleReader reader(volume, [&](std::size_t opened, const InputFile& input) { stamps[opened] = input.stamp(); });
    for (Index z = 0; z < volume->size[2]; ++z) reader.read_slice(z, {}, vectors);
    try {
        return displacement_field(volume->geometry, volume->size, vectors.take());
    } catch (const Error& error) {
        throw Error(ErrorCode::corrupt, file.shown() + ": " + error.what());
    }
}

TransformFile read_field(InputFile& file, std::uint64_t most_bytes) {
    const auto volume = std::make_shared<const NrrdVolume>(read_nrrd(file.path()));
    const NrrdAxes axes = read_nrrd_axes(file, read_nrrd_text(file));
    check_field(file, *volume, axes);
    if (volume->encoding == NrrdEncoding::image_list) {
        unsupported_nrrd(file, "a list of images as its samples", "give a displacement field");
    }
    static_cast<void>(check_data_files(*volume));
    if (most_bytes != 0 && static_cast<std::uint64_t>(volume->payload_bytes()) > most_bytes) {
        refuse(file, ErrorCode::limit,
               "is a displacement field of " + bytes_text(volume->payload_bytes()) + ", at most " +
                   bytes_text(static_cast<std::int64_t>(most_bytes)) +
                   " were expected for --memory; allow more, or make it coarser");
    }
    std::vector<FileStamp> stamps(volume->files.size());
    const Matrix3 frame = frame_of(*volume, axes);
    TransformFile result;
    result.transform = volume->type == SampleType::float32 ? field_of<float>(file, volume, frame, stamps)
                                                           : field_of<double>(file, volume, frame, stamps);
    result.files = volume->files;
    if (volume->attached_offset < 0) {  // the samples are in other files
        result.files = {};
        result.files.add(file.path());
        for (std::size_t i = 0; i < volume->files.size(); ++i) result.files.add(volume->files.path(i));
        stamps.insert(stamps.begin(), file.stamp());
    }
    result.files.set_stamps(std::move(stamps));
    // Whose vectors they are is known here, and said otherwise.
    for (const std::string& remark : volume->remarks) {
        if (remark.find("measurement frame") == std::string::npos) result.notes.push_back(file.shown() + ": " + remark);
    }
    return result;
}

}  // namespace

TransformFile read_transform(const std::filesystem::path& path, std::uint64_t most_bytes) {
    InputFile file(utf8(path));
    const std::vector<std::byte> head = head_of(file);
    TransformFile result;
    if (is_itk_text(head)) {
        result.transform = itk_transforms(file.shown(), read_itk_text(file.shown(), read_whole(file)));
        result.files = alone(file);
    } else if (is_hdf5(head)) {
        result.transform = itk_transforms(file.shown(), read_itk_hdf5(file));
        result.files = alone(file);
    } else if (is_itk_matlab(head)) {
        result.transform = itk_transforms(file.shown(), read_itk_matlab(file.shown(), read_whole(file)));
        result.files = alone(file);
    } else if (is_nrrd(head)) {
        result = read_field(file, most_bytes);
    } else {
        refuse_foreign(file, head);
    }
    result.name = file.shown();
    return result;
}

}  // namespace stack2nrrd
