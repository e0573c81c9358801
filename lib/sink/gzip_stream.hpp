#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>

namespace stack2nrrd {

/// Compresses a stream of bytes into one gzip member. (Several members would be legal, and some readers of NRRD would
/// refuse them.)
class GzipStream {
public:
    using Write = std::function<void(std::span<const std::byte>)>;

    /// `level`: 1 to 9. The bytes do not depend on time or machine.
    GzipStream(int level, Write write);
    GzipStream(const GzipStream&) = delete;
    GzipStream& operator=(const GzipStream&) = delete;
    ~GzipStream();

    void write(std::span<const std::byte> bytes);
    void finish();

    static constexpr std::int64_t memory_bytes = 1 << 20;

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace stack2nrrd
