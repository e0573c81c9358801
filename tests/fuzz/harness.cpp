#include "harness.hpp"

#include "core/text.hpp"

#include <sanitizer/allocator_interface.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <new>
#include <random>

namespace stack2nrrd::fuzz {

namespace fs = std::filesystem;

namespace {

std::atomic<std::int64_t> held{0};
std::atomic<std::int64_t> most_held{0};

void count_malloc(const volatile void*, std::size_t size) {
    const std::int64_t now = held.fetch_add(static_cast<std::int64_t>(size)) + static_cast<std::int64_t>(size);
    for (std::int64_t most = most_held; now > most && !most_held.compare_exchange_weak(most, now);) continue;
}

void count_free(const volatile void* memory) {
    if (memory == nullptr) return;
    held -= static_cast<std::int64_t>(__sanitizer_get_allocated_size(const_cast<const void*>(memory)));
}

class Folder {
public:
    Folder() {
        std::random_device random;
        do {
            path_ = fs::temp_directory_path() / ("stack2nrrd_fuzz_" + std::to_string(random()));
        } while (!fs::create_directory(path_));
    }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    ~Folder() {
        std::error_code ignored;
        fs::remove_all(path_, ignored);
    }
    [[nodiscard]] const fs::path& path() const { return path_; }

private:
    fs::path path_;
};

}  // namespace

void holds(bool is_true, std::string_view sentence) {
    if (is_true) return;
    std::fprintf(stderr, "FINDING: %.*s\n", static_cast<int>(sentence.size()), sentence.data());
    std::abort();
}

void check_sentence(std::string_view sentence) {
    holds(!sentence.empty() && printable(sentence) == sentence, "a sentence is empty, or no line that can be shown");
}

std::vector<std::string_view> lines_of(std::string_view text) {
    std::vector<std::string_view> lines;
    while (!text.empty()) {
        const std::size_t end = text.find('\n');
        lines.push_back(text.substr(0, end));
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    }
    return lines;
}

fs::path file_of(std::string_view name, Bytes bytes) {
    static const Folder folder;
    fs::path path = folder.path() / name;
    std::ofstream file(path, std::ios::binary | std::ios::trunc);
    file.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
    holds(static_cast<bool>(file.flush()), "the file for an input cannot be written");
    return path;
}

MemoryPeak::MemoryPeak() : before_(held) { most_held = before_; }

std::int64_t MemoryPeak::bytes() const { return most_held - before_; }

Choices::Choices(Bytes bytes) : state_(0xcbf29ce484222325) {
    for (const std::byte byte : bytes) state_ = (state_ ^ std::to_integer<std::uint64_t>(byte)) * 0x100000001b3;
}

std::uint64_t Choices::below(std::uint64_t end) {
    state_ = state_ * 6364136223846793005 + 1442695040888963407;
    return end == 0 ? 0 : (state_ >> 33) % end;
}

}  // namespace stack2nrrd::fuzz

extern "C" int LLVMFuzzerInitialize(int* /*count*/, char*** /*arguments*/) {
    stack2nrrd::fuzz::holds(
        __sanitizer_install_malloc_and_free_hooks(stack2nrrd::fuzz::count_malloc, stack2nrrd::fuzz::count_free) != 0,
        "memory cannot be counted");
    return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace stack2nrrd;
    try {
        fuzz::one_input(std::as_bytes(std::span(data, size)));
    } catch (const Error& error) {
        fuzz::check_sentence(error.what());
    } catch (const std::bad_alloc&) {  // no finding: the limits of libFuzzer are for that
    }
    return 0;
}
