#include "verify/written.hpp"

#include "core/file.hpp"
#include "core/text.hpp"
#include "sink/slab_checksums.hpp"
#include "volume/nrrd_text.hpp"

#include <stack2nrrd/error.hpp>

namespace stack2nrrd {

namespace {

std::string header_of(const std::string& path) {
    InputFile file(path);
    const NrrdText text = read_nrrd_text(file);
    std::string header(static_cast<std::size_t>(text.end), '\0');
    header.resize(file.read_at(0, header.data(), header.size()));
    file.check();
    return header;
}

/// Is this what may follow the checksum? Nothing, or the name of the data file, which may be another one by now.
bool is_end(std::string_view text) {
    while (text.ends_with('\n')) text.remove_suffix(1);
    const std::string_view name = "\ndata file: ";
    return text.empty() || (text.starts_with(name) && text.find('\n', name.size()) == std::string_view::npos);
}

/// None if there is no line for it.
std::optional<bool> is_as_written(std::string_view header) {
    const std::string start = "\n" + std::string(header_crc_key) + ":=";
    const std::size_t at = header.rfind(start);
    if (at == std::string_view::npos) return std::nullopt;
    const std::string_view value = header.substr(at + start.size());
    const std::size_t end = std::min(value.find('\n'), value.size());
    return value.substr(0, end) == hex_text(crc32_of(header.substr(0, at + 1))) && is_end(value.substr(end));
}

void check_is_no_zarr(const std::filesystem::path& path, const std::string& shown) {
    const std::filesystem::path name = path.has_filename() ? path : path.parent_path();
    if (lower_case(utf8(name.extension())) != ".zarr" && !disk::is_folder(path)) return;
    throw Error(ErrorCode::invalid_argument,
                shown +
                    ": is a folder, a NRRD file was expected: an OME-Zarr is written and not read; compare its "
                    "samples in another program with those of a NRRD that the same options make, their checksums "
                    "are in its attribute \"stack2nrrd\"");
}

}  // namespace

Written read_written(const std::filesystem::path& path) {
    Written written;
    written.shown = printable(utf8(path));
    check_is_no_zarr(path, written.shown);
    written.header = header_of(utf8(path));
    written.header_as_written = is_as_written(written.header);
    try {
        written.volume = read_nrrd(utf8(path));
    } catch (const Error& error) {
        if (error.code() == ErrorCode::io || written.header_as_written.value_or(true)) throw;
        throw Error(error.code(), written.shown + ": its header is not as it was written; " + error.what());
    }
    return written;
}

NrrdVolume at_its_word(std::string header, const std::string& name) {
    const std::string key = "\nstack2nrrd_spacing:=";
    const std::size_t at = header.find(key);
    if (at != std::string::npos) header.erase(at + 1, header.find('\n', at + 1) - at);
    return read_nrrd_header(header, name);
}

}  // namespace stack2nrrd
