#pragma once

/// Images of ITK in memory, as results and as sources. Compile and link with ITK; stack2nrrd does not use it. ITK's
/// coordinates are LPS, as those of this library are.

#include <stack2nrrd/error.hpp>
#include <stack2nrrd/import.hpp>

#include <itkImage.h>
#include <itkMetaDataObject.h>
#include <itkNumericTraits.h>
#include <itkRGBAPixel.h>
#include <itkRGBPixel.h>
#include <itkVectorImage.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <optional>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace stack2nrrd {

namespace itk_detail {

template <class Image>
struct IsVectorImage : std::false_type {};
template <class Component, unsigned dimension>
struct IsVectorImage<itk::VectorImage<Component, dimension>> : std::true_type {};

/// What its buffer consists of: pixels, or in a VectorImage the components of these.
template <class Image>
using Element = typename Image::InternalPixelType;
template <class Image>
using Component = typename itk::NumericTraits<Element<Image>>::ValueType;

/// Where ITK keeps the measurement frame of a NRRD file, and how.
inline constexpr const char* frame_key = "NRRD_measurement frame";
using Frame = std::vector<std::vector<double>>;

template <class Value>
constexpr SampleType sample_type() {
    static_assert(std::is_arithmetic_v<Value> && !std::is_same_v<Value, bool> && sizeof(Value) <= 8,
                  "stack2nrrd has integers of 8 to 64 bits, float and double");
    if constexpr (std::is_floating_point_v<Value>) {
        return sizeof(Value) == 4 ? SampleType::float32 : SampleType::float64;
    } else {
        constexpr bool has_sign = std::is_signed_v<Value>;
        switch (sizeof(Value)) {
            case 1: return has_sign ? SampleType::int8 : SampleType::uint8;
            case 2: return has_sign ? SampleType::int16 : SampleType::uint16;
            case 4: return has_sign ? SampleType::int32 : SampleType::uint32;
            default: return has_sign ? SampleType::int64 : SampleType::uint64;
        }
    }
}

template <class Image>
constexpr void check() {
    static_assert(Image::ImageDimension == 3, "an image of three dimensions was expected");
    static_assert(sizeof(Element<Image>) % sizeof(Component<Image>) == 0, "pixels without padding were expected");
}

/// The channels of a pixel; those of a VectorImage are its own affair.
template <class Image>
constexpr int pixel_channels = static_cast<int>(sizeof(Element<Image>) / sizeof(Component<Image>));

template <class Image>
class ItkSink final : public BufferSink {
public:
    explicit ItkSink(typename Image::Pointer& target) : target_(target) { check<Image>(); }

protected:
    std::byte* make(const VolumeInfo& volume) override {
        check_type(volume);
        frame_ = volume.components.measurement_frame;
        made_ = Image::New();
        if constexpr (IsVectorImage<Image>::value) {
            made_->SetNumberOfComponentsPerPixel(static_cast<unsigned>(volume.channels));
        }
        typename Image::SizeType size;
        typename Image::SpacingType steps;
        typename Image::PointType origin;
        typename Image::DirectionType direction;
        for (unsigned a = 0; a < 3; ++a) {
            size[a] = static_cast<itk::SizeValueType>(volume.size[a]);
            steps[a] = spacing(volume.geometry, static_cast<int>(a));
            origin[a] = volume.geometry.origin[a];
            for (unsigned d = 0; d < 3; ++d) direction[d][a] = volume.geometry.direction[a][d] / steps[a];
        }
        made_->SetRegions(size);
        made_->SetSpacing(steps);
        made_->SetOrigin(origin);
        try {
            made_->SetDirection(direction);
            made_->Allocate();
        } catch (const itk::MemoryAllocationError&) {
            throw std::bad_alloc();
        } catch (const itk::ExceptionObject& error) {
            throw Error(ErrorCode::unsupported, "the image: does not take the directions of the result, " +
                                                    std::string("independent ones were expected (") +
                                                    error.GetDescription() + "); write it with nrrd_sink() instead");
        }
        return reinterpret_cast<std::byte*>(made_->GetBufferPointer());
    }
    void complete(const std::vector<std::pair<std::string, std::string>>& notes) override {
        for (const auto& [key, value] : notes) {
            itk::EncapsulateMetaData<std::string>(made_->GetMetaDataDictionary(), key, value);
        }
        if (frame_) {
            Frame frame;
            for (const Vector3& v : *frame_) frame.emplace_back(v.begin(), v.end());
            itk::EncapsulateMetaData<Frame>(made_->GetMetaDataDictionary(), frame_key, frame);
        }
    }
    void exchange() noexcept override { target_.Swap(made_); }

private:
    void check_type(const VolumeInfo& volume) const {
        constexpr SampleType type = sample_type<Component<Image>>();
        const int channels = IsVectorImage<Image>::value ? volume.channels : pixel_channels<Image>;
        if (volume.type == type && volume.channels == channels) return;
        const auto text = [](SampleType t, int c) {
            return std::string(sample_type_name(t)) + " of " + std::to_string(c) + (c == 1 ? " channel" : " channels");
        };
        throw Error(ErrorCode::invalid_argument, "the image: holds " + text(type, channels) + ", but the result has " +
                                                     text(volume.type, volume.channels) +
                                                     ", the same were expected; take an image of that type, or plan "
                                                     "with another type or channel");
    }

