#include "stack/volume_stack.hpp"

#include "codec/codec.hpp"
#include "core/file.hpp"
#include "core/text.hpp"
#include "stack/folder.hpp"
#include "volume/nrrd_reader.hpp"
#include "volume/sample_reader.hpp"

#include <array>
#include <span>
#include <utility>
#include <vector>

namespace stack2nrrd {

namespace {

/// The list of slices whose samples lie bare in their files says where; a slice that was saved anew since may have
/// something else there.
/// \throws Error inconsistent; io.
void check_bare(const NrrdVolume& volume, InputFile& file) {
    const ImageInfo listed = volume.image();
    const std::int64_t offset =
        volume.byte_skip >= 0 ? volume.byte_skip : file.bytes() + (volume.byte_skip + 1) - volume.piece_bytes;
    std::string is = "is no longer an uncompressed slice";
    try {
        const Probe probe = codec_for(file).probe(file, 0, Samples::stored);
        const ImageInfo& image = probe.image;
        const bool same_kind = image.width == listed.width && image.height == listed.height &&
                               image.type == listed.type && image.channels() == listed.channels();
        if (!same_kind) {
            is = "is " + std::to_string(image.width) + " x " + std::to_string(image.height) + ", " +
                 std::string(sample_type_name(image.type)) + ", of " + std::to_string(image.channels()) +
                 (image.channels() == 1 ? " channel" : " channels");
        } else if (probe.bare && probe.bare->offset == offset &&
                   (probe.bare->endian == volume.endian || volume.stored_bytes() == 1)) {
            return;
        } else if (probe.bare) {
            is = "has its samples elsewhere or in another byte order";
        }
    } catch (const Error& error) {
        if (error.code() == ErrorCode::io || error.code() == ErrorCode::limit) throw;
    }
    throw Error(ErrorCode::inconsistent, printable(file.path()) + ": " + is + ", and not what " +
                                             printable(volume.path) +
                                             " says of it; write that list again with --manifest");
}

}  // namespace

bool is_volume(const std::string& path_utf8) {
    InputFile file(path_utf8);
    std::array<std::byte, 16> head{};
    const std::size_t size = file.read_at(0, head.data(), head.size());
    file.check();
    return is_nrrd(std::span(head.data(), size));
}

void keep_notes(Stack& stack, const std::vector<std::pair<std::string, std::string>>& notes) {
    for (const auto& [key, value] : notes) {
        const bool said_anew = key == "min" || key == "max" || key.starts_with("stack2nrrd_");
        if (!said_anew) stack.notes.emplace_back(key, value);
    }
}

void take_header(Stack& stack, const NrrdVolume& volume, const std::string& name) {
    stack.components = volume.component_axis;
    stack.fields = volume.fields;
    stack.geometry = volume.geometry;
    keep_notes(stack, volume.key_values);
    for (const std::string& remark : volume.remarks) {
        stack.problems.push_back({ErrorCode::inconsistent, false, printable(name) + ": " + remark});
    }
}

Stack find_volume(const std::string& path_utf8) {
    NrrdVolume read = read_nrrd(path_utf8);
    if (read.encoding == NrrdEncoding::image_list) return listed_stack(std::move(read));
    auto volume = std::make_shared<const NrrdVolume>(std::move(read));
    const Index longer = check_data_files(*volume);

    Stack stack;
    stack.name = base_name(path_utf8);
    stack.kind = "volume";
    stack.image = volume->image();
    take_header(stack, *volume, path_utf8);
    stack.decoder_bytes = decoder_bytes(*volume);
    std::vector<FileStamp> stamps(volume->files.size());
    const bool is_bare_list = is_list_of_images(*volume);
    for (std::size_t i = 0; i < stamps.size(); ++i) {
        InputFile file(volume->files.path(i));
        stamps[i] = file.stamp();
        if (is_bare_list) check_bare(*volume, file);
    }
    stack.files = volume->files;
    stack.files.set_stamps(std::move(stamps));
    stack.slices.resize(static_cast<std::size_t>(volume->size[2]));
    for (std::size_t z = 0; z < stack.slices.size(); ++z) stack.slices[z] = {0, static_cast<Index>(z)};
    // The remarks cover one file. Behind samples that are bare in an image, it is the image that goes on.
    if (longer > 0 && volume->files.size() > 1 && !is_bare_list) {
        stack.problems.push_back({ErrorCode::inconsistent, false,
                                  printable(path_utf8) + ": " + std::to_string(longer) + " of " +
                                      std::to_string(volume->files.size()) +
                                      " data files are longer than their samples, the rest is not read; check the "
                                      "fields \"sizes\" and \"byte skip\""});
    }
    recall_stack(stack, *volume);
    stack.volume = std::move(volume);
    return stack;
}

}  // namespace stack2nrrd
