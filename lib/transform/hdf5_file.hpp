#pragma once

// HDF5, as much of it as files of transforms have: groups, and data sets of strings and floats, in the forms that
// libhdf5 writes up to its version 1.8. It reads nothing but what is asked for, and believes no length.
// Format: https://docs.hdfgroup.org/hdf5/v1_14/_f_m_t3.html

#include "core/file.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace stack2nrrd {

class Hdf5File {
public:
    /// Where the header of a group or a data set is.
    using Address = std::uint64_t;

    /// `file` has to outlive it. \throws Error corrupt, unsupported, io; so do all functions.
    explicit Hdf5File(InputFile& file);

    [[nodiscard]] Address root() const noexcept { return root_; }
    /// What has this name in a group, if anything has.
    [[nodiscard]] std::optional<Address> find(Address group, std::string_view name) const;
    /// How many names there are.
    [[nodiscard]] std::size_t links(Address group) const;

    /// Of a data set of one string.
    [[nodiscard]] std::string text(Address set) const;
    /// Of a data set of one dimension, whose numbers are floats of 32 or 64 bits.
    [[nodiscard]] std::vector<double> numbers(Address set) const;

    /// Throws Error corrupt: "<file>: is an HDF5 file that `what`, …".
    [[noreturn]] void damaged(const std::string& what) const;
    /// Throws Error unsupported: "<file>: is an HDF5 file with `what`, …".
    [[noreturn]] void unsupported(const std::string& what) const;

private:
    using Bytes = std::vector<std::byte>;
    class Cursor;
    struct Message {
        unsigned type = 0;
        Bytes data;
    };
    struct DataSet;

    [[nodiscard]] Bytes read(Address at, std::uint64_t size) const;
    [[nodiscard]] std::vector<Message> messages(Address header) const;
    void read_block(Address at, std::uint64_t size, unsigned version, bool numbered, std::vector<Message>& found,
                    std::vector<std::array<std::uint64_t, 2>>& blocks) const;

    using TakeLink = std::function<void(std::string_view name, Address object)>;
    void for_each_link(Address group, const TakeLink& take) const;
    void for_each_old_link(Address tree, Address heap, const TakeLink& take) const;
    /// Calls `take` with what is behind the key of each child of a tree's lowest nodes.
    void for_each_leaf(Address tree, unsigned type, std::size_t key_bytes, int depth,
                       const std::function<void(Cursor key, Address child)>& take) const;

    [[nodiscard]] DataSet data_set(Address header) const;
    /// Elements from number `first` on.
    using TakePart = std::function<void(std::uint64_t first, std::span<const std::byte> bytes)>;
    void for_each_part(const DataSet& set, const TakePart& take) const;
    void take_chunk(const DataSet& set, Cursor key, Address at, const TakePart& take) const;
    [[nodiscard]] std::string from_heap(Cursor reference) const;

    InputFile& file_;
    Address base_ = 0;
    Address root_ = 0;
};

}  // namespace stack2nrrd
