// A program of somebody else that uses stack2nrrd.

#include <stack2nrrd/stack2nrrd.hpp>

#include <iostream>

int main() {
    try {
        const double support = stack2nrrd::Kernel::parse("ctmr").support();
        std::cout << "stack2nrrd " << STACK2NRRD_VERSION << ": ctmr reaches " << support << " samples far\n";
        if (support != 2) return 1;
        static_cast<void>(stack2nrrd::find_stack("no such folder"));
    } catch (const stack2nrrd::Error& error) {
        std::cout << error.what() << '\n';  // the exception crosses the library's border under its own type
        return error.code() == stack2nrrd::ErrorCode::not_found ? 0 : 1;
    }
    return 1;
}
