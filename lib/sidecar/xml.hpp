#pragma once

// Just enough of XML to read attributes: one walk over the text, no tree, no recursion, nothing expanded but the five
// named entities and numeric ones.

#include <optional>
#include <string>
#include <string_view>

namespace stack2nrrd {

/// Walks from tag to tag. Comments, CDATA, processing instructions and declarations are stepped over; what is not
/// finished is the end.
class XmlScanner {
public:
    explicit XmlScanner(std::string_view xml) : rest_(xml) {}

    /// To the next start tag; false at the end.
    bool next();

    /// The name without its namespace prefix.
    [[nodiscard]] std::string_view name() const { return name_; }
    /// 1 for the root element, 2 for the elements in it, ...
    [[nodiscard]] int depth() const { return depth_; }
    /// The value as it is in the text; see unescaped().
    [[nodiscard]] std::optional<std::string_view> attribute(std::string_view name) const;
    /// What follows the tag, up to the next one.
    [[nodiscard]] std::string_view content() const;

private:
    std::string_view rest_;  // behind the tag
    std::string_view name_;
    std::string_view attributes_;  // between the name and the bracket
    int depth_ = 0;
    int open_ = 0;  // elements that are open behind the tag
};

/// `text` with &amp; &lt; &gt; &quot; &apos; &#181; &#xB5; replaced, in UTF-8; other entities stay as they are.
[[nodiscard]] std::string unescaped(std::string_view text);

}  // namespace stack2nrrd
