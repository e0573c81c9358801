#include "codec/foreign.hpp"

#include "core/text.hpp"

#include <algorithm>
#include <array>

namespace stack2nrrd {

namespace {

using namespace std::string_view_literals;

constexpr std::string_view slicer = "open it in 3D Slicer and save it as .nrrd";
constexpr std::string_view fiji = "open it in Fiji (Bio-Formats) and save it as TIFF";
constexpr std::string_view unpack = "unpack it and give the folder of the slices";
constexpr std::string_view describe = "write a .nhdr file with its size, type and name (\"data file\"), and give that";
constexpr std::string_view convert = "convert it to TIFF or PNG";
constexpr std::string_view leave_out = "leave it out, or give the folder of the slices";

/// How a kind is known. Bytes at an offset come before names; where both are given, `needs_both` says that bytes alone
/// are those of a wider kind.
struct Row {
    ForeignKind kind;
    std::string_view suffixes;  ///< each with a blank behind it
    std::string_view bytes{};
    std::size_t offset = 0;
    bool needs_both = false;
};

constexpr std::array rows{
    // Medical images and volumes.
    Row{{"a DICOM file",
         "convert the folder with dcm2niix -e y, which writes .nrrd, or open it in 3D Slicer and save it as .nrrd"},
        ".dcm .dicom .ima ",
        "DICM",
        128},
    Row{{"a NRRD volume", "give it alone"}, "", "NRRD000"},
    Row{{"named like a NRRD volume and is none", "copy it again from its source"}, ".nrrd .nhdr "},
    Row{{"a NIfTI volume", slicer}, ".nii .img.gz ", "n+1\0"sv, 344},
    Row{{"a NIfTI volume", slicer}, ".nii.gz ", "\x1F\x8B", 0, true},
    Row{{"the header of a NIfTI or Analyze volume", slicer}, ".hdr ", "ni1\0"sv, 344},
    Row{{"a MetaImage volume", slicer}, ".mha .mhd ", "ObjectType ="},
    Row{{"a volume of FreeSurfer", slicer}, ".mgz .mgh "},
    Row{{"a MINC volume", slicer}, ".mnc "},
    Row{{"a file of VTK", slicer}, ".vti .vtk .vtp .vtu ", "# vtk DataFile"},
    Row{{"a volume of VGStudio without a header",
         "export slices as TIFF from VGStudio, or write a .nhdr file with the size and type in its .vgi"},
        ".vol "},
    Row{{"the description of a volume of VGStudio",
         "export slices as TIFF from VGStudio, or write a .nhdr file for its .vol with the size and type in it"},
        ".vgi .vgl ",
        "{volume1}"},
    Row{{"a volume of Amira or Avizo", "save it as NRRD or as TIFF slices from Amira, or open it in 3D Slicer or Fiji"},
        ".am ",
        "# AmiraMesh"},
    Row{{"a volume of Amira or Avizo", "save it as NRRD or as TIFF slices from Amira, or open it in 3D Slicer or Fiji"},
        ".am ",
        "# Avizo"},
    Row{{"a volume of electron microscopy (MRC)",
         "open it in Fiji and save it as TIFF, or convert it with mrc2tif of IMOD"},
        ".mrc .rec .map .mrcs ",
        "MAP ",
        208},
    Row{{"a volume of raw samples without a header", describe}, ".raw .bin .dat .img .vox "},
    Row{{"an array of NumPy", "save it as TIFF with tifffile, or as NRRD with pynrrd"}, ".npy .npz ", "\x93NUMPY"},
    Row{{"a FITS file", "open it in Fiji and save it as TIFF"}, ".fits .fit .fts ", "SIMPLE  ="},
    // Microscopes and scanners.
    Row{{"a file of Imaris", fiji}, ".ims ", "\x89HDF\r\n\x1A\n", 0, true},
    Row{{"an HDF5 file",
         "save the data set as TIFF, for example with the HDF5 plugin of Fiji, or with h5py and tifffile"},
        ".h5 .hdf5 .hdf .nxs .he5 ",
        "\x89HDF\r\n\x1A\n"},
    Row{{"a file of ZEISS Xradia", "export slices as TIFF from the scanner's software, or open it in Fiji"},
        ".txm .txrm .xrm ",
        "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1",
        0,
        true},
    Row{{"a file of Olympus", fiji}, ".oib .vsi ", "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", 0, true},
    Row{{"a file of Olympus", fiji}, ".oir ", "OLYMPUSRAWFORMAT"},
    Row{{"a file of ZEISS (CZI)", fiji}, ".czi ", "ZISRAWFILE"},
    Row{{"a file of Nikon (ND2)", fiji}, ".nd2 ", "\xDA\xCE\xBE\x0A"},
    Row{{"a file of Leica", fiji}, ".lif .xlef .lof .scn ", "\x70\0\0\0"sv, 0, true},
    Row{{"a file of Gatan DigitalMicrograph", fiji}, ".dm3 .dm4 "},
    Row{{"a microscope's file", fiji}, ".czi .nd2 .lif .oir .oib .vsi .zvi .dv .mrxs .ndpi .stk .flex .bif .sld .spe "},
    Row{{"a scanner's volume", "export slices as TIFF or BMP from the scanner's software"},
        ".isq .aim .vff .tdr .rtss .txm .txrm .xrm .pcb .xvi .xtekvolume .dtxrd "},
    // Other images and films.
    Row{{"a GIF image", convert}, ".gif ", "GIF8"},
    Row{{"a WebP image", convert}, ".webp ", "WEBP", 8},
    Row{{"a HEIF image", convert}, ".heic .heif .avif ", "ftyphei", 4},
    Row{{"a HEIF image", convert}, ".heic .heif .avif ", "ftypavif", 4},
    Row{{"an OpenEXR image", convert}, ".exr ", "\x76\x2F\x31\x01"},
    Row{{"a Photoshop file", convert}, ".psd .psb ", "8BPS"},
    Row{{"a JPEG XL image", convert}, ".jxl ", "\0\0\0\x0CJXL "sv},
    Row{{"a Netpbm image", convert}, ".pgm .ppm .pnm .pbm .pam "},
    Row{{"a drawing", convert}, ".svg .eps .ai .ps "},
    Row{{"a photograph as its camera stores it", convert}, ".cr2 .cr3 .nef .arw .dng .raf .orf "},
    Row{{"a film", "save its pictures as PNG, for example with ffmpeg -i FILM slice_%05d.png"}, ".avi ", "AVI ", 8},
    Row{{"a film", "save its pictures as PNG, for example with ffmpeg -i FILM slice_%05d.png"},
        ".mp4 .mov .m4v ",
        "ftyp",
        4},
    Row{{"a film", "save its pictures as PNG, for example with ffmpeg -i FILM slice_%05d.png"},
        ".mkv .webm ",
        "\x1A\x45\xDF\xA3"},
    Row{{"a film", "save its pictures as PNG, for example with ffmpeg -i FILM slice_%05d.png"},
        ".mpg .mpeg .wmv .flv "},
    // Surfaces.
    Row{{"a surface, which has no samples", "give the slices that it was made of"},
        ".stl .ply .obj .off .glb .gltf .3mf "},
    // Archives and documents.
    Row{{"a document", leave_out}, ".docx .xlsx .pptx .odt .ods .odp ", "PK\x03\x04", 0, true},
    Row{{"a ZIP archive", unpack}, ".zip ", "PK\x03\x04"},
    Row{{"an archive", unpack}, ".tar ", "ustar", 257},
    Row{{"a compressed file (gzip)", unpack}, ".gz .tgz ", "\x1F\x8B"},
    Row{{"an archive", unpack}, ".7z ", "7z\xBC\xAF\x27\x1C"},
    Row{{"an archive", unpack}, ".rar ", "Rar!"},
    Row{{"a compressed file (bzip2)", unpack}, ".bz2 .tbz2 ", "BZh"},
    Row{{"a compressed file (xz)", unpack},
        ".xz .txz ",
        "\xFD"
        "7zXZ"},
    Row{{"a compressed file (zstd)", unpack}, ".zst ", "\x28\xB5\x2F\xFD"},
    Row{{"a PDF document", leave_out}, ".pdf ", "%PDF"},
    Row{{"a document", leave_out}, ".doc .xls .ppt ", "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", 0, true},
    Row{{"a file of a scanner or of an office program (OLE2)", "export slices as TIFF from the program that made it"},
        "",
        "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"},
    // What represents a file.
    Row{{"a pointer of Git LFS and not the file itself", "fetch the files with git lfs pull"},
        "",
        "version https://git-lfs"},
    Row{{"a shortcut of Windows", "give the file or folder that it leads to"}, ".lnk ", "L\0\0\0\x01\x14\x02\0"sv},
    Row{{"an alias of macOS", "give the file or folder that it leads to"}, "", "book\0\0\0\0mark"sv},
    Row{{"a link to a web page", "download what it leads to"}, ".url .webloc ", "[InternetShortcut]"},
    Row{{"a placeholder of a cloud folder", "download the file itself"}, ".icloud .gsheet .gdoc "},
    Row{{"an unfinished download", "finish the download"}, ".crdownload .part .download .partial "},
    Row{{"a web page", "download the file again, for the server sent an answer in its place"},
        ".html .htm ",
        "<!DOCTYPE html"},
    Row{{"a web page", "download the file again, for the server sent an answer in its place"}, "", "<html"},
    Row{{"an XML file", leave_out}, ".xml ", "<?xml"},
};

/// The suffix of `name` with its dot in lower case, and a blank behind it; of compressed files both suffixes if `both`.
std::string suffix_of(std::string_view name, bool both) {
    std::size_t dot = name.rfind('.');
    if (both && dot != std::string_view::npos && dot > 0) dot = name.rfind('.', dot - 1);
    if (dot == std::string_view::npos) return {};
    return lower_case(name.substr(dot)) + " ";
}

bool has_suffix_of(const Row& row, std::string_view name) {
    for (const bool both : {true, false}) {
        const std::string suffix = suffix_of(name, both);
        if (suffix.empty()) continue;
        for (std::size_t at = row.suffixes.find(suffix); at != std::string_view::npos;
             at = row.suffixes.find(suffix, at + 1)) {
            if (at == 0 || row.suffixes[at - 1] == ' ') return true;
        }
    }
    return false;
}

bool has_bytes_of(const Row& row, std::string_view head) {
    return !row.bytes.empty() && head.size() >= row.offset && head.substr(row.offset).starts_with(row.bytes);
}

constexpr ForeignKind text{"a text file", leave_out};

bool is_text(std::string_view head) {
    const auto is_odd = [](char c) {
        return static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\r' && c != '\t';
    };
    return !head.empty() && std::none_of(head.begin(), head.end(), is_odd);
}

}  // namespace

const ForeignKind* foreign_kind(std::string_view name, std::span<const std::byte> head) {
    const std::string_view bytes(reinterpret_cast<const char*>(head.data()), head.size());
    for (const Row& row : rows) {
        if (has_bytes_of(row, bytes) && (!row.needs_both || has_suffix_of(row, name))) return &row.kind;
    }
    const ForeignKind* by_name = foreign_kind_of_name(name);
    if (by_name != nullptr) return by_name;
    return is_text(bytes) ? &text : nullptr;
}

const ForeignKind* foreign_kind_of_name(std::string_view name) {
    const auto row = std::find_if(rows.begin(), rows.end(), [&](const Row& one) { return has_suffix_of(one, name); });
    return row == rows.end() ? nullptr : &row->kind;
}

}  // namespace stack2nrrd
