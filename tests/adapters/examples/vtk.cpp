// A stack at half its size as an image of VTK: vtk SCAN FILE.vti

#include <stack2nrrd/vtk.hpp>

#include <vtkXMLImageDataWriter.h>

#include <iostream>

int main(int, char** argv) {
    try {
        stack2nrrd::Options options;
        set_option(options, "factor", "2");
        const auto plan = plan_import(stack2nrrd::find_stack(argv[1], options), options);
        const vtkSmartPointer<vtkImageData> image = stack2nrrd::read_vtk(plan);

        std::cout << image->GetDimensions()[0] << " samples along x, " << image->GetSpacing()[0] << " mm apart\n";
        vtkNew<vtkXMLImageDataWriter> writer;  // or whatever else VTK can do with it
        writer->SetInputData(image);
        writer->SetFileName(argv[2]);
        return writer->Write() == 1 ? 0 : 1;
    } catch (const stack2nrrd::Error& error) {
        std::cerr << error.what() << '\n';
        return stack2nrrd::exit_status(error.code());
    }
}
