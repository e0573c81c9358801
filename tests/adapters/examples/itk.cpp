// A stack at half its size as an image of ITK: itk SCAN FILE

#include <stack2nrrd/itk.hpp>

#include <itkImageFileWriter.h>

#include <iostream>

int main(int, char** argv) {
    using Image = itk::Image<unsigned short, 3>;
    try {
        stack2nrrd::Options options;
        set_option(options, "factor", "2");
        set_option(options, "type", "uint16");
        const auto plan = plan_import(stack2nrrd::find_stack(argv[1], options), options);
        const Image::Pointer image = stack2nrrd::read_itk<Image>(plan);

        std::cout << image->GetBufferedRegion().GetSize() << " samples, " << image->GetSpacing() << " mm apart\n";
        itk::WriteImage(image.GetPointer(), argv[2]);  // or whatever else ITK can do with it
    } catch (const std::exception& error) {
        std::cerr << error.what() << '\n';
        return 1;
    }
}
