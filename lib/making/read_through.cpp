#include "making/read_through.hpp"

#include "core/retry.hpp"
#include "making/run_ordered.hpp"

#include <stack2nrrd/error.hpp>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <exception>
#include <limits>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace stack2nrrd {

namespace {

/// A slice whose turn never comes, because one before it failed. Nobody sees it: that failure comes first.
struct NoTurn {};

/// Lets slices go one by one, in order.
class Turns {
public:
    explicit Turns(Index first) : next_(first) {}

    void wait_for(Index z, const Pulse& pulse) {
        for (;;) {
            {
                std::unique_lock lock(mutex_);
                changed_.wait_for(lock, std::chrono::milliseconds(50), [&] { return next_ == z || given_up_ < z; });
                if (next_ == z) return;
                if (given_up_ < z) throw NoTurn{};
            }
            pulse();
        }
    }

    void end(Index z) {
        {
            const std::lock_guard lock(mutex_);
            next_ = z + 1;
        }
        changed_.notify_all();
    }

    /// Slice z could not be made: who waits for a turn behind it need not.
    void give_up(Index z) noexcept {
        {
            const std::lock_guard lock(mutex_);
            given_up_ = std::min(given_up_, z);
        }
        changed_.notify_all();
    }

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    Index next_;                                          ///< the slice whose turn it is
    Index given_up_ = std::numeric_limits<Index>::max();  ///< the lowest that could not be made
};

bool contains(const Range& range, Index z) { return range.first <= z && z < range.end; }

/// One thread's part: rows go from a reader to the workers of all makings that want the slice.
class Lane final : private RowSink {
public:
    Lane(const Source& source, std::span<Making* const> makings) : row_bytes_(source.image().row_bytes()) {
        for (Making* making : makings) add({making->slices(), making->rows(), making->worker()});
    }

    void blank(Index z) {
        for (const Part& part : parts_) {
            if (contains(part.slices, z)) part.worker->blank(z);
        }
    }

    void read(Index z, SliceReader& reader, const Pulse& pulse) {
        wanted_.clear();
        Range rows;
        for (const Part& part : parts_) {
            if (!contains(part.slices, z)) continue;
            wanted_.push_back(&part);
            rows = hull(rows, part.rows);
        }
        if (wanted_.empty()) return;
        z_ = z;
        next_ = rows.first;
        end_ = rows.end;
        pulse_ = &pulse;
        failure_ = nullptr;
        for (const Part* part : wanted_) part->worker->begin(z);
        reader.read(z, rows, *this);
        if (failure_) std::rethrow_exception(std::exchange(failure_, nullptr));  // a reader may have caught it
        if (next_ != end_) refuse("ended before row " + std::to_string(next_));
        for (const Part* part : wanted_) part->worker->end();
    }

private:
    struct Part {
        Range slices;
        Range rows;  ///< that it is sent; none if another part's worker hands them on
        std::unique_ptr<SliceWorker> worker;
    };

    void add(Part part) {
        for (const Part& other : parts_) {
            if (other.slices != part.slices || other.rows != part.rows || !other.worker->lead(*part.worker)) continue;
            part.rows = {};
            break;
        }
        parts_.push_back(std::move(part));
    }

    void rows(Index y, Index count, const std::byte* samples) override {
        if (failure_) std::rethrow_exception(failure_);
        try {
            take(y, count, samples);
        } catch (...) {
            failure_ = std::current_exception();
            throw;
        }
    }

    void take(Index y, Index count, const std::byte* samples) {
        (*pulse_)();
        if (y != next_ || count < 1 || count > end_ - y) {
            refuse("pushed " + std::to_string(count) + " rows from row " + std::to_string(y) + " on");
        }
        next_ = y + count;
        for (const Part* part : wanted_) {
            const Index first = std::max(y, part->rows.first);
            const Index end = std::min(y + count, part->rows.end);
            if (first >= end) continue;
            part->worker->rows(first, end - first, samples + static_cast<std::size_t>(first - y) * row_bytes_);
        }
    }

    [[noreturn]] void refuse(const std::string& what) const {
        throw Error(ErrorCode::inconsistent, "the source: slice " + std::to_string(z_) + " " + what +
                                                 ", the rows from " + std::to_string(next_) + " to before " +
                                                 std::to_string(end_) +
                                                 " were expected, in order; its reader has to push exactly these");
    }

