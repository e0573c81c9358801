#pragma once

/// Volumes as Teem holds them in memory, a Nrrd: as results and as sources. Compile and link with Teem; stack2nrrd does
/// not use it. Some functions of Teem keep errors in one place for all threads: do not call those below in two threads
/// at the same time.

#include <stack2nrrd/error.hpp>
#include <stack2nrrd/import.hpp>

#include <teem/biff.h>
#include <teem/nrrd.h>

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <memory>
#include <new>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace stack2nrrd {

/// For NrrdPointer.
struct NrrdNuke {
    void operator()(Nrrd* nrrd) const noexcept { nrrdNuke(nrrd); }
};

/// A Nrrd that is freed with its samples. `release()` gives it to a program that calls nrrdNuke() itself.
using NrrdPointer = std::unique_ptr<Nrrd, NrrdNuke>;

namespace teem_detail {

struct NixState {
    void operator()(NrrdIoState* state) const noexcept { nrrdIoStateNix(state); }
};
using StatePointer = std::unique_ptr<NrrdIoState, NixState>;

/// For headers alone.
inline StatePointer header_state() {
    StatePointer state(nrrdIoStateNew());
    if (state == nullptr) throw std::bad_alloc();
    state->skipData = 1;
    return state;
}

[[noreturn]] inline void refuse(const std::string& what, const std::string& remedy) {
    char* text = biffGetDone(NRRD);
    std::string why = text == nullptr ? "" : text;
    std::free(text);
    while (!why.empty() && why.back() == '\n') why.pop_back();
    std::replace(why.begin(), why.end(), '\n', ' ');
    throw Error(ErrorCode::unsupported,
                what + ": Teem does not take its header, a valid one was expected (" + why + "); " + remedy);
}

class TeemSink final : public BufferSink {
public:
    explicit TeemSink(NrrdPointer& target) : target_(target) {}

protected:
    std::byte* make(const VolumeInfo& volume) override {
        made_.reset(nrrdNew());
        if (made_ == nullptr) throw std::bad_alloc();
        VolumeInfo safe = volume;
        safe.fields.sample_units.clear();  // see teem_sink()
        const std::string header = nrrd_header_text(safe);
        if (nrrdStringRead(made_.get(), header.c_str(), header_state().get()) != 0) {
            refuse("the result", "write it with nrrd_sink() instead");
        }
        made_->data = std::malloc(static_cast<std::size_t>(volume.bytes()));  // as Teem does, which will free it
        if (made_->data == nullptr) throw std::bad_alloc();
        return static_cast<std::byte*>(made_->data);
    }
    void complete(const std::vector<std::pair<std::string, std::string>>& notes) override {
        for (const auto& [key, value] : notes) {
            if (nrrdKeyValueAdd(made_.get(), key.c_str(), value.c_str()) != 0) throw std::bad_alloc();
        }
    }
    void exchange() noexcept override { target_.swap(made_); }

private:
    NrrdPointer& target_;
    NrrdPointer made_;
};

}  // namespace teem_detail

/// A sink that puts a new Nrrd into `target` when the run has succeeded, and otherwise leaves what is there. Its header
/// is that of a file of nrrd_sink(), key/values included: nrrdSave() writes the same volume. Only `sampleUnits` is left
/// empty, since Teem 1.12 writes beyond its memory when it saves them; they are in ImportPlan::volume(). Components, if
/// there are any, are axis 0; then come x, y and z. `target` must outlive the sink, which frees what it has replaced.
/// \throws Error unsupported from begin() if Teem does not know what the header says.
[[nodiscard]] inline std::unique_ptr<Sink> teem_sink(NrrdPointer& target) {
    return std::make_unique<teem_detail::TeemSink>(target);
}

/// Runs the plan and returns the result.
/// \throws Error as run_import() and teem_sink().
[[nodiscard]] inline NrrdPointer read_teem(const ImportPlan& plan, const KeepGoing& keep_going = {}) {
    NrrdPointer nrrd;
    const auto sink = teem_sink(nrrd);
    run_import(plan, *sink, keep_going);
    return nrrd;
}

/// A stack of the slices of a Nrrd: of 2 or 3 dimensions, and one more for components, which is the fastest or the
/// slowest. Header and samples mean what they would mean in a file that nrrdSave() writes. The samples are not copied:
/// `nrrd` must stay as it is as long as the stack, its copies and their plans are used. `name` is the source's name in
/// headers.
/// \throws Error invalid_argument if there are no samples; unsupported, corrupt or limit as for such a file.
[[nodiscard]] inline Stack stack_from(const Nrrd* nrrd, std::string name = "nrrd") {
    if (nrrd == nullptr || nrrd->data == nullptr) {
        throw Error(ErrorCode::invalid_argument,
                    name + ": has no samples, a Nrrd with samples was expected; load or allocate them first");
    }
    char* text = nullptr;
    Nrrd safe = *nrrd;           // shares all that it points to, and is only read
    safe.sampleUnits = nullptr;  // see teem_sink()
    if (nrrdStringWrite(&text, &safe, teem_detail::header_state().get()) != 0) {
        std::free(text);
        teem_detail::refuse(name, "see nrrdCheck()");
    }
    const std::unique_ptr<char, decltype(&std::free)> header(text, &std::free);
    const std::span samples(static_cast<const std::byte*>(nrrd->data), nrrdElementNumber(nrrd) * nrrdElementSize(nrrd));
    Stack stack = stack_from(header.get(), samples, std::move(name));
    if (nrrd->sampleUnits != nullptr) stack.fields.sample_units = nrrd->sampleUnits;
    for (char& c : stack.fields.sample_units) c = c == '\n' || c == '\r' ? ' ' : c;
    return stack;
}

}  // namespace stack2nrrd
