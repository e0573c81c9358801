// What was found out, as sentences and as JSON.

#include "core/file.hpp"
#include "core/json.hpp"
#include "core/text.hpp"

#include <stack2nrrd/error.hpp>
#include <stack2nrrd/verify.hpp>
#include <stack2nrrd/version.hpp>

namespace stack2nrrd {

namespace {

std::string counted(Index count, const std::string& what) {
    return std::to_string(count) + " " + what + (count == 1 ? "" : "s");
}

const char* state_name(InputState state) {
    switch (state) {
        case InputState::unchanged: return "unchanged";
        case InputState::changed: return "changed";
        case InputState::not_found: return "not_found";
        case InputState::not_recorded: break;
    }
    return "not_recorded";
}

Json problems_json(const std::vector<Problem>& problems) {
    Json list = Json::array();
    for (const Problem& problem : problems) {
        const char* code = !problem.fatal ? "warning" : problem.code == ErrorCode::changed ? "changed" : "corrupt";
        list.push_back(Json::object({{"code", code}, {"fatal", problem.fatal}, {"text", problem.text}}));
    }
    return list;
}

std::string json_of(const char* name, const Json& found, const std::vector<Problem>& problems, int status) {
    return Json::object({{"stack2nrrd", STACK2NRRD_VERSION},
                         {name, found},
                         {"problems", problems_json(problems)},
                         {"status", status}})
               .indented() +
           "\n";
}

}  // namespace

std::string verification_json(const Verification& v, int status) {
    const Json found = Json::object({{"file", utf8(v.file)},
                                     {"slices", v.slices},
                                     {"slabs", v.slabs},
                                     {"slices_per_slab", v.slices_per_slab},
                                     {"damaged", v.damaged},
                                     {"unreadable_from", v.unreadable_from ? Json(*v.unreadable_from) : Json(nullptr)},
                                     {"header_as_written", v.header_as_written},
                                     {"samples_complete", v.samples_complete},
                                     {"inputs", state_name(v.inputs)},
                                     {"input", v.input.empty() ? Json(nullptr) : Json(utf8(v.input))}});
    return json_of("verify", found, v.problems, status);
}

std::string replay_json(const Replay& r, int status) {
    const bool differs = r.different > 0;
    const Json nothing(nullptr);
    const Json found = Json::object({{"file", utf8(r.file)},
                                     {"version", r.version},
                                     {"size", r.size},
                                     {"same", r.same()},
                                     {"samples", r.samples},
                                     {"different", r.different},
                                     {"first", differs ? Json(r.first) : nothing},
                                     {"first_channel", differs ? Json(r.first_channel) : nothing},
                                     {"first_there", differs ? Json(r.first_there) : nothing},
                                     {"first_made", differs ? Json(r.first_made) : nothing},
                                     {"grid", r.grid_difference.empty() ? nothing : Json(r.grid_difference)},
                                     {"keys", r.keys}});
    return json_of("replay", found, r.problems, status);
}

std::string verification_text(const Verification& v) {
    std::string text = printable(utf8(v.file)) + ": " + counted(v.slices, "slice");
    if (v.slabs > 0) text += " in " + counted(v.slabs, "slab");
    const bool samples_good = v.slabs > 0 && v.damaged.empty() && !v.unreadable_from && v.samples_complete;
    if (samples_good && v.header_as_written) {
        text += " as written";
    } else if (samples_good) {
        text += ", whose samples are as written";
    } else {
        text += ", not as written";
    }
    switch (v.inputs) {
        case InputState::unchanged: return text + "; inputs unchanged (" + v.inputs_recorded + ")";
        case InputState::changed: return text + "; inputs changed";
        case InputState::not_found:
            if (!v.input.empty()) {
                return text + "; inputs not compared: it was made from " + v.inputs_recorded + ", and " +
                       printable(utf8(v.input)) + " is not as many; give them behind --verify FILE";
            }
            return text + "; inputs not compared: nothing of their name is beside it or in the working directory";
        case InputState::not_recorded: break;
    }
    return text + "; inputs not compared";
}

std::string replay_text(const Replay& r) {
    const std::string name = printable(utf8(r.file));
    return r.same() ? name + ": made again, and the same " + counted(r.samples, "sample") + " at the same places"
                    : name + ": made again, and not the same";
}

}  // namespace stack2nrrd
