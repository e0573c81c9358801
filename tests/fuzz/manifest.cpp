// Lists of slices in NHDR: read, written again, and read again they are the same list.

#include "volume/list_header.hpp"

#include "harness.hpp"

namespace stack2nrrd::fuzz {

namespace {

bool is_same(const ManifestSlice& a, const ManifestSlice& b, const FileList& of_a, const FileList& of_b) {
    if (a.missing() || b.missing()) return a.missing() == b.missing();
    const auto path = [](const FileList& files, const ManifestSlice& slice) {
        return std::filesystem::path(files.path(static_cast<std::size_t>(slice.file))).lexically_normal();
    };
    return a.page == b.page && path(of_a, a) == path(of_b, b);
}

NrrdVolume read(const std::filesystem::path& file) { return read_nrrd(file.string()); }

void write_again(const NrrdVolume& volume, const std::vector<ManifestSlice>& slices,
                 const std::filesystem::path& file) {
    Manifest manifest;
    manifest.size = volume.size;
    manifest.type = volume.type;
    manifest.colour = volume.colour;
    manifest.components = volume.components;
    manifest.component_axis = volume.component_axis;
    manifest.component_axis.place = 0;
    manifest.geometry = volume.geometry;
    manifest.files = volume.files;
    manifest.slices = slices;
    std::string text;
    // A name that ends with a return, say, cannot be listed again.
    if (error_of({ErrorCode::invalid_argument}, [&] { text = manifest_text(manifest, file); })) return;
    const NrrdVolume again = read(file_of("again.nhdr", std::as_bytes(std::span(text))));
    holds(again.size == volume.size && again.type == volume.type && again.channels() == volume.channels(),
          "a list that is written again has another size or type");
    holds(again.geometry.spacing_known == volume.geometry.spacing_known &&
              (!volume.geometry.spacing_known || (again.geometry.direction == volume.geometry.direction &&
                                                  again.geometry.origin == volume.geometry.origin)),
          "a list that is written again has another geometry");
    const std::vector<ManifestSlice> same = manifest_slices(again);
    holds(same.size() == slices.size(), "a list that is written again has another number of slices");
    for (std::size_t z = 0; z < slices.size(); ++z) {
        holds(is_same(slices[z], same[z], volume.files, again.files), "a list that is written again has other slices");
    }
}

}  // namespace

void one_input(Bytes bytes) {
    const std::filesystem::path file = file_of("list.nhdr", bytes);
    NrrdVolume volume;
    const auto refusals = {ErrorCode::unsupported, ErrorCode::corrupt, ErrorCode::limit, ErrorCode::not_found,
                           ErrorCode::io};
    if (error_of(refusals, [&] { volume = read(file); })) return;
    if (volume.encoding != NrrdEncoding::image_list) return;
    std::vector<ManifestSlice> slices;
    if (error_of({ErrorCode::corrupt}, [&] { slices = manifest_slices(volume); })) return;
    holds(static_cast<Index>(slices.size()) == volume.size[2], "a list has another number of slices than its size");
    for (const ManifestSlice& slice : slices) {
        holds(slice.missing() || static_cast<std::size_t>(slice.file) < volume.files.size(),
              "a slice of a list is in no file");
        holds(slice.page >= 0, "a slice of a list is on no page");
    }
    write_again(volume, slices, file);
}

}  // namespace stack2nrrd::fuzz
