#pragma once

// Which page of a file is which slice of which channel at which time, by the file's own words. Pure: text and numbers.

#include "codec/codec.hpp"
#include "sidecar/description.hpp"

#include <optional>
#include <string>
#include <vector>

namespace stack2nrrd {

struct PageOrder {
    Index slices = 0;
    Index channels = 1;
    Index times = 1;
    /// What is counted first, next and last by `positions`.
    std::string axes = "ZCT";
    /// Of each page, counted from 0; -1 for one that belongs to nothing here.
    std::vector<Index> positions;
    std::vector<std::string> notes;  ///< what is odd, ready to follow "<file>: "
    /// Why nobody can know which page is which, or that pages are lost; of the same kind. Each page then is a slice.
    std::string refusal;

    /// For each slice of that channel and time the page that holds it; nothing where there is none.
    [[nodiscard]] std::vector<std::optional<std::size_t>> pages_of(Index channel, Index time) const;
};

/// What `ome` says about `pages`, which look like `image` and are in as many files as it names. They are counted by
/// number over all files: file i has those from files[i] to files[i + 1]. `own`: the file that pages are in where it
/// names none.
[[nodiscard]] PageOrder page_order(const OmeDescription& ome, const std::vector<Page>& pages,
                                   const std::vector<Index>& files, std::size_t own, const ImageInfo& image);

/// What `description` says about `pages`, which are the slices of a file by number and look like `image`. Where it says
/// nothing each page is a slice.
[[nodiscard]] PageOrder page_order(const std::vector<Page>& pages, const std::string& description,
                                   const ImageInfo& image);

}  // namespace stack2nrrd
