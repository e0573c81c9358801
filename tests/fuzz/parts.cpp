// What is in the folder of an unfinished result: the stack that was found, the plan, and parts. The first byte chooses.

#include "parts/part.hpp"
#include "parts/stack_text.hpp"
#include "sink/slab_checksums.hpp"

#include <stack2nrrd/shards.hpp>

#include "harness.hpp"

#include <string>

namespace stack2nrrd::fuzz {

namespace {

/// With a checksum that fits, as nothing else gets past it; what comes back is the same text again.
void try_stack(std::string_view text) {
    const std::string whole = std::string(text) + hex_text(crc32_of(text)) + "\n";
    const std::string request(text.substr(0, text.find('\n')));
    std::optional<Stack> stack;
    if (error_of({ErrorCode::corrupt, ErrorCode::limit}, [&] { stack = stack_from_text(whole, request, "x"); })) return;
    if (!stack || request.empty()) return;
    for (const SliceRef& slice : stack->slices) {
        holds(slice.file < static_cast<std::int64_t>(stack->files.size()), "a slice is in no file");
    }
    const std::string again = stack_text(*stack, request);
    const std::optional<Stack> same = stack_from_text(again, request, "x");
    holds(same && stack_text(*same, request) == again, "a stack does not come back as it was");
}

void try_plan(Bytes bytes) {
    const std::filesystem::path plan = file_of("plan.txt", bytes);
    const std::filesystem::path folder = plan.parent_path() / "v.nrrd.unfinished";
    std::filesystem::create_directories(folder);
    std::filesystem::copy_file(plan, folder / "plan.txt", std::filesystem::copy_options::overwrite_existing);
    (void)error_of({ErrorCode::corrupt, ErrorCode::io}, [&] { (void)window_of_shards(plan.parent_path() / "v.nrrd"); });
    std::filesystem::remove_all(folder);
}

void try_part(Bytes bytes) {
    VolumeInfo volume;
    volume.size = {3, 2, 4};
    volume.type = SampleType::uint8;
    volume = marked_volume(volume, "a plan");
    const Part part{0, {1, 3}};
    const std::filesystem::path file = file_of(part_name(part), bytes);
    Index next = 1;
    const auto refusal = error_of({ErrorCode::corrupt, ErrorCode::unsupported, ErrorCode::limit, ErrorCode::io}, [&] {
        PartFile(file, volume, part).read([&](Index z, std::span<const std::byte> samples) {
            holds(z == next++ && samples.size() == 6, "a part has another slice than it should");
        });
    });
    holds(refusal || next == 3, "a part has too few slices");
}

}  // namespace

void one_input(Bytes bytes) {
    if (bytes.empty()) return;
    const int way = static_cast<int>(bytes.front()) % 3;
    if (way == 0) try_stack(text_of(bytes.subspan(1)));
    if (way == 1) try_plan(bytes.subspan(1));
    if (way == 2) try_part(bytes.subspan(1));
}

}  // namespace stack2nrrd::fuzz