    typename Image::Pointer& target_;
    std::optional<std::array<Vector3, 3>> frame_;
    typename Image::Pointer made_;
};

}  // namespace itk_detail

/// A sink that puts a new image into `target` when the run has succeeded, and otherwise leaves what is there. `Image`
/// is an itk::Image of three dimensions, whose pixels are samples or have as many components as the result has
/// channels, or an itk::VectorImage. The samples go straight into its buffer. Spacing, origin and direction are those
/// of the result; if its spacing is unknown, they count in source samples, and the key `stack2nrrd_spacing` says so.
/// The metadata dictionary gets the key/values of the header of a file of nrrd_sink(), as text, and a measurement frame
/// as ITK reads it from such a file; labels and kinds of axes are in ImportPlan::volume() alone. `target` must outlive
/// the sink.
/// \throws Error from begin(): invalid_argument if `Image` holds other samples than the result has; unsupported if ITK
///         does not take its directions.
template <class Image>
[[nodiscard]] std::unique_ptr<Sink> itk_sink(itk::SmartPointer<Image>& target) {
    return std::make_unique<itk_detail::ItkSink<Image>>(target);
}

/// Runs the plan and returns the result, for example `read_itk<itk::Image<float, 3>>(plan)`.
/// \throws Error as run_import() and itk_sink().
template <class Image>
[[nodiscard]] itk::SmartPointer<Image> read_itk(const ImportPlan& plan, const KeepGoing& keep_going = {}) {
    typename Image::Pointer image;
    const auto sink = itk_sink<Image>(image);
    run_import(plan, *sink, keep_going);
    return image;
}

/// A stack of the slices of an image, which has been updated. RGB and RGBA pixels are colours, all other pixels of
/// several values components. Texts in the metadata dictionary are its key/values. The samples are not copied: the
/// image is kept, and must stay as it is as long as the stack, its copies and their plans are used. `name` is the
/// source's name in headers.
/// \throws Error invalid_argument if there is no image, or a part of it is not in memory; as stack_from(source).
template <class Image>
[[nodiscard]] Stack stack_from(const itk::SmartPointer<Image>& image, std::string name = "image") {
    using itk_detail::Element;
    itk_detail::check<Image>();
    if (image.IsNull() || image->GetBufferedRegion() != image->GetLargestPossibleRegion()) {
        throw Error(ErrorCode::invalid_argument,
                    name + ": is not in memory, a whole image was expected; call UpdateLargestPossibleRegion() first");
    }
    const auto& region = image->GetBufferedRegion();
    VolumeInfo volume;
    volume.type = itk_detail::sample_type<itk_detail::Component<Image>>();
    volume.channels = static_cast<int>(image->GetNumberOfComponentsPerPixel());
    using Value = itk_detail::Component<Image>;
    if constexpr (std::is_same_v<Element<Image>, itk::RGBPixel<Value>>) {
        volume.colour = Colour::rgb;
    } else if constexpr (std::is_same_v<Element<Image>, itk::RGBAPixel<Value>>) {
        volume.colour = Colour::rgba;
    } else if (volume.channels > 1) {
        volume.colour = Colour::components;
    }
    typename Image::PointType origin;
    image->TransformIndexToPhysicalPoint(region.GetIndex(), origin);
    for (unsigned a = 0; a < 3; ++a) {
        volume.size[a] = static_cast<Index>(region.GetSize(a));
        volume.geometry.origin[a] = origin[a];
        for (unsigned d = 0; d < 3; ++d) {
            volume.geometry.direction[a][d] = image->GetDirection()[d][a] * image->GetSpacing()[a];
        }
    }
    itk_detail::Frame frame;
    itk::ExposeMetaData(image->GetMetaDataDictionary(), itk_detail::frame_key, frame);
    if (frame.size() == 3 && frame[0].size() == 3 && frame[1].size() == 3 && frame[2].size() == 3) {
        auto& own = volume.components.measurement_frame.emplace();
        for (std::size_t v = 0; v < 3; ++v) std::copy(frame[v].begin(), frame[v].end(), own[v].begin());
    }
    volume.geometry.spacing_known = true;
    volume.geometry.spacing_source = name;
    for (const std::string& key : image->GetMetaDataDictionary().GetKeys()) {
        std::string value;
        if (key.starts_with("ITK_") || key.starts_with("NRRD_")) continue;  // of the file that ITK read it from
        if (!itk::ExposeMetaData(image->GetMetaDataDictionary(), key, value)) continue;
        if (key == "stack2nrrd_spacing" && value == "unknown") volume.geometry.spacing_known = false;
        volume.notes.emplace_back(key, std::move(value));
    }
    const std::size_t bytes = static_cast<std::size_t>(image->GetPixelContainer()->Size()) * sizeof(Element<Image>);
    const std::span samples(reinterpret_cast<const std::byte*>(image->GetBufferPointer()), bytes);
    const auto owner = std::make_shared<itk::SmartPointer<Image>>(image);
    return stack_from(volume, samples, std::move(name), owner);
}

}  // namespace stack2nrrd
