// A volume of float32, whose samples are 1 apart, made smaller by ITK.
//
//     itk_reduce box|gauss INPUT.nrrd OUTPUT.nrrd FX FY FZ
//
// box is BinShrinkImageFilter, the mean of boxes of samples, for whole factors. gauss is what the filter
// MultiResolutionPyramidImageFilter does: a discrete Gaussian of half a factor (Lindeberg's), then linear interpolation
// at the centres of the cells.

#include <itkBinShrinkImageFilter.h>
#include <itkDiscreteGaussianImageFilter.h>
#include <itkImageFileReader.h>
#include <itkImageFileWriter.h>
#include <itkResampleImageFilter.h>

#include <cmath>
#include <cstdlib>
#include <iostream>
#include <string>

using Volume = itk::Image<float, 3>;

namespace {

Volume::Pointer mean_of_boxes(Volume* volume, const double (&factors)[3]) {
    const auto boxes = itk::BinShrinkImageFilter<Volume, Volume>::New();
    boxes->SetInput(volume);
    for (unsigned axis = 0; axis < 3; ++axis) boxes->SetShrinkFactor(axis, static_cast<unsigned>(factors[axis]));
    boxes->Update();
    return boxes->GetOutput();
}

Volume::Pointer gauss_and_linear(Volume* volume, const double (&factors)[3]) {
    const auto smooth = itk::DiscreteGaussianImageFilter<Volume, Volume>::New();
    const auto sample = itk::ResampleImageFilter<Volume, Volume>::New();
    Volume::SizeType size = volume->GetLargestPossibleRegion().GetSize();
    Volume::PointType origin = volume->GetOrigin();
    Volume::SpacingType spacing = volume->GetSpacing();
    auto variance = smooth->GetVariance();
    for (unsigned axis = 0; axis < 3; ++axis) {
        variance[axis] = factors[axis] > 1 ? factors[axis] * factors[axis] / 4 : 0;
        size[axis] =
            static_cast<itk::SizeValueType>(std::floor(static_cast<double>(size[axis]) / factors[axis] + 1e-9));
        origin[axis] += (factors[axis] - 1) / 2;
        spacing[axis] *= factors[axis];
    }
    smooth->SetInput(volume);
    smooth->SetVariance(variance);
    smooth->SetMaximumKernelWidth(1000);  // it cuts Gaussians at 32 samples otherwise
    sample->SetInput(smooth->GetOutput());
    sample->SetSize(size);
    sample->SetOutputOrigin(origin);
    sample->SetOutputSpacing(spacing);
    sample->Update();
    return sample->GetOutput();
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 7) return 2;
    try {
        const double factors[3] = {std::atof(argv[4]), std::atof(argv[5]), std::atof(argv[6])};
        const auto volume = itk::ReadImage<Volume>(argv[2]);
        const bool box = std::string(argv[1]) == "box";
        itk::WriteImage(box ? mean_of_boxes(volume, factors) : gauss_and_linear(volume, factors), argv[3]);
    } catch (const std::exception& error) {
        std::cerr << error.what() << '\n';
        return 1;
    }
}
