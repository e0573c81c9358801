#include "sink/gzip_stream.hpp"

#include "core/crc32.hpp"
#include "sink/block_deflater.hpp"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <condition_variable>
#include <cstring>
#include <exception>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

namespace stack2nrrd {

namespace {

/// Deflate; no flags, no time, nothing about the level; made on a Unix: the same wherever it is made.
constexpr std::array<unsigned char, 10> head{0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3};

constexpr std::size_t piece_bytes = BlockDeflater::most_bytes(GzipStream::block_bytes);

/// One block on its way.
struct Block {
    std::vector<std::byte> bytes = std::vector<std::byte>(GzipStream::block_bytes);
    std::size_t filled = 0;
    std::array<std::byte, BlockDeflater::before_bytes> before{};  ///< the end of the block in front of it
    bool first = true;                                            ///< there is none
    bool last = false;

    std::vector<std::byte> piece = std::vector<std::byte>(piece_bytes);
    std::size_t made = 0;
    uLong crc = 0;
    std::exception_ptr failure;
    bool done = false;
};

/// More than one, so that a thread that is done with a block finds another.
std::size_t block_count(unsigned threads) { return threads == 1 ? 1 : 2 * std::size_t{threads}; }

void compress(Block& block, BlockDeflater& deflater) noexcept {
    const std::span<const std::byte> bytes = std::span(block.bytes).first(block.filled);
    try {
        // A first argument of null would mean something else to zlib than no bytes.
        block.crc = crc32_behind(0, bytes);
        const std::span<const std::byte> before = std::span(block.before).first(block.first ? 0 : block.before.size());
        block.made = deflater.deflate(before, bytes, block.last, block.piece);
    } catch (...) {
        block.failure = std::current_exception();
    }
}

}  // namespace

unsigned compressing_threads(unsigned threads) noexcept {
    constexpr unsigned most = 8;
    return std::clamp(threads == 0 ? std::thread::hardware_concurrency() : threads, 1U, most);
}

/// A ring of blocks. Each is filled by the calling thread, compressed by whichever thread claims it, and written by
/// the calling thread, in order: written <= claimed <= filled <= written + ring.size().
struct GzipStream::State {
    State(int level, unsigned threads, Write to) : write(std::move(to)), ring(block_count(threads)) {
        deflaters.reserve(threads);
        for (unsigned i = 0; i < threads; ++i) deflaters.emplace_back(level);
        write(std::as_bytes(std::span(head)));
        helpers.reserve(threads);
        for (unsigned i = 1; i < threads; ++i) {
            try {
                helpers.emplace_back([this, i] { help(deflaters[i]); });
            } catch (const std::exception&) {
                break;  // fewer threads make the same bytes, later
            }
        }
    }
    State(const State&) = delete;
    State& operator=(const State&) = delete;

    ~State() {
        {
            const std::lock_guard lock(mutex);
            stop = true;
        }
        work.notify_all();
        for (std::thread& helper : helpers) helper.join();
    }

    Block& at(std::size_t i) { return ring[i % ring.size()]; }

    /// A full block is followed by another.
    void keep_end() {
        const Block& block = at(filled);
        std::copy_n(block.bytes.end() - BlockDeflater::before_bytes, BlockDeflater::before_bytes, end.begin());
    }

    void help(BlockDeflater& deflater) {
        std::unique_lock lock(mutex);
        for (;;) {
            work.wait(lock, [&] { return stop || claimed < filled; });
            if (stop) return;
            claim(lock, deflater);
        }
    }

    /// Compresses the next block; the lock is open meanwhile.
    void claim(std::unique_lock<std::mutex>& lock, BlockDeflater& deflater) {
        Block& block = at(claimed++);
        lock.unlock();
        compress(block, deflater);
        lock.lock();
        block.done = true;
        done.notify_one();
    }

    /// Hands the block under way to the threads.
    void submit(bool last) {
        at(filled).last = last;
        at(filled).first = filled == 0;
        at(filled).before = end;
        if (!last) keep_end();
        {
            const std::lock_guard lock(mutex);
            ++filled;
        }
        work.notify_one();
    }

    /// Writes blocks that are done, until at most `most` are left. Compresses as well rather than wait.
    void drain(std::size_t most) {
        std::unique_lock lock(mutex);
        while (written < filled) {
            Block& next = at(written);
            if (next.done) {
                lock.unlock();
                put(next);
                lock.lock();
                ++written;
            } else if (filled - written <= most) {
                return;
            } else if (claimed < filled) {
                claim(lock, deflaters[0]);
            } else {
                done.wait(lock, [&] { return next.done; });
            }
        }
    }

    void put(Block& block) {
        if (block.failure) std::rethrow_exception(block.failure);
        write(std::span(block.piece).first(block.made));
        crc = ::crc32_combine(crc, block.crc, static_cast<z_off_t>(block.filled));
        bytes += static_cast<std::uint32_t>(block.filled);
        block.filled = 0;
        block.done = false;
    }

    Write write;
    std::vector<Block> ring;
    std::vector<BlockDeflater> deflaters;  ///< the first is the calling thread's
    std::size_t filled = 0;
    std::size_t claimed = 0;
    std::size_t written = 0;
    std::array<std::byte, BlockDeflater::before_bytes> end{};  ///< of the block that was filled last
    uLong crc = ::crc32(0, nullptr, 0);
    std::uint32_t bytes = 0;  ///< written so far, modulo 2^32

    std::mutex mutex;
    std::condition_variable work;  ///< there is a block to compress
    std::condition_variable done;  ///< one is compressed, for the calling thread
    bool stop = false;
    std::vector<std::thread> helpers;
};

GzipStream::GzipStream(int level, unsigned threads, Write write)
    : state_(std::make_unique<State>(level, std::max(1U, threads), std::move(write))) {}

GzipStream::~GzipStream() = default;

void GzipStream::write(std::span<const std::byte> bytes) {
    State& s = *state_;
    while (!bytes.empty()) {
        Block& block = s.at(s.filled);
        const std::size_t count = std::min(bytes.size(), block_bytes - block.filled);
        std::memcpy(block.bytes.data() + block.filled, bytes.data(), count);
        block.filled += count;
        bytes = bytes.subspan(count);
        if (block.filled == block_bytes) {
            s.submit(false);
            s.drain(s.ring.size() - 1);
        }
    }
}

void GzipStream::finish() {
    State& s = *state_;
    s.submit(true);
    s.drain(0);
    std::array<unsigned char, 8> tail{};
    for (unsigned i = 0; i < 4; ++i) {
        tail[i] = static_cast<unsigned char>(s.crc >> (8 * i));
        tail[4 + i] = static_cast<unsigned char>(s.bytes >> (8 * i));
    }
    s.write(std::as_bytes(std::span(tail)));
}

std::int64_t GzipStream::memory_bytes(unsigned threads) noexcept {
    threads = std::max(1U, threads);
    constexpr auto block = static_cast<std::int64_t>(block_bytes + piece_bytes);
    return static_cast<std::int64_t>(block_count(threads)) * block + threads * BlockDeflater::memory_bytes;
}

}  // namespace stack2nrrd
