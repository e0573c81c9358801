#include "sink/publish.hpp"

#include "core/file.hpp"
#include "core/output_file.hpp"
#include "core/text.hpp"

#include <stack2nrrd/error.hpp>

#include <cstddef>

namespace stack2nrrd {

namespace fs = std::filesystem;

void check_different(const std::vector<fs::path>& files) {
    const auto whole = [](const fs::path& file) {
        return lower_case(utf8(fs::weakly_canonical(fs::absolute(followed(file)))));
    };
    std::error_code ignored;
    for (std::size_t i = 0; i < files.size(); ++i) {
        for (std::size_t j = 0; j < i; ++j) {
            if (whole(files[i]) == whole(files[j]) || fs::equivalent(files[i], files[j], ignored)) {
                throw Error(ErrorCode::invalid_argument,
                            printable(utf8(files[i])) + ": is named twice as an output; give two names");
            }
        }
    }
}

void publish_all(std::span<Sink* const> sinks) {
    std::size_t next = sinks.size();
    try {
        while (next > 0) sinks[--next]->publish();
    } catch (...) {
        for (std::size_t i = next + 1; i < sinks.size(); ++i) sinks[i]->withdraw();
        throw;
    }
}

}  // namespace stack2nrrd
