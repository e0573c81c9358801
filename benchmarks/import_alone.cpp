// An import whose volume is thrown away: what everything but writing takes.
//
//     stack2nrrd_import_alone STACK [OPTION VALUE]...      for example: stack2nrrd_import_alone stack factor 2 threads
//     1

#include <stack2nrrd/stack2nrrd.hpp>

#include <cstdio>
#include <exception>

namespace {

class Nowhere final : public stack2nrrd::Sink {
public:
    void begin(const stack2nrrd::VolumeInfo&) override {}
    void write_slice(stack2nrrd::Index, std::span<const std::byte>) override {}
    void finish() override {}
};

}  // namespace

int main(int argc, char** argv) {
    try {
        stack2nrrd::Options options;
        for (int i = 2; i + 1 < argc; i += 2) stack2nrrd::set_option(options, argv[i], argv[i + 1]);
        Nowhere sink;
        stack2nrrd::run_import(stack2nrrd::plan_import(stack2nrrd::find_stack(argv[1], options), options), sink);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "%s\n", error.what());
        return 1;
    }
}