    std::size_t row_bytes_;
    std::vector<Part> parts_;
    std::vector<const Part*> wanted_;  ///< those that want the slice that is read
    Index z_ = 0;
    Index next_ = 0;  ///< row
    Index end_ = 0;
    const Pulse* pulse_ = nullptr;
    std::exception_ptr failure_;  ///< the error in its rows that the reader was sent
};

/// The readers of a source: one for each thread, or one for all, that slices take turns with.
class Readers {
public:
    Readers(const Source& source, unsigned threads, Index first) : in_order_(source.sequential()), turns_(first) {
        for (unsigned i = 0; i < (in_order_ ? 1 : threads); ++i) readers_.push_back(source.reader());
    }

    /// read(reader), or nothing but the turn.
    template <class Read>
    void use(Index z, unsigned worker, const Pulse& pulse, Read read) {
        if (!in_order_) return read(*readers_[worker]);
        turns_.wait_for(z, pulse);
        read(*readers_.front());
        turns_.end(z);  // only now: a reader that has thrown is not asked again
    }

    void give_up(Index z) noexcept {
        if (in_order_) turns_.give_up(z);
    }

    [[nodiscard]] Index files_with_surplus() const noexcept {
        Index files = 0;
        for (const auto& reader : readers_) files += reader->files_with_surplus();
        return files;
    }

private:
    bool in_order_;
    Turns turns_;
    std::vector<std::unique_ptr<SliceReader>> readers_;
};

/// Asks the caller ten times a second whether to go on.
class Watch {
public:
    Watch(const KeepGoing& keep_going, Index total) : keep_going_(keep_going) { progress_.total = total; }

    [[nodiscard]] Progress& progress() noexcept { return progress_; }

    void ask(bool now = false) {
        if (end_) std::rethrow_exception(end_);  // who was told of it may have had to keep it to himself
        const auto time = std::chrono::steady_clock::now();
        if (!keep_going_ || (!now && time - last_ < std::chrono::milliseconds(100))) return;
        last_ = time;
        try {
            if (!keep_going_(progress_)) throw Stopped{};
        } catch (...) {
            end_ = std::current_exception();
            throw;
        }
    }

private:
    const KeepGoing& keep_going_;
    Progress progress_;
    std::chrono::steady_clock::time_point last_{};
    std::exception_ptr end_;
};

}  // namespace

std::vector<Report> read_through(const Source& source, std::span<Making* const> makings, unsigned threads,
                                 Index in_flight, const KeepGoing& keep_going) {
    Range slices;
    for (const Making* making : makings) slices = hull(slices, making->slices());
    std::vector<std::unique_ptr<Lane>> lanes;
    for (unsigned worker = 0; worker < threads; ++worker) lanes.push_back(std::make_unique<Lane>(source, makings));
    Readers readers(source, threads, slices.first);
    Watch watch(keep_going, slices.size());
    std::vector<Report>& reports = watch.progress().reports;
    reports.resize(makings.size());

    Retry* const retry = retry_here();
    const auto make = [&](Index i, unsigned worker, const Pulse& pulse) {
        const Index z = slices.first + i;
        const RetryScope scope(retry, &pulse);
        try {
            readers.use(z, worker, pulse, [&](SliceReader& reader) {
                source.is_blank(z) ? lanes[worker]->blank(z) : lanes[worker]->read(z, reader, pulse);
            });
        } catch (...) {
            readers.give_up(z);
            throw;
        }
    };
    const auto take = [&](Index i, const Share& share) {
        const Index z = slices.first + i;
        for (Making* making : makings) {
            if (contains(making->slices(), z)) making->take(z, share);
        }
        for (std::size_t n = 0; n < makings.size(); ++n) reports[n] = makings[n]->report();
        watch.progress().done = i + 1;
    };
    const unsigned working = run_ordered(slices.size(), threads, in_flight, make, take, [&] { watch.ask(); });
    for (Report& report : reports) {
        report.threads = working;
        report.files_with_surplus = readers.files_with_surplus();
        report.reads_again = retry == nullptr ? 0 : retry->reads();
    }
    watch.ask(true);
    return reports;
}

}  // namespace stack2nrrd
