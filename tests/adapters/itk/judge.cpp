// judge FOLDER: an image of itk.hpp is what ITK reads from the file of the same run.

#include "../judge.hpp"

#include <stack2nrrd/itk.hpp>
#include <stack2nrrd/itk.hpp>  // and twice does no harm

#include <itkNrrdImageIO.h>
#include <itkSymmetricSecondRankTensor.h>
#include <itkVector.h>

#include <algorithm>
#include <cmath>
#include <complex>

using namespace judge;
using stack2nrrd::ErrorCode;
using stack2nrrd::ImportPlan;
using stack2nrrd::SampleType;

namespace {

/// What ITK reads, before it makes an image of it: that would be a template for each type, and a minute of compiling.
struct Loaded {
    explicit Loaded(const fs::path& file) : io(itk::NrrdImageIO::New()) {
        io->SetFileName(file.string());
        io->ReadImageInformation();
        itk::ImageIORegion region(io->GetNumberOfDimensions());
        for (unsigned a = 0; a < io->GetNumberOfDimensions(); ++a) region.SetSize(a, io->GetDimensions(a));
        io->SetIORegion(region);
        samples.resize(static_cast<std::size_t>(io->GetImageSizeInBytes()));
        io->Read(samples.data());
    }

    itk::NrrdImageIO::Pointer io;
    Bytes samples;
};

template <class Image>
Bytes bytes_of(const Image& image) {
    const auto* first = reinterpret_cast<const std::byte*>(image.GetBufferPointer());
    const std::size_t size = image.GetPixelContainer()->Size() * sizeof(typename Image::InternalPixelType);
    return {first, first + size};
}

bool near(double a, double b) { return std::abs(a - b) <= 1e-12 * std::max(1.0, std::abs(b)); }

using Notes = std::vector<std::pair<std::string, std::string>>;

/// Those that a result keeps, sorted as ITK sorts them.
Notes kept(Notes notes) {
    std::erase_if(notes, [](const auto& note) { return note.first.starts_with("stack2nrrd_"); });
    std::sort(notes.begin(), notes.end());
    return notes;
}

template <class Image>
void judge_image(const fs::path& folder, const Case& one, const ImportPlan& plan, const std::string& type) {
    const std::string name = one.name + ", " + type;
    typename Image::Pointer image;
    const fs::path file = run_both(plan, folder / "made.nrrd", stack2nrrd::itk_sink<Image>(image));
    const Loaded loaded(file);
    const auto& theirs = loaded.io;
    expect(theirs->GetNumberOfDimensions() == 3, name + ": not three dimensions");
    expect(image->GetLargestPossibleRegion() == image->GetBufferedRegion(), name + ": not whole");
    expect(image->GetNumberOfComponentsPerPixel() == theirs->GetNumberOfComponents(), name + ": other channels");
    expect(bytes_of(*image) == loaded.samples, name + ": other samples");
    expect(bytes_of(*image) == samples_of(plan), name + ": other samples than those of the plan");
    for (unsigned a = 0; a < 3; ++a) {
        expect(image->GetBufferedRegion().GetSize(a) == theirs->GetDimensions(a), name + ": another size");
        expect(near(image->GetSpacing()[a], theirs->GetSpacing(a)), name + ": another spacing");
        expect(near(image->GetOrigin()[a], theirs->GetOrigin(a)), name + ": another origin");
        for (unsigned d = 0; d < 3; ++d) {
            expect(near(image->GetDirection()[d][a], theirs->GetDirection(a)[d]), name + ": another direction");
        }
    }
    for (const auto& [key, value] : notes_of(file)) {
        std::string found;
        expect(itk::ExposeMetaData(image->GetMetaDataDictionary(), key, found) && found == value,
               name + ": key " + key + " is \"" + found + "\" instead of \"" + value + "\"");
    }
    std::vector<std::vector<double>> frame;
    std::vector<std::vector<double>> their_frame;
    itk::ExposeMetaData(image->GetMetaDataDictionary(), "NRRD_measurement frame", frame);
    itk::ExposeMetaData(theirs->GetMetaDataDictionary(), "NRRD_measurement frame", their_frame);
    expect(frame == their_frame, name + ": another measurement frame");
    expect(frame.empty() == (one.lines.find("measurement frame") == std::string::npos), name + ": a frame is lost");

    // As a source, what the file is.
    auto options = options_of({});
    set_option(options, "channel", "all");
    const auto expected = plan_import(stack2nrrd::find_stack(file, options), options);
    // And with all that ITK says of a file that it has read.
    const typename Image::ConstPointer constant = image.GetPointer();
    for (const bool read : {false, true}) {
        if (read) image->SetMetaDataDictionary(theirs->GetMetaDataDictionary());
        const auto again =
            plan_import(read ? stack2nrrd::stack_from(constant) : stack2nrrd::stack_from(image), options);
        expect(samples_of(again) == samples_of(expected), name + ": is another source");
        const stack2nrrd::VolumeInfo& a = again.volume();
        const stack2nrrd::VolumeInfo& b = expected.volume();
        expect(a.geometry.spacing_known == b.geometry.spacing_known, name + ": knows another spacing");
        expect(a.channels == b.channels && a.type == b.type, name + ": another type");
        expect(a.components.measurement_frame == b.components.measurement_frame, name + ": a frame is lost");
        for (unsigned d = 0; d < 3; ++d) {
            expect(near(a.geometry.origin[d], b.geometry.origin[d]), name + ": another place as a source");
            for (unsigned i = 0; i < 3; ++i) {
                expect(near(a.geometry.direction[i][d], b.geometry.direction[i][d]), name + ": lies otherwise");
            }
        }
        expect(kept(a.notes) == kept(b.notes), name + ": other key/values as a source");
    }
    std::printf("%s: judged\n", name.c_str());
}

template <class Sample>
void judge_samples(const fs::path& folder, const Case& one, const ImportPlan& plan) {
    const int channels = plan.volume().channels;
    if (channels == 1) judge_image<itk::Image<Sample, 3>>(folder, one, plan, "scalar");
    judge_image<itk::VectorImage<Sample, 3>>(folder, one, plan, "VectorImage");
}

void judge_one(const fs::path& folder, const Case& one) {
    write_source(folder / "v.nrrd", one);
    const auto plan = plan_of(folder / "v.nrrd", one);
    switch (plan.volume().type) {
        case SampleType::uint8: judge_samples<unsigned char>(folder, one, plan); break;
        case SampleType::int8: judge_samples<signed char>(folder, one, plan); break;
        case SampleType::uint16: judge_samples<unsigned short>(folder, one, plan); break;
        case SampleType::int16: judge_samples<short>(folder, one, plan); break;
        case SampleType::uint32: judge_samples<unsigned>(folder, one, plan); break;
        case SampleType::int32: judge_samples<int>(folder, one, plan); break;
        case SampleType::float32: judge_samples<float>(folder, one, plan); break;
        case SampleType::float64: judge_samples<double>(folder, one, plan); break;
        case SampleType::int64: judge_samples<long long>(folder, one, plan); break;
        case SampleType::uint64: judge_samples<unsigned long long>(folder, one, plan); break;
    }
    if (one.name == "colour") judge_image<itk::Image<itk::RGBPixel<unsigned char>, 3>>(folder, one, plan, "RGBPixel");
    if (one.name == "rgba") judge_image<itk::Image<itk::RGBAPixel<unsigned short>, 3>>(folder, one, plan, "RGBAPixel");
    if (one.name == "vector") judge_image<itk::Image<itk::Vector<double, 3>, 3>>(folder, one, plan, "Vector");
    if (one.name == "tensor") {
        judge_image<itk::Image<itk::SymmetricSecondRankTensor<float, 3>, 3>>(folder, one, plan, "tensor");
    }
}

/// An image of another type is refused before the run, and the caller's stays.
template <class Image>
void judge_refusal(const ImportPlan& plan) {
    const typename Image::Pointer old = Image::New();
    typename Image::Pointer target = old;
    const auto sink = stack2nrrd::itk_sink<Image>(target);
    expect(refusal([&] { run_import(plan, *sink); }) == ErrorCode::invalid_argument, "another type was taken");
    expect(target == old, "a refused image has been replaced");
    expect(refusal([&] { (void)stack2nrrd::read_itk<Image>(plan); }) == ErrorCode::invalid_argument, "it was read");
}

}  // namespace

