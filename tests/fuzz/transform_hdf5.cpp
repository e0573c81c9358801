// ITK's transforms in HDF5.

#include "transform/itk_hdf5.hpp"

#include "transform_target.hpp"

void stack2nrrd::fuzz::one_input(Bytes bytes) {
    if (!is_hdf5(bytes)) return;
    InputFile file = InputFile::of_text("a.h5", text_of(bytes));
    TransformPtr transform;
    const auto error = error_of({ErrorCode::corrupt, ErrorCode::unsupported},
                                [&] { transform = itk_transforms("a.h5", read_itk_hdf5(file)); });
    if (!error) check_transform(*transform, bytes);
}
