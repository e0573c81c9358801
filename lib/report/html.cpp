#include "report/html.hpp"

#include "core/text.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>

namespace stack2nrrd {

namespace {

// Nothing may be loaded, whatever the page says: no request leaves it.
constexpr std::string_view head = R"(<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
)";

constexpr std::string_view style = R"(<style>
:root { --back: #fff; --text: #1c2127; --soft: #5a6672; --line: #d8dee4; --card: #f5f7f9; --bars: #5b7fa6;
  --window: #b3541e; --air: #2c7a4b; --warn: #fff3dc; --edge: #d9901a; }
@media (prefers-color-scheme: dark) { :root { --back: #14171b; --text: #e4e8ec; --soft: #9aa6b2; --line: #333b44;
  --card: #1d2228; --bars: #7fa5cf; --window: #f0945a; --air: #6cc794; --warn: #33290f; --edge: #d9901a; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 1.2rem 1rem 3rem; max-width: 76rem; background: var(--back); color: var(--text);
  font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
h1 { margin: 0; font-size: 1.6rem; line-height: 1.25; }
h2 { margin: 2.2rem 0 .6rem; font-size: 1.15rem; }
h1, p, td, li, pre, figcaption { overflow-wrap: anywhere; unicode-bidi: isolate; }
p { margin: .3rem 0; }
.soft, figcaption { color: var(--soft); }
.views { display: grid; gap: .8rem; grid-template-columns: repeat(auto-fit, minmax(min(100%, 20rem), 1fr)); }
figure { margin: 0; }
.views figure { display: flex; justify-content: center; align-items: center; background: #181818; border-radius: 6px;
  padding: .2rem; }
.views img { display: block; max-width: 100%; height: auto; }
svg { display: block; width: 100%; height: 14rem; background: var(--card); border-radius: 6px; }
svg .bars { fill: var(--bars); }
svg line { stroke-width: 2; vector-effect: non-scaling-stroke; }
.window { stroke: var(--window); stroke-dasharray: 6 4; }
.air { stroke: var(--air); }
.axis { display: flex; justify-content: space-between; gap: 1rem; font-variant-numeric: tabular-nums; }
.key { display: inline-block; width: 1.6rem; height: 0; margin-right: .4rem; border-top: 3px solid var(--air);
  vertical-align: middle; }
.key.window { border-top: 3px dashed var(--window); }
table { width: 100%; border-collapse: collapse; }
th, td { padding: .3rem .5rem .3rem 0; border-top: 1px solid var(--line); text-align: left; vertical-align: top; }
th { width: 25%; min-width: 8.5rem; font-weight: normal; color: var(--soft); }
ul { margin: 0; padding: 0; list-style: none; }
.notes li { margin: .4rem 0; padding: .5rem .8rem; background: var(--warn); border-left: 4px solid var(--edge);
  border-radius: 4px; }
pre { margin: 0; padding: .8rem; max-height: 30rem; overflow: auto; background: var(--card); border-radius: 6px;
  font: .85rem/1.45 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; white-space: pre-wrap; }
.command { user-select: all; }
@media print { :root { --back: #fff; --text: #000; --soft: #444; --line: #bbb; --card: #fff; --bars: #555;
    --warn: #fff; }
  body { max-width: none; padding: 0; font-size: 10pt; }
  .views { grid-template-columns: repeat(3, 1fr); }
  .views figure, svg { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  pre { max-height: none; border: 1px solid var(--line); }
  figure, svg, tr, li { break-inside: avoid; } h2 { break-after: avoid; } }
</style>
</head>
<body>
)";

std::string bytes_shown(std::string_view bytes) {
    std::string text;
    for (const char c : bytes) {
        std::array<char, 5> escape{};
        std::snprintf(escape.data(), escape.size(), "\\x%02X", static_cast<unsigned>(static_cast<unsigned char>(c)));
        text += escape.data();
    }
    return text;
}

}  // namespace

std::size_t turning_length(std::string_view text) {
    // U+061C, U+200E and U+200F, U+202A to U+202E, U+2066 to U+2069.
    if (text.starts_with("\xD8\x9C")) return 2;
    if (text.size() < 3 || text[0] != '\xE2') return 0;
    const auto last = static_cast<unsigned char>(text[2]);
    const bool in_first = text[1] == '\x80' && (last == 0x8E || last == 0x8F || (last >= 0xAA && last <= 0xAE));
    const bool in_second = text[1] == '\x81' && last >= 0xA6 && last <= 0xA9;
    return in_first || in_second ? 3 : 0;
}

std::string escaped(std::string_view text) {
    const std::string shown = printable(text);
    std::string html;
    for (std::string_view rest = shown; !rest.empty();) {
        const std::size_t turning = turning_length(rest);
        if (turning > 0) {
            html += bytes_shown(rest.substr(0, turning));
        } else if (rest[0] == '&') {
            html += "&amp;";
        } else if (rest[0] == '<') {
            html += "&lt;";
        } else if (rest[0] == '>') {
            html += "&gt;";
        } else if (rest[0] == '"') {
            html += "&quot;";
        } else if (rest[0] == '\'') {
            html += "&#39;";
        } else {
            html += rest[0];
        }
        rest.remove_prefix(turning > 0 ? turning : 1);
    }
    return html;
}

std::string escaped_lines(std::string_view text) {
    std::string html;
    for (;;) {
        const std::size_t end = text.find('\n');
        html += escaped(text.substr(0, end));
        if (end == std::string_view::npos) return html;
        html += '\n';
        text.remove_prefix(end + 1);
    }
}

std::string section(std::string_view heading, std::string_view html) {
    return "<section>\n<h2>" + escaped(heading) + "</h2>\n" + std::string(html) + "</section>\n";
}

std::string table_section(std::string_view heading, const Rows& rows) {
    std::string html = "<table>\n";
    for (const auto& [name, value] : rows) {
        html += "<tr><th scope=\"row\">" + escaped(name) + "</th><td>" + value + "</td></tr>\n";
    }
    return section(heading, html + "</table>\n");
}

std::string base64(std::span<const std::byte> bytes) {
    constexpr std::string_view letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string text;
    text.reserve((bytes.size() + 2) / 3 * 4);
    for (std::size_t i = 0; i < bytes.size(); i += 3) {
        const std::size_t count = std::min<std::size_t>(3, bytes.size() - i);
        std::uint32_t bits = 0;
        for (std::size_t b = 0; b < 3; ++b) {
            bits = bits << 8 | (b < count ? std::to_integer<std::uint32_t>(bytes[i + b]) : 0);
        }
        for (std::size_t l = 0; l < 4; ++l) text += l <= count ? letters[bits >> (18 - 6 * l) & 63] : '=';
    }
    return text;
}

std::string page_begin(std::string_view title) {
    return std::string(head) + "<title>" + escaped(title) + "</title>\n" + std::string(style);
}

std::string page_end() { return "</body>\n</html>\n"; }

}  // namespace stack2nrrd
