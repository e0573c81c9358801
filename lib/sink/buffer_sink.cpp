#include <stack2nrrd/sink.hpp>

#include "sink/value_range.hpp"

#include <cstring>
#include <utility>

namespace stack2nrrd {

struct BufferSink::State {
    explicit State(const VolumeInfo& volume)
        : notes(volume.notes),
          late_notes(volume.late_notes),
          slice_bytes(static_cast<std::size_t>(volume.slice_bytes())),
          range(volume.type, volume.channels) {}

    std::vector<std::pair<std::string, std::string>> notes;
    std::vector<std::string> late_notes;
    std::size_t slice_bytes;
    ValueRange range;
    std::byte* buffer = nullptr;
    bool handed_over = false;
};

BufferSink::BufferSink() = default;
BufferSink::~BufferSink() = default;

void BufferSink::begin(const VolumeInfo& volume) {
    state_ = std::make_unique<State>(volume);
    state_->buffer = make(volume);
}

void BufferSink::write_slice(Index z, std::span<const std::byte> samples) {
    state_->range.add(samples);
    std::memcpy(state_->buffer + static_cast<std::size_t>(z) * state_->slice_bytes, samples.data(), samples.size());
}

void BufferSink::write_late_notes(std::span<const std::string> values) {
    for (std::size_t i = 0; i < values.size(); ++i) state_->notes.emplace_back(state_->late_notes[i], values[i]);
}

void BufferSink::finish() {
    state_->notes.emplace_back("min", state_->range.min_text());
    state_->notes.emplace_back("max", state_->range.max_text());
    complete(state_->notes);
}

void BufferSink::publish() {
    exchange();
    state_->handed_over = true;
}

void BufferSink::withdraw() noexcept {
    if (state_ == nullptr || !std::exchange(state_->handed_over, false)) return;
    exchange();
}

}  // namespace stack2nrrd
