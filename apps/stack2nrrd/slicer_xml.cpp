// Slicer makes a dialogue of this, and of its fields a command line. It leaves out what is empty, but for numbers and
// choices: these are always given, with what holds without them.

#include "slicer_xml.hpp"

#include "command_line.hpp"

#include <stack2nrrd/version.hpp>

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>

using stack2nrrd::OptionInfo;

namespace {

/// What is shown at once; all else is folded away under "advanced", in the group where it belongs.
constexpr std::array<std::string_view, 9> basic{"channel", "reverse", "type",    "factor",     "kernel",
                                                "crop",    "roi",     "spacing", "space-units"};

bool is_basic(std::string_view name) { return std::find(basic.begin(), basic.end(), name) != basic.end(); }

std::string escaped(std::string_view text) {
    std::string result;
    for (const char c : text) {
        if (c == '<')
            result += "&lt;";
        else if (c == '>')
            result += "&gt;";
        else if (c == '&')
            result += "&amp;";
        else
            result += c;
    }
    return result;
}

std::string element(const char* tag, std::string_view content) {
    return std::string("      <") + tag + ">" + escaped(content) + "</" + tag + ">\n";
}

/// Names are made of letters, digits and underscores.
std::string flag_of(std::string_view option) {
    std::string name(option);
    std::replace(name.begin(), name.end(), '-', '_');
    return name;
}

/// What comes back from a run is called `report`, in scenes and scripts of those who use it: the option of that name is
/// another thing.
std::string name_of(std::string_view option) { return option == "report" ? "report_page" : flag_of(option); }

std::string label_of(std::string_view option) {
    if (option == "roi") return "Region of interest";
    if (option == "report") return "Report page";
    std::string label(option);
    std::replace(label.begin(), label.end(), '-', ' ');
    label[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(label[0])));
    return label;
}

bool consists_of(std::string_view text, std::string_view characters) {
    return !text.empty() && text.find_first_not_of(characters) == std::string_view::npos;
}

constexpr std::string_view digits = "0123456789";

std::string parameter(const OptionInfo& option) {
    std::string tag = "string";
    std::string attributes;
    std::string more;
    std::string preset;
    const char* channel = nullptr;
    constexpr std::string_view words = "abcdefghijklmnopqrstuvwxyz0123456789|";
    const std::size_t dots = option.value.find("..");
    if (option.value.empty()) {
        tag = "boolean";
        preset = "false";
    } else if (option.name == "roi") {
        tag = "region";
        attributes = " coordinateSystem=\"lps\" multiple=\"false\"";
    } else if (option.name != "quality" &&  // Slicer always gives choices, and this one does not go with --kernel
               option.value.find('|') != std::string_view::npos && consists_of(option.value, words)) {
        tag = "string-enumeration";
        preset = option.preset;
        for (std::string_view rest = option.value; !rest.empty();) {
            const std::size_t bar = rest.find('|');
            more += element("element", rest.substr(0, bar));
            rest.remove_prefix(bar == std::string_view::npos ? rest.size() : bar + 1);
        }
    } else if (consists_of(option.preset, digits) && (option.value == "N" || dots != std::string_view::npos)) {
        tag = "integer";
        preset = option.preset;
        if (dots != std::string_view::npos) {
            more = "      <constraints>\n  " + element("minimum", option.value.substr(0, dots)) + "  " +
                   element("maximum", option.value.substr(dots + 2)) + "      </constraints>\n";
        }
    } else if (option.value.starts_with("FILE.")) {
        tag = "file";
        attributes = " fileExtensions=\"" + std::string(option.value.substr(4)) + "\"";
        channel = "output";
    } else if (option.name == "like") {
        tag = "image";
        channel = "input";
    } else if (option.name == "transform") {
        // Slicer writes with the first of these. Its text files hold any transform, and need no further library.
        tag = "transform";
        attributes = " fileExtensions=\".tfm,.txt,.h5,.nrrd\"";
        channel = "input";
    } else if (option.value == "FILE") {
        tag = "file";
        channel = "input";
    } else if (option.value == "DIR") {
        tag = "directory";
        channel = "input";
    }
    std::string description(option.help);
    if (!option.preset.empty()) description += " [" + std::string(option.preset) + "]";
    std::string text = "    <" + tag + attributes + ">\n" + element("name", name_of(option.name)) +
                       element("longflag", flag_of(option.name)) + element("label", label_of(option.name)) +
                       element("description", description);
    if (channel != nullptr) text += element("channel", channel);
    if (!preset.empty()) text += element("default", preset);
    return text + more + "    </" + tag + ">\n";
}

