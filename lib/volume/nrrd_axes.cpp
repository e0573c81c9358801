#include "volume/nrrd_axes.hpp"

#include "codec/codec.hpp"
#include "core/text.hpp"
#include "volume/nrrd_kinds.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace stack2nrrd {

namespace {

constexpr int most_dimensions = 16;
constexpr std::string_view blanks = " \t";

std::vector<std::string_view> words(std::string_view text) {
    std::vector<std::string_view> result;
    for (;;) {
        const std::size_t begin = text.find_first_not_of(blanks);
        if (begin == std::string_view::npos) return result;
        text.remove_prefix(begin);
        const std::size_t end = std::min(text.find_first_of(blanks), text.size());
        result.push_back(text.substr(0, end));
        text.remove_prefix(end);
    }
}

void check_count(const InputFile& file, std::string_view field, std::size_t count, std::size_t expected) {
    if (count == expected) return;
    damaged_header(file, "its field " + in_quotes(field) + " has " + std::to_string(count) + " entries and " +
                             std::to_string(expected) + " were expected");
}

double number(const InputFile& file, std::string_view field, std::string_view text) {
    const std::optional<double> value = parse_double(text);
    if (!value)
        damaged_header(file, "its field " + in_quotes(field) + " has " + in_quotes(text) + " where a number is due");
    return *value;
}

std::vector<double> numbers(const InputFile& file, const NrrdText& text, std::string_view field, std::size_t expected) {
    std::vector<double> result;
    const std::string* value = text.field(field);
    if (value == nullptr) return result;
    for (const std::string_view word : words(*value)) result.push_back(number(file, field, word));
    check_count(file, field, result.size(), expected);
    return result;
}

/// `"mm" "mm"`: strings in quotes, a quote inside of them behind a backslash.
std::vector<std::string> strings(const InputFile& file, const NrrdText& text, std::string_view field,
                                 std::size_t expected) {
    std::vector<std::string> result;
    const std::string* value = text.field(field);
    if (value == nullptr) return result;
    for (std::size_t at = value->find_first_not_of(blanks); at < value->size();
         at = value->find_first_not_of(blanks, at)) {
        std::string entry;
        bool closed = false;
        if ((*value)[at] != '"') damaged_header(file, "its field " + in_quotes(field) + " has a string without quotes");
        for (++at; at < value->size() && !closed; ++at) {
            const char c = (*value)[at];
            if (c == '\\' && at + 1 < value->size() && (*value)[at + 1] == '"') {
                entry += (*value)[++at];
            } else if (c == '"') {
                closed = true;
            } else {
                entry += c;
            }
        }
        if (!closed) damaged_header(file, "its field " + in_quotes(field) + " has a string without its closing quote");
        result.push_back(entry);
    }
    check_count(file, field, result.size(), expected);
    return result;
}

/// `(1,0,0)` or `none`; takes it off the front of `rest`.
std::optional<std::vector<double>> take_vector(const InputFile& file, std::string_view field, std::string_view& rest,
                                               int dimension) {
    constexpr std::string_view none = "none";
    if (rest.starts_with(none) && (rest.size() == none.size() || blanks.find(rest[none.size()]) != blanks.npos)) {
        rest.remove_prefix(none.size());
        return std::nullopt;
    }
    const std::size_t close = rest.find(')');
    if (rest[0] != '(' || close == std::string_view::npos) {
        damaged_header(file, "its field " + in_quotes(field) + " has " + in_quotes(rest) + " where a vector is due");
    }
    std::vector<double> result;
    for (const std::string_view part : split(rest.substr(1, close - 1), ',')) {
        result.push_back(number(file, field, part));
    }
    check_count(file, field, result.size(), static_cast<std::size_t>(dimension));
    rest.remove_prefix(close + 1);
    // Teem writes "none" as NaNs in memory, and some writers write them out.
    const auto is_nan = [](double d) { return d != d; };
    if (std::all_of(result.begin(), result.end(), is_nan)) return std::nullopt;
    for (const double d : result) {
        if (!(std::abs(d) <= std::numeric_limits<double>::max())) {
            damaged_header(file, "its field " + in_quotes(field) + " has a vector that is not finite");
        }
    }
    return result;
}

std::vector<std::optional<std::vector<double>>> vectors(const InputFile& file, const NrrdText& text,
                                                        std::string_view field, int dimension, std::size_t expected) {
    std::vector<std::optional<std::vector<double>>> result;
    const std::string* value = text.field(field);
    if (value == nullptr) return result;
    if (dimension == 0) damaged_header(file, "it has " + in_quotes(field) + " but no \"space\" that it refers to");
    for (std::string_view rest = trimmed(*value); !rest.empty(); rest = trimmed(rest)) {
        result.push_back(take_vector(file, field, rest, dimension));
    }
    check_count(file, field, result.size(), expected);
    return result;
}

void read_space(const InputFile& file, const NrrdText& text, NrrdAxes& axes) {
    const std::string* name = text.field("space");
    const std::string* dimension = text.field("spacedimension");
    if (name == nullptr && dimension == nullptr) return;
    std::int64_t declared = 0;
    if (dimension != nullptr) declared = field_integer(file, "space dimension", *dimension);
    if (name != nullptr) {
        axes.space = lower_case(*name);
        std::erase_if(axes.space, [](char c) { return c == ' ' || c == '-'; });
        struct Known {
            std::string_view name;
            std::string_view brief;
            int dimension;
        };
        constexpr std::array<Known, 14> known{{{"leftposteriorsuperior", "lps", 3},
                                               {"rightanteriorsuperior", "ras", 3},
                                               {"leftanteriorsuperior", "las", 3},
                                               {"scannerxyz", "", 3},
                                               {"3drighthanded", "", 3},
                                               {"3dlefthanded", "", 3},
                                               {"rightdown", "", 2},
                                               {"rightup", "", 2},
                                               {"leftposteriorsuperiortime", "lpst", 4},
                                               {"rightanteriorsuperiortime", "rast", 4},
                                               {"leftanteriorsuperiortime", "last", 4},
                                               {"scannerxyztime", "", 4},
                                               {"3drighthandedtime", "", 4},
                                               {"3dlefthandedtime", "", 4}}};
        const auto* found = std::find_if(known.begin(), known.end(), [&](const Known& k) {
            return axes.space == k.name || (!k.brief.empty() && axes.space == k.brief);
        });
        if (found == known.end())
            unsupported_nrrd(file, "the space " + in_quotes(*name), "correct its field \"space\"");
        if (dimension != nullptr && declared != found->dimension) {
            damaged_header(file, "its space has " + std::to_string(found->dimension) + " dimensions and it declares " +
                                     std::to_string(declared));
        }
        axes.space = found->name;
        declared = found->dimension;
    }
    if (declared < 1 || declared > 8) damaged_header(file, "its space has " + std::to_string(declared) + " dimensions");
    axes.space_dimension = static_cast<int>(declared);
}

void read_sizes(const InputFile& file, const NrrdText& text, NrrdAxes& axes) {
    const std::string* declared = text.field("dimension");
    const std::string* sizes = text.field("sizes");
    if (declared == nullptr) damaged_header(file, "it has no field \"dimension\"");
    if (sizes == nullptr) damaged_header(file, "it has no field \"sizes\"");
    const std::int64_t dimension = field_integer(file, "dimension", *declared);
    if (dimension < 1 || dimension > most_dimensions) {
        damaged_header(file, "it declares " + std::to_string(dimension) + " dimensions, 1 to " +
                                 std::to_string(most_dimensions) + " were expected");
    }
    for (const std::string_view word : words(*sizes)) {
        const Index size = field_integer(file, "sizes", word);
        if (size < 1) damaged_header(file, "it declares an axis of " + std::to_string(size) + " samples");
        axes.sizes.push_back(size);
    }
    check_count(file, "sizes", axes.sizes.size(), static_cast<std::size_t>(dimension));
    // Far from the end of 64 bits, so that no later product of sizes, sample bytes and hex digits can overflow.
    constexpr Index most_samples = Index{1} << 58;
    Index samples = 1;
    for (const Index size : axes.sizes) {
        if (size > most_samples / samples) {
            refuse(file, ErrorCode::limit,
                   "declares sizes of " + in_quotes(*sizes) + ", no more than 2^58 samples were expected; correct it");
        }
        samples *= size;
    }
}

/// Checks that an axis of a kind can be taken, and has as many samples as the kind says.
void check_kind(const InputFile& file, const std::string& text, Index size) {
    const NrrdKind* kind = find_nrrd_kind(text);
    if (kind == nullptr) {
        if (size == 1) return;  // nothing is mixed
        unsupported_nrrd(file, "an axis of kind " + in_quotes(text), "correct its field \"kinds\"");
    }
    if (kind->samples > 0 && size != kind->samples) {
        damaged_header(file, "its axis of kind " + in_quotes(kind->name) + " has " + std::to_string(size) +
                                 " samples and " + std::to_string(kind->samples) + " were expected");
    }
    if (kind->use == KindUse::refused) {
        unsupported_nrrd(file, "an axis of kind " + in_quotes(kind->name), kind->why);
    }
}

/// The axis that is none of space: by its kind, or since it alone has no direction in space or alone no kind; -1 if
/// there is none.
int extra_axis(const InputFile& file, const NrrdAxes& axes) {
    const int dimension = axes.dimension();
    const bool placed = std::any_of(axes.directions.begin(), axes.directions.end(), [](const auto& d) { return d; });
    const auto unknown = std::count(axes.kinds.begin(), axes.kinds.end(), "");
    int extra = -1;
    for (int a = 0; a < dimension; ++a) {
        const auto at = static_cast<std::size_t>(a);
        const std::string kind = axes.kinds.empty() ? "" : axes.kinds[at];
        const NrrdKind* known = find_nrrd_kind(kind);
        const bool nowhere = placed && !axes.directions[at];
        const bool alone = dimension == 4 && !axes.kinds.empty() && unknown == 1;
        if (kind.empty() && !nowhere && !alone) continue;
        // Kinds go before directions, but an axis of a "domain" that is nowhere in space is no axis of a volume.
        if (known != nullptr && known->use == KindUse::place && !(nowhere && dimension == 4)) continue;
        if (!kind.empty()) check_kind(file, kind, axes.sizes[at]);
        if (extra >= 0) {
            unsupported_nrrd(file, std::to_string(dimension) + " dimensions and more than one colour or vector axis",
                             "cut it into volumes first, for example with unu slice");
        }
        extra = a;
    }
    return extra;
}

}  // namespace

