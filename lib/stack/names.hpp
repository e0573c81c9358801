#pragma once

// The names of files as texts, whoever keeps them: nothing is copied, as there may be hundreds of thousands.

#include <stack2nrrd/file_list.hpp>

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <iterator>
#include <string_view>
#include <utility>
#include <vector>

namespace stack2nrrd {

class Names {
public:
    /// What of a file is its name: the last part of its path, or all of it?
    enum class Of : std::uint8_t { name, path };

    Names() = default;
    /// With Of::path each of `files` must be one of those with a path_view().
    explicit Names(FileList files, Of of = Of::name) : files_(std::move(files)), of_(of) {}
    /// Views of texts that belong to the caller.
    Names(std::initializer_list<std::string_view> texts) : texts_(texts) {}
    template <class Input>
    Names(Input first, Input last) : texts_(first, last) {}

    [[nodiscard]] std::size_t size() const noexcept { return files_.size() + texts_.size(); }
    [[nodiscard]] bool empty() const noexcept { return size() == 0; }
    [[nodiscard]] std::string_view operator[](std::size_t i) const noexcept {
        if (!texts_.empty()) return texts_[i];
        return of_ == Of::name ? files_.name(i) : *files_.path_view(i);
    }
    [[nodiscard]] std::string_view front() const noexcept { return (*this)[0]; }
    [[nodiscard]] std::string_view back() const noexcept { return (*this)[size() - 1]; }

    /// Those in that order.
    [[nodiscard]] Names picked(const std::vector<std::uint32_t>& which) const {
        Names names(files_.picked(texts_.empty() ? which : std::vector<std::uint32_t>()), of_);
        if (!texts_.empty()) {
            for (const std::uint32_t i : which) names.texts_.push_back(texts_[i]);
        }
        return names;
    }

    class Iterator {
    public:
        using iterator_category = std::forward_iterator_tag;
        using value_type = std::string_view;
        using difference_type = std::ptrdiff_t;
        using pointer = const std::string_view*;
        using reference = std::string_view;

        Iterator() = default;
        Iterator(const Names& names, std::size_t at) : names_(&names), at_(at) {}
        std::string_view operator*() const noexcept { return (*names_)[at_]; }
        Iterator& operator++() noexcept {
            ++at_;
            return *this;
        }
        Iterator operator++(int) noexcept { return {*names_, at_++}; }
        friend bool operator==(const Iterator& a, const Iterator& b) noexcept { return a.at_ == b.at_; }
        friend std::ptrdiff_t operator-(const Iterator& a, const Iterator& b) noexcept {
            return static_cast<std::ptrdiff_t>(a.at_) - static_cast<std::ptrdiff_t>(b.at_);
        }

    private:
        const Names* names_ = nullptr;
        std::size_t at_ = 0;
    };
    [[nodiscard]] Iterator begin() const noexcept { return {*this, 0}; }
    [[nodiscard]] Iterator end() const noexcept { return {*this, size()}; }

private:
    FileList files_;
    Of of_ = Of::name;
    std::vector<std::string_view> texts_;
};

}  // namespace stack2nrrd
