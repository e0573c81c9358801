// A stack of slices made smaller by ITK: the mean of boxes of samples, streamed in 16 parts to an uncompressed .mha.
//
//     bin_shrink FACTOR THREADS BITS OUTPUT.mha FILE...

#include <itkBinShrinkImageFilter.h>
#include <itkImageFileWriter.h>
#include <itkImageSeriesReader.h>
#include <itkMultiThreaderBase.h>

#include <cstdlib>
#include <iostream>
#include <string>
#include <vector>

namespace {

template <typename Sample>
void shrink(unsigned factor, const std::string& output, const std::vector<std::string>& files) {
    using Volume = itk::Image<Sample, 3>;
    const auto reader = itk::ImageSeriesReader<Volume>::New();
    reader->SetFileNames(files);
    const auto boxes = itk::BinShrinkImageFilter<Volume, Volume>::New();
    boxes->SetInput(reader->GetOutput());
    boxes->SetShrinkFactors(factor);
    const auto writer = itk::ImageFileWriter<Volume>::New();
    writer->SetInput(boxes->GetOutput());
    writer->SetFileName(output);
    writer->SetNumberOfStreamDivisions(16);
    writer->Update();
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 6) return 2;
    try {
        const auto factor = static_cast<unsigned>(std::atoi(argv[1]));
        itk::MultiThreaderBase::SetGlobalDefaultNumberOfThreads(static_cast<itk::ThreadIdType>(std::atoi(argv[2])));
        const std::vector<std::string> files(argv + 5, argv + argc);
        if (std::string(argv[3]) == "8")
            shrink<unsigned char>(factor, argv[4], files);
        else
            shrink<unsigned short>(factor, argv[4], files);
    } catch (const std::exception& error) {
        std::cerr << error.what() << '\n';
        return 1;
    }
}