int main(int, char** argv) {
    const fs::path folder = argv[1];
    fs::remove_all(folder);
    fs::create_directories(folder);
    try {
        for (const Case& one : cases()) judge_one(folder, one);
        for (const Case& one : cases()) {
            write_source(folder / "v.nrrd", one);
            const auto plan = plan_of(folder / "v.nrrd", one);
            if (one.name == "vector") judge_refusal<itk::Image<itk::Vector<double, 2>, 3>>(plan);
            if (one.name == "vector") judge_refusal<itk::Image<double, 3>>(plan);
            if (one.name != "oblique") continue;
            judge_refusal<itk::Image<unsigned char, 3>>(plan);
            judge_refusal<itk::Image<short, 3>>(plan);
            judge_refusal<itk::Image<std::complex<float>, 3>>(plan);
            judge_refusal<itk::VectorImage<float, 3>>(plan);
            using Image = itk::Image<unsigned short, 3>;
            for (const Image::Pointer& old : {Image::Pointer(), Image::New()}) {
                Image::Pointer target = old;
                judge_failed_runs(
                    plan, [&] { return stack2nrrd::itk_sink<Image>(target); }, [&] { return target == old; });
            }

            // A part of an image is where it is in the whole; nothing is refused.
            const Image::Pointer image = stack2nrrd::read_itk<Image>(plan);
            expect(bytes_of(*image) == samples_of(plan), "read_itk() has other samples");
            Image::PointType place;
            const Image::IndexType index{{3, -2, 1}};
            image->TransformIndexToPhysicalPoint(index, place);
            image->SetRegions(Image::RegionType(index, image->GetBufferedRegion().GetSize()));
            const auto stack = stack2nrrd::stack_from(image);
            for (unsigned d = 0; d < 3; ++d) expect(near(stack.geometry.origin[d], place[d]), "another first sample");
            image->SetLargestPossibleRegion(Image::RegionType(index, {{40, 40, 40}}));
            expect(refusal([&] { (void)stack2nrrd::stack_from(image); }) == ErrorCode::invalid_argument, "a part");
            expect(refusal([] { (void)stack2nrrd::stack_from(Image::Pointer()); }) == ErrorCode::invalid_argument,
                   "none");
            run_example(EXAMPLE, folder / "v.nrrd", folder / "example.nrrd");
            expect(Loaded(folder / "example.nrrd").io->GetDimensions(0) == 10, "the example has made something else");
        }
    } catch (const std::exception& error) {
        expect(false, error.what());
    }
    return verdict();
}
