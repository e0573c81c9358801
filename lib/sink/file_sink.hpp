#pragma once

#include "core/output_file.hpp"

#include <stack2nrrd/sink.hpp>

#include <filesystem>
#include <optional>
#include <utility>
#include <vector>

namespace stack2nrrd {

/// A sink of one file: all of it but what is in the file.
class FileSink : public Sink {
public:
    FileSink(std::filesystem::path name, bool force) : name_(std::move(name)), force_(force) {
        check_output(name_, force);
    }

    void begin(const VolumeInfo&) override {
        file_.emplace(name_, force_);
        file_->sweep();
    }
    void publish() override { publish_alone(*file_); }
    void withdraw() noexcept override {
        if (file_) file_->withdraw();
    }
    [[nodiscard]] std::vector<std::filesystem::path> files() const override { return {name_}; }

protected:
    [[nodiscard]] OutputFile& file() noexcept { return *file_; }

private:
    std::filesystem::path name_;
    bool force_ = false;
    std::optional<OutputFile> file_;
};

}  // namespace stack2nrrd
