// The C ABI but for its runs: handles, options, what would be made. Everything passes through guarded().

#include "handle.hpp"
#include "own_source.hpp"

#include <algorithm>

using namespace stack2nrrd;
using namespace stack2nrrd::capi;

static_assert(STACK2NRRD_UINT8 == static_cast<int>(SampleType::uint8));
static_assert(STACK2NRRD_INT8 == static_cast<int>(SampleType::int8));
static_assert(STACK2NRRD_UINT16 == static_cast<int>(SampleType::uint16));
static_assert(STACK2NRRD_INT16 == static_cast<int>(SampleType::int16));
static_assert(STACK2NRRD_UINT32 == static_cast<int>(SampleType::uint32));
static_assert(STACK2NRRD_INT32 == static_cast<int>(SampleType::int32));
static_assert(STACK2NRRD_FLOAT32 == static_cast<int>(SampleType::float32));
static_assert(STACK2NRRD_FLOAT64 == static_cast<int>(SampleType::float64));
static_assert(STACK2NRRD_INT64 == static_cast<int>(SampleType::int64));
static_assert(STACK2NRRD_UINT64 == static_cast<int>(SampleType::uint64));

namespace {

void open(std::vector<std::string> paths, bool is_list, stack2nrrd_handle** handle) {
    auto made = std::make_unique<stack2nrrd_handle>();
    made->paths = std::move(paths);
    made->is_list = is_list;
    *handle = made.release();
}

}  // namespace

int stack2nrrd_abi_version(void) { return STACK2NRRD_ABI_VERSION; }
const char* stack2nrrd_version(void) { return STACK2NRRD_VERSION; }
const char* stack2nrrd_last_error(void) { return last_error(); }

int stack2nrrd_open(const char* path, stack2nrrd_handle** handle) {
    return guarded(nullptr, [&] {
        expect(handle != nullptr, "the place for the handle");
        *handle = nullptr;
        expect(path != nullptr, "the path");
        open({path}, false, handle);
    });
}

int stack2nrrd_open_list(const char* const* paths, size_t count, stack2nrrd_handle** handle) {
    return guarded(nullptr, [&] {
        expect(handle != nullptr, "the place for the handle");
        *handle = nullptr;
        expect(paths != nullptr || count == 0, "the list of paths");
        std::vector<std::string> list;
        for (size_t i = 0; i < count; ++i) {
            expect(paths[i] != nullptr, "a path of the list");
            list.emplace_back(paths[i]);
        }
        open(std::move(list), true, handle);
    });
}

int stack2nrrd_open_source(const stack2nrrd_source* source, stack2nrrd_handle** handle) {
    return guarded(nullptr, [&] {
        expect(handle != nullptr, "the place for the handle");
        *handle = nullptr;
        expect(source != nullptr, "the source");
        const stack2nrrd_source checked = checked_source(*source);
        auto made = std::make_unique<stack2nrrd_handle>();
        made->source = source_of(checked);
        made->source_name = checked.name;
        static_cast<void>(stack_from(made->source, made->source_name));  // is its size refused?
        *handle = made.release();
    });
}

const stack2nrrd_option* stack2nrrd_option_at(size_t index) {
    try {
        // The texts of the table are literals, so they end with a NUL.
        static const std::vector<stack2nrrd_option> options = [] {
            std::vector<stack2nrrd_option> list;
            for (const OptionInfo& o : option_table()) {
                list.push_back({o.name.data(), o.value.data(), o.preset.data(), o.group.data(), o.help.data()});
            }
            return list;
        }();
        return index < options.size() ? &options[index] : nullptr;
    } catch (const std::bad_alloc&) {
        return nullptr;
    }
}

int stack2nrrd_set(stack2nrrd_handle* handle, const char* name, const char* value) {
    return with(handle, [&] {
        expect(name != nullptr, "the name of the option");
        std::string wanted(name);
        std::replace(wanted.begin(), wanted.end(), '_', '-');
        const auto table = option_table();
        const auto option = std::find_if(table.begin(), table.end(), [&](const auto& o) { return o.name == wanted; });
        const bool adds = value != nullptr && option != table.end() && option->repeats;
        std::vector<std::pair<std::string, std::string>> given;
        for (const auto& earlier : handle->given) {
            if (earlier.first != wanted || adds) given.push_back(earlier);
        }
        Options options;
        if (value != nullptr) {
            given.emplace_back(wanted, value);
        } else if (option == table.end()) {
            set_option(options, wanted, "");  // refuses it, in its own words
        }
        for (const auto& [key, text] : given) set_option(options, key, text);
        forget(*handle, false);
        handle->options = options;
        handle->given = std::move(given);
    });
}

int stack2nrrd_plan(stack2nrrd_handle* handle, stack2nrrd_volume* volume) {
    return with(handle, [&] {
        expect(volume != nullptr, "the place for the volume");
        const ImportPlan& plan = plans_of(*handle).front();
        const VolumeInfo& info = plan.volume();
        *volume = {};
        for (std::size_t a = 0; a < 3; ++a) {
            volume->size[a] = info.size[a];
            volume->origin[a] = info.geometry.origin[a];
            for (std::size_t c = 0; c < 3; ++c) volume->direction[a][c] = info.geometry.direction[a][c];
        }
        volume->components = info.channels;
        volume->sample_type = static_cast<std::int32_t>(info.type);
        volume->spacing_known = info.geometry.spacing_known ? 1 : 0;
        volume->bytes = info.bytes();
        volume->memory_bytes = plan.memory_bytes();
        volume->source_slices = plan.source_slices();
    });
}

int stack2nrrd_info(stack2nrrd_handle* handle, const char** json) {
    return with(handle, [&] {
        expect(json != nullptr, "the place for the text");
        Findings findings;
        findings.stack = &stack_of(*handle);
        findings.options = &handle->options;
        try {
            const std::vector<Level> levels = levels_of(*handle->stack, handle->options, handle->output);
            const bool ran = !handle->reports.empty();
            const std::vector<ImportPlan>& plans = ran ? handle->made : plans_of(*handle);
            for (std::size_t i = 0; i < plans.size(); ++i) {
                findings.results.push_back({&plans[i], {}, {}});
                if (!ran) continue;
                findings.results[i].file = levels[i].file;
                findings.results[i].report = handle->reports[i];
            }
        } catch (const Error& error) {
            findings.obstacle = Problem{error.code(), true, error.what()};
        }
        findings.seconds = handle->seconds;
        handle->json = info_json(findings);
        *json = handle->json.c_str();
    });
}

int stack2nrrd_close(stack2nrrd_handle* handle) {
    if (handle == nullptr) return STACK2NRRD_OK;
    if (handle->in_use.exchange(true)) {
        return failed(STACK2NRRD_INVALID_ARGUMENT, "the handle is in use by another call, which has to return first");
    }
    delete handle;
    return STACK2NRRD_OK;
}
