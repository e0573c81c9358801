#include "sink/chunk_packer.hpp"

#include "core/byte_count.hpp"
#include "sink/chunk_codec.hpp"

#include <algorithm>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

namespace stack2nrrd {

namespace {

/// A packed chunk on its way to the calling thread.
struct Packed {
    std::vector<std::byte> bytes;
    std::size_t size = 0;
    std::exception_ptr failure;
    bool done = false;
};

/// What one thread works with.
struct Bench {
    ChunkCodec codec;
    std::vector<std::byte> chunk;
};

/// More than one, so that a thread that is done with a chunk finds another.
std::size_t places(unsigned threads) { return threads == 1 ? 1 : 2 * std::size_t{threads}; }

}  // namespace

/// A round of chunks: taken <= claimed <= count, claimed <= taken + ring.size(). Between rounds the helpers wait.
struct ChunkPacker::State {
    State(Encoding encoding, int level, unsigned threads, std::size_t most_bytes) : ring(places(threads)) {
        for (Packed& place : ring) place.bytes.resize(ChunkCodec::most_bytes(encoding, most_bytes));
        benches.reserve(threads);
        for (unsigned i = 0; i < threads; ++i) {
            benches.push_back({ChunkCodec(encoding, level), std::vector<std::byte>(most_bytes)});
        }
        helpers.reserve(threads);
        for (unsigned i = 1; i < threads; ++i) {
            try {
                helpers.emplace_back([this, i] { help(benches[i]); });
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

    [[nodiscard]] bool may_claim() const { return claimed < count && claimed < taken + ring.size(); }

    void help(Bench& bench) {
        std::unique_lock lock(mutex);
        for (;;) {
            work.wait(lock, [&] { return stop || may_claim(); });
            if (stop) return;
            claim(lock, bench);
        }
    }

    /// Packs the next chunk; the lock is open meanwhile.
    void claim(std::unique_lock<std::mutex>& lock, Bench& bench) {
        const std::size_t i = claimed++;
        Packed& place = ring[i % ring.size()];
        lock.unlock();
        try {
            const std::span<std::byte> chunk = std::span(bench.chunk).first(chunk_bytes);
            (*gather)(i, chunk);
            place.size = bench.codec.pack(chunk, place.bytes);
        } catch (...) {
            place.failure = std::current_exception();
        }
        lock.lock();
        place.done = true;
        done.notify_one();
    }

    /// Nothing of a round is under way when it is left.
    void end_round(std::unique_lock<std::mutex>& lock) {
        count = claimed;
        done.wait(lock, [&] {
            return std::count_if(ring.begin(), ring.end(), [](const Packed& p) { return p.done; }) ==
                   static_cast<std::ptrdiff_t>(claimed - taken);
        });
        for (Packed& place : ring) {
            place.done = false;
            place.failure = nullptr;
        }
        count = claimed = taken = 0;
    }

    void round(const Take& take) {
        std::unique_lock lock(mutex);
        try {
            while (taken < count) {
                Packed& next = ring[taken % ring.size()];
                if (claimed > taken && next.done) {
                    lock.unlock();
                    if (next.failure) std::rethrow_exception(next.failure);
                    take(taken, std::span(next.bytes).first(next.size));
                    lock.lock();
                    next.done = false;
                    ++taken;
                    work.notify_one();
                } else if (may_claim()) {
                    claim(lock, benches[0]);
                } else {
                    done.wait(lock, [&] { return next.done; });
                }
            }
        } catch (...) {
            if (!lock.owns_lock()) lock.lock();
            end_round(lock);
            throw;
        }
        end_round(lock);
    }

    std::vector<Packed> ring;
    std::vector<Bench> benches;  ///< the first is the calling thread's
    const Gather* gather = nullptr;
    std::size_t chunk_bytes = 0;
    std::size_t count = 0;
    std::size_t claimed = 0;
    std::size_t taken = 0;

    std::mutex mutex;
    std::condition_variable work;  ///< there is a chunk to pack
    std::condition_variable done;  ///< one is packed, for the calling thread
    bool stop = false;
    std::vector<std::thread> helpers;
};

ChunkPacker::ChunkPacker(Encoding encoding, int level, unsigned threads, std::size_t most_bytes)
    : state_(std::make_unique<State>(encoding, level, std::max(1U, threads), most_bytes)) {}

ChunkPacker::~ChunkPacker() = default;

void ChunkPacker::pack(std::size_t count, std::size_t chunk_bytes, const Gather& gather, const Take& take) {
    State& s = *state_;
    {
        const std::lock_guard lock(s.mutex);
        s.gather = &gather;
        s.chunk_bytes = chunk_bytes;
        s.count = count;
    }
    s.work.notify_all();
    s.round(take);
}

std::int64_t ChunkPacker::memory_bytes(Encoding encoding, int level, unsigned threads,
                                       std::int64_t chunk_bytes) noexcept {
    threads = std::max(1U, threads);
    const ByteCount packed = ChunkCodec::most_bytes(encoding, static_cast<std::size_t>(chunk_bytes));
    return (ByteCount(places(threads)) * packed +
            ByteCount(threads) * (ByteCount(chunk_bytes) + ChunkCodec::memory_bytes(encoding, level)))
        .value();
}

}  // namespace stack2nrrd
