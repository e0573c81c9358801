#include "sink/gzip_stream.hpp"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <new>
#include <utility>

namespace stack2nrrd {

struct GzipStream::State {
    z_stream stream{};
    Write write;
    std::array<std::byte, std::size_t{256} << 10> out;

    /// Runs deflate until it wants more input.
    void pump(int flush) {
        int status = Z_OK;
        do {
            stream.next_out = reinterpret_cast<Bytef*>(out.data());
            stream.avail_out = static_cast<uInt>(out.size());
            status = ::deflate(&stream, flush);
            const std::size_t made = out.size() - stream.avail_out;
            if (made > 0) write({out.data(), made});
        } while (stream.avail_out == 0 || (flush == Z_FINISH && status != Z_STREAM_END));
    }
};

GzipStream::GzipStream(int level, Write write) : state_(std::make_unique<State>()) {
    state_->write = std::move(write);
    constexpr int gzip_window = 15 + 16;  // zlib's way to ask for a gzip wrapper, with neither name nor time in it
    if (::deflateInit2(&state_->stream, level, Z_DEFLATED, gzip_window, 8, Z_DEFAULT_STRATEGY) != Z_OK) {
        throw std::bad_alloc();
    }
}

GzipStream::~GzipStream() { ::deflateEnd(&state_->stream); }

void GzipStream::write(std::span<const std::byte> bytes) {
    constexpr std::size_t most = 1U << 30;  // zlib counts in 32 bits
    while (!bytes.empty()) {
        const std::span<const std::byte> part = bytes.first(std::min(bytes.size(), most));
        state_->stream.next_in = reinterpret_cast<Bytef*>(const_cast<std::byte*>(part.data()));
        state_->stream.avail_in = static_cast<uInt>(part.size());
        state_->pump(Z_NO_FLUSH);
        bytes = bytes.subspan(part.size());
    }
}

void GzipStream::finish() {
    state_->stream.next_in = nullptr;
    state_->stream.avail_in = 0;
    state_->pump(Z_FINISH);
}

}  // namespace stack2nrrd