std::int64_t field_integer(const InputFile& file, std::string_view field, std::string_view text) {
    const std::optional<std::int64_t> value = parse_integer(text);
    if (!value)
        damaged_header(file, "its field " + in_quotes(field) + " has " + in_quotes(text) + " where an integer is due");
    return *value;
}

NrrdAxes read_nrrd_axes(const InputFile& file, const NrrdText& text) {
    NrrdAxes axes;
    read_sizes(file, text, axes);
    const std::size_t dimension = axes.sizes.size();
    if (const std::string* kinds = text.field("kinds")) {
        for (const std::string_view word : words(*kinds)) {
            axes.kinds.push_back(word == "???" || word == "none" ? "" : lower_case(word));
        }
        check_count(file, "kinds", axes.kinds.size(), dimension);
    }
    read_space(file, text, axes);
    axes.spacings = numbers(file, text, "spacings", dimension);
    axes.mins = numbers(file, text, "axismins", dimension);
    if (const std::string* centerings = text.field("centerings")) {
        for (const std::string_view word : words(*centerings)) axes.nodes.push_back(lower_case(word) == "node");
        check_count(file, "centerings", axes.nodes.size(), dimension);
    }
    try {
        axes.labels = strings(file, text, "labels", dimension);
    } catch (const Error&) {
        axes.labels.clear();  // nothing depends on them
    }
    axes.units = strings(file, text, "units", dimension);
    const int space = axes.space_dimension;
    axes.directions = vectors(file, text, "spacedirections", space, dimension);
    if (text.field("spaceunits") != nullptr) {
        if (space == 0) damaged_header(file, "it has \"space units\" but no \"space\" that they refer to");
        axes.space_units = strings(file, text, "spaceunits", static_cast<std::size_t>(space));
    }
    const auto origin = vectors(file, text, "spaceorigin", space, 1);
    if (!origin.empty()) axes.origin = origin[0];
    axes.measurement_frame = vectors(file, text, "measurementframe", space, static_cast<std::size_t>(space));
    return axes;
}

