#include "sink/publish.hpp"

#include <cstddef>

namespace stack2nrrd {

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
