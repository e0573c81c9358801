#include "import/slice_source.hpp"

#include "core/text.hpp"

#include <stack2nrrd/error.hpp>

#include <algorithm>
#include <chrono>
#include <optional>

namespace stack2nrrd {

namespace {

[[noreturn]] void throw_changed(const std::string& path) {
    throw Error(ErrorCode::changed,
                path +
                    ": has changed since the headers were read, the same file was expected; start again when nothing "
                    "writes to it");
}

/// A slice whose turn never comes, because one before it failed. Nobody sees it: that failure comes first.
struct NoTurn {};

}  // namespace

SliceSource::SliceSource(const ImportPlan::Detail& plan) : plan_(plan), next_(plan.source.first) {
    if (plan.volume_source == nullptr) return;
    in_order_ = sequential(*plan.volume_source);
    readers_.resize(in_order_ ? 1 : plan.threads);
}

void SliceSource::read(unsigned worker, Index z, Range rows, RowSink& sink, const std::function<void()>& pulse) {
    const SliceRef slice = plan_.slices[static_cast<std::size_t>(z)];
    if (plan_.volume_source == nullptr) {
        read_image(slice, rows, sink);
        return;
    }
    if (!in_order_) {
        read_volume(worker, slice, rows, sink);
        return;
    }
    wait_for(z, pulse);
    struct NextTurn {
        SliceSource& source;
        ~NextTurn() {
            {
                const std::lock_guard lock(source.mutex_);
                ++source.next_;
            }
            source.turn_.notify_all();
        }
    } const next{*this};
    read_volume(0, slice, rows, sink);
}

void SliceSource::pass(Index z, const std::function<void()>& pulse) {
    if (!in_order_) return;
    wait_for(z, pulse);
    {
        const std::lock_guard lock(mutex_);
        ++next_;
    }
    turn_.notify_all();
}

void SliceSource::give_up(Index z) noexcept {
    if (!in_order_) return;
    {
        const std::lock_guard lock(mutex_);
        given_up_ = std::min(given_up_, z);
    }
    turn_.notify_all();
}

Index SliceSource::files_with_surplus() const noexcept {
    Index files = 0;
    for (const auto& reader : readers_) files += reader != nullptr ? reader->files_with_surplus() : 0;
    return files;
}

void SliceSource::wait_for(Index z, const std::function<void()>& pulse) {
    for (;;) {
        {
            std::unique_lock lock(mutex_);
            if (turn_.wait_for(lock, std::chrono::milliseconds(50), [&] { return next_ == z || given_up_ < z; })) {
                if (next_ == z) return;
                throw NoTurn{};
            }
        }
        pulse();
    }
}

void SliceSource::read_volume(unsigned worker, SliceRef slice, Range rows, RowSink& sink) {
    std::unique_ptr<SampleReader>& reader = readers_[worker];
    if (reader == nullptr) {
        const auto check = [this](std::size_t file, const InputFile& input) {
            if (input.stamp() != plan_.files.stamp(file)) throw_changed(input.path());
        };
        reader = std::make_unique<SampleReader>(plan_.volume_source, check,
                                                plan_.backward ? Course::backward : Course::forward);
    }
    try {
        reader->read_slice(slice.place, rows, sink);
    } catch (const Error& error) {
        if (error.code() == ErrorCode::not_found) throw_changed(plan_.files.path(reader->last_file()));
        throw;
    }
}

void SliceSource::read_image(SliceRef slice, Range rows, RowSink& sink) const {
    const auto file = static_cast<std::size_t>(slice.file);
    const std::string path = plan_.files.path(file);
    std::optional<InputFile> input;
    try {
        input.emplace(path);
    } catch (const Error& error) {
        if (error.code() == ErrorCode::not_found || error.code() == ErrorCode::corrupt) throw_changed(path);
        throw;
    }
    if (input->stamp() != plan_.files.stamp(file)) throw_changed(path);
    try {
        codec_for(*input).decode(*input, slice.place, plan_.stored ? Samples::stored : Samples::shown, rows, sink);
    } catch (const Error&) {
        // A file that is written to while it is read breaks in any way; that it was written to is what matters.
        if (input->changed()) throw_changed(path);
        throw;
    }
    if (input->changed()) throw_changed(path);
    input->check();
}

}  // namespace stack2nrrd