AxisRoles axis_roles(const InputFile& file, const NrrdAxes& axes) {
    const int dimension = axes.dimension();
    const auto size = [&](int a) { return axes.sizes[static_cast<std::size_t>(a)]; };
    const std::string text = std::to_string(dimension) + " dimensions";
    if (dimension < 2) unsupported_nrrd(file, "1 dimension", "only slices and volumes can be resampled");
    if (dimension > 4) unsupported_nrrd(file, text, "cut it into volumes first, for example with unu slice");

    AxisRoles roles;
    roles.vector = extra_axis(file, axes);
    // Nothing is lost with an axis of one sample.
    if (roles.vector < 0 && dimension == 4 && (size(0) == 1 || size(3) == 1)) roles.vector = size(3) == 1 ? 3 : 0;
    if (roles.vector < 0 && dimension == 4) {
        unsupported_nrrd(file, text + " and no colour or vector axis among them",
                         "cut it into volumes first, for example with unu slice, or correct its field \"kinds\"");
    }
    if (roles.vector > 0 && roles.vector < dimension - 1) {
        std::string order = std::to_string(roles.vector);
        for (int a = 0; a < dimension; ++a) order += a == roles.vector ? "" : " " + std::to_string(a);
        unsupported_nrrd(file, "its colour or vector axis neither first nor last",
                         "put it first with unu permute -p " + order);
    }
    if (roles.vector >= 0 && size(roles.vector) > most_channels) {
        refuse(file, ErrorCode::limit,
               "has " + std::to_string(size(roles.vector)) + " channels, at most " + std::to_string(most_channels) +
                   " are read; keep fewer, for example with unu crop");
    }
    if (dimension == 2 && roles.vector >= 0) unsupported_nrrd(file, "1 dimension beside its vector axis");
    int next = 0;
    for (int a = 0; a < dimension; ++a) {
        if (a != roles.vector) roles.spatial[static_cast<std::size_t>(next++)] = a;
    }
    return roles;
}

}  // namespace stack2nrrd
