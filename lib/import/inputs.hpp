#pragma once

#include <stack2nrrd/file_list.hpp>

#include <string>
#include <string_view>

namespace stack2nrrd {

/// "147 files, 0123abcd": how many, and a checksum of their base names and sizes in this order, so that the same data
/// elsewhere gives the same text. The files need their stamps.
[[nodiscard]] std::string inputs_text(const FileList& files);

/// "147 files" of such a text.
[[nodiscard]] inline std::string number_in_inputs(std::string_view text) {
    return std::string(text.substr(0, text.find(',')));
}

}  // namespace stack2nrrd
