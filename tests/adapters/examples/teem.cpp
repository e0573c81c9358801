// A stack at half its size as a Nrrd in memory: teem SCAN FILE.nrrd

#include <stack2nrrd/teem.hpp>

#include <iostream>

int main(int, char** argv) {
    try {
        stack2nrrd::Options options;
        set_option(options, "factor", "2");
        const auto plan = plan_import(stack2nrrd::find_stack(argv[1], options), options);
        const stack2nrrd::NrrdPointer nrrd = stack2nrrd::read_teem(plan);

        std::cout << nrrd->axis[0].size << " samples along x, " << nrrd->axis[0].spaceDirection[0] << " mm apart\n";
        return nrrdSave(argv[2], nrrd.get(), nullptr);  // or whatever else Teem can do with it
    } catch (const stack2nrrd::Error& error) {
        std::cerr << error.what() << '\n';
        return stack2nrrd::exit_status(error.code());
    }
}
