// ITK's transforms in text, and in MATLAB's format.

#include "transform/itk_matlab.hpp"
#include "transform/itk_text.hpp"

#include "transform_target.hpp"

#include <algorithm>

void stack2nrrd::fuzz::one_input(Bytes bytes) {
    const Bytes head = bytes.first(std::min<std::size_t>(bytes.size(), 512));
    TransformPtr transform;
    const auto error = error_of({ErrorCode::corrupt, ErrorCode::unsupported}, [&] {
        if (is_itk_text(head)) transform = itk_transforms("a.tfm", read_itk_text("a.tfm", text_of(bytes)));
        if (is_itk_matlab(head)) transform = itk_transforms("a.mat", read_itk_matlab("a.mat", text_of(bytes)));
    });
    if (!error && transform) check_transform(*transform, bytes);
}
