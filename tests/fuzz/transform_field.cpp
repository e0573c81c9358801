// Displacement fields in NRRD, and whatever else a file of a transform may be. The file's name counts as little as that
// of a slice.

#include "import/transform_file.hpp"

#include "transform_target.hpp"

void stack2nrrd::fuzz::one_input(Bytes bytes) {
    const std::filesystem::path path = file_of("field.nrrd", bytes);
    constexpr std::uint64_t most_bytes = std::uint64_t{8} << 20;
    TransformFile file;
    const auto refusals = {ErrorCode::corrupt, ErrorCode::unsupported, ErrorCode::limit, ErrorCode::not_found,
                           ErrorCode::io};
    if (error_of(refusals, [&] { file = read_transform(path, most_bytes); })) return;
    for (const std::string& note : file.notes) check_sentence(note);
    check_transform(*file.transform, bytes);
}
