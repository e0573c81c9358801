// Results that are there: are they as they were written, and do they come out again?

#include "checking.hpp"

#include "process.hpp"
#include "progress.hpp"

#include <stack2nrrd/error.hpp>
#include <stack2nrrd/verify.hpp>

#include <filesystem>
#include <optional>
#include <vector>

using namespace stack2nrrd;
namespace fs = std::filesystem;

namespace {

bool has_input(const Command& command) { return !command.inputs.empty() || !command.files_from.empty(); }

void tell(const Command& command, const std::vector<Problem>& problems) {
    for (const Problem& problem : problems) {
        if (problem.fatal) {
            say(problem.text);
        } else if (!command.quiet) {
            say("warning: " + problem.text);
        }
    }
}

int verify_result(const Command& command, const std::function<Stack(const Command&)>& find,
                  const std::function<void(const std::string&)>& print_json, ProgressDisplay& display) {
    const fs::path file = path_of(command.verify);
    std::optional<Stack> input;
    if (has_input(command)) {
        Command finding = command;
        static_cast<FindOptions&>(finding.options) = find_options_of(file);
        finding.options.threads = command.options.threads;
        input = find(finding);
    }
    const Verification found = verify(file, input ? &*input : nullptr, [&](const Progress& progress) {
        display.show(progress);
        return true;
    });
    display.clear();
    const int status = found.good() ? 0 : exit_status(found.code());
    tell(command, found.problems);
    if (command.json) {
        print_json(verification_json(found, status));
    } else if (!command.quiet) {
        print(verification_text(found) + "\n");
    }
    return status;
}

int replay_result(const Command& command, const std::function<Stack(const Command&)>& find,
                  const std::function<void(const std::string&)>& print_json, ProgressDisplay& display) {
    const fs::path file = path_of(command.replay);
    Command making = command;
    if (!has_input(command)) {
        const fs::path source = find_source_of(file);
        if (source.empty()) {
            throw Error(ErrorCode::not_found,
                        command.replay +
                            ": the input that its header names is neither beside it nor in the working directory; "
                            "name it behind --replay FILE");
        }
        making.inputs.push_back(utf8_of(source));
    }
    const fs::path input = path_of(making.inputs.empty() ? making.files_from : making.inputs.front());
    making.options = replay_options(file, input);
    making.options.threads = command.options.threads;
    making.options.memory = command.options.memory;
    making.options.scratch = command.options.scratch;
    const Replay found = replay(file, find(making), making.options, [&](const Progress& progress) {
        display.show(progress);
        return true;
    });
    display.clear();
    const int status = found.same() ? 0 : exit_status(ErrorCode::corrupt);
    tell(command, found.problems);
    if (command.json) {
        print_json(replay_json(found, status));
    } else if (!command.quiet) {
        print(replay_text(found) + "\n");
    }
    return status;
}

}  // namespace

int check(const Command& command, const std::function<Stack(const Command&)>& find,
          const std::function<void(const std::string&)>& print_json) {
    // Nothing is under way that had to be undone: a signal ends the program at once.
    ProgressDisplay display(command.progress, command.quiet);
    return command.verify.empty() ? replay_result(command, find, print_json, display)
                                  : verify_result(command, find, print_json, display);
}