constexpr const char* input =
    "    <file fileExtensions=\".tif,.tiff,.png,.jpg,.jpeg,.jp2,.j2k,.bmp,.nrrd,.nhdr\">\n"
    "      <name>input</name>\n"
    "      <label>Slices</label>\n"
    "      <description>one slice of a numbered series (the whole series is taken), a TIFF of many pages, a list of "
    "slices or a volume; a folder may be typed, too</description>\n"
    "      <longflag>input</longflag>\n"
    "      <channel>input</channel>\n"
    "    </file>\n"
    "    <image>\n"
    "      <name>inputVolume</name>\n"
    "      <longflag>input_volume</longflag>\n"
    "      <label>or a volume</label>\n"
    "      <description>a volume of the scene instead of slices</description>\n"
    "      <channel>input</channel>\n"
    "    </image>\n";

// Slicer's own temporary file may be replaced, and progress goes to Slicer.
constexpr const char* output =
    "    <image type=\"scalar\">\n"
    "      <name>output</name>\n"
    "      <longflag>output</longflag>\n"
    "      <label>Volume</label>\n"
    "      <description>the result; without one, what would be made is only reported</description>\n"
    "      <channel>output</channel>\n"
    "    </image>\n"
    "    <boolean hidden=\"true\">\n"
    "      <name>force</name>\n"
    "      <longflag>force</longflag>\n"
    "      <label>Force</label>\n"
    "      <description>replace an existing output</description>\n"
    "      <default>true</default>\n"
    "    </boolean>\n"
    "    <string-enumeration hidden=\"true\">\n"
    "      <name>progress</name>\n"
    "      <longflag>progress</longflag>\n"
    "      <label>Progress</label>\n"
    "      <description>how far the run is, for 3D Slicer</description>\n"
    "      <default>slicer</default>\n"
    "      <element>slicer</element>\n"
    "    </string-enumeration>\n"
    "    <string>\n"
    "      <name>report</name>\n"
    "      <label>Report</label>\n"
    "      <description>what was made, and what is odd about the slices</description>\n"
    "      <channel>output</channel>\n"
    "    </string>\n";

/// Slicer loads one volume, a NRRD under the name that it chose. `force` is among the outputs above.
bool is_for_slicer(std::string_view name) { return name != "force" && name != "pyramid" && name != "zarr-version"; }

std::string parameters(std::string_view group, bool advanced) {
    std::string text;
    if (!advanced && group == "Input") text += input;
    if (!advanced && group == "Output") text += output;
    for (const OptionInfo& option : stack2nrrd::option_table()) {
        if (option.group != group || !is_for_slicer(option.name) || is_basic(option.name) == advanced) continue;
        text += parameter(option);
    }
    if (text.empty()) return text;
    const std::string label = std::string(group) + (advanced ? ", advanced" : "");
    return std::string("  <parameters") + (advanced ? " advanced=\"true\"" : "") + ">\n" +
           element("label", label).substr(2) + element("description", label + " options").substr(2) + text +
           "  </parameters>\n";
}

}  // namespace

std::string slicer_xml() {
    std::string text =
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n"
        "<executable>\n"
        "  <category>Converters</category>\n"
        "  <title>Stack of slices to volume</title>\n"
        "  <description>Turns a stack of slices, or a volume on disk, into a smaller volume: no aliasing, exact "
        "geometry, bounded memory.</description>\n"
        "  <version>" STACK2NRRD_VERSION
        "</version>\n"
        "  <documentation-url>" STACK2NRRD_HOMEPAGE
        "</documentation-url>\n"
        "  <license>BSD-2-Clause</license>\n"
        "  <contributor>the stack2nrrd authors</contributor>\n";
    for (const std::string_view group : option_groups()) {
        for (const bool advanced : {false, true}) text += parameters(group, advanced);
    }
    return text + "</executable>\n";
}
