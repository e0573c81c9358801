#include "cli/program.hpp"

#include "core/file.hpp"
#include "support/catch.hpp"

#include <algorithm>
#include <sstream>

namespace cli_test {

Result run(Arguments arguments) { return Program{std::move(arguments)}.run(); }

Result run_in(const fs::path& folder, Arguments arguments) { return Program{std::move(arguments), folder}.run(); }

bool is_sanitized() {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    return true;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
    return true;
#else
    return false;
#endif
#else
    return false;
#endif
}

std::string with_slashes(std::string text) {
    if (support::is_windows) std::replace(text.begin(), text.end(), '\\', '/');
    return text;
}

void check_sentence(const Result& result, const std::vector<std::string>& parts) {
    CAPTURE(result.err);
    std::istringstream lines(result.err);
    std::string line, sentence;
    int sentences = 0;
    while (std::getline(lines, line)) {
        CHECK(line.starts_with("stack2nrrd: "));
        if (line.starts_with("stack2nrrd: warning: ")) continue;
        sentence = line;
        ++sentences;
    }
    CHECK(sentences == 1);
    CHECK(result.err.ends_with('\n'));
    for (const std::string& part : parts) {
        CAPTURE(part);
        CHECK(with_slashes(sentence).find(with_slashes(part)) != std::string::npos);
    }
}

void check_holds(const fs::path& folder, std::vector<std::string> names) {
    std::vector<std::string> found;
    for (const auto& entry : fs::directory_iterator(folder)) found.push_back(stack2nrrd::utf8(entry.path().filename()));
    std::sort(found.begin(), found.end());
    std::sort(names.begin(), names.end());
    CHECK(found == names);
}

}  // namespace cli_test
