#pragma once

#include <stack2nrrd/stack.hpp>

#include <string>
#include <utility>
#include <vector>

namespace stack2nrrd {

/// Does the file begin as a NRRD header does?
[[nodiscard]] bool is_volume(const std::string& path_utf8);

/// The slices of a NRRD volume. Of its files only the headers are read.
/// \throws Error as read_nrrd() and check_data_files().
[[nodiscard]] Stack find_volume(const std::string& path_utf8);

/// Gives `stack` the key/values of a header that a copy of its volume keeps: all but those that are said anew of the
/// copy itself.
void keep_notes(Stack& stack, const std::vector<std::pair<std::string, std::string>>& notes);

/// Gives `stack` all that the header says but size and type of the samples. `name` is that of the volume in messages.
void take_header(Stack& stack, const NrrdVolume& volume, const std::string& name);

/// The slices that a list of images names; their headers are still to be read.
/// \throws Error as manifest_slices(), and inconsistent.
[[nodiscard]] Stack listed_stack(NrrdVolume volume);

/// Does the header say that its samples lie in image files, as a list made of slices does?
[[nodiscard]] bool is_list_of_images(const NrrdVolume& volume);

/// Gives `stack` the name, the labels of gaps and what else a list says that it was made of.
void recall_stack(Stack& stack, const NrrdVolume& volume);

}  // namespace stack2nrrd
