#include "sidecar/json_reader.hpp"
#include "sidecar/xml.hpp"

#include "support/catch.hpp"

namespace stack2nrrd::test {

TEST_CASE("XML tags are found with their depth", "[sidecar]") {
    XmlScanner xml(
        "<?xml a='>'?><!DOCTYPE x><a b = '1>2' c=\"&lt;'\" xc='5'><!-- <no/> --><n:b/><![CDATA[<no>]]><c  "
        "x='1'/>text</a><d>t<e/>");
    REQUIRE(xml.next());
    CHECK(xml.name() == "a");
    CHECK(xml.depth() == 1);
    CHECK(xml.attribute("b") == "1>2");
    CHECK(xml.attribute("c") == "&lt;'");
    CHECK_FALSE(xml.attribute("d").has_value());
    REQUIRE(xml.next());
    CHECK(xml.name() == "b");
    CHECK(xml.depth() == 2);
    REQUIRE(xml.next());
    CHECK(xml.name() == "c");
    CHECK(xml.depth() == 2);
    CHECK(xml.attribute("x") == "1");
    CHECK(xml.content() == "text");
    REQUIRE(xml.next());
    CHECK(xml.name() == "d");
    CHECK(xml.depth() == 1);
    REQUIRE(xml.next());
    CHECK(xml.depth() == 2);
    CHECK_FALSE(xml.next());
    CHECK_FALSE(xml.next());
}

TEST_CASE("broken XML ends the walk", "[sidecar]") {
    for (const char* broken : {"", "<", "<a", "<a b='", "<!--", "<![CDATA[", "<?", "</", "<a b=\"'>", "<!"}) {
        CAPTURE(broken);
        XmlScanner xml(broken);
        CHECK_FALSE(xml.next());
    }
    XmlScanner odd("</a></b><a x y='1' =''/><>");
    REQUIRE(odd.next());
    CHECK(odd.depth() == 1);
    CHECK_FALSE(odd.attribute("x").has_value());
    CHECK(odd.next());
    CHECK(odd.name().empty());
}

TEST_CASE("only the plain entities are replaced", "[sidecar]") {
    CHECK(unescaped("&amp;&lt;&gt;&quot;&apos;") == "&<>\"'");
    CHECK(unescaped("&#181;m &#xB5;m &#xb5;") == "\xC2\xB5m \xC2\xB5m \xC2\xB5");
    CHECK(unescaped("&#8491;&#x1F600;") == "\xE2\x84\xAB\xF0\x9F\x98\x80");
    for (const char* kept : {"&", "&;", "&lol;", "&#;", "&#x;", "&#0;", "&#xD800;", "&#x110000;", "&#-1;", "& amp;",
                             "&micro;m", "&#99999999999999999999;", "&amp"}) {
        CAPTURE(kept);
        CHECK(unescaped(kept) == kept);
    }
    CHECK(unescaped("&amp;lt;") == "&lt;");
}

TEST_CASE("JSON values are found by their path", "[sidecar]") {
    constexpr const char* text = R"( {"a":{"b":1.5e3,"a":{"b":2}},"b":"x \" y","c":[{"d":"1"},{"d":"1"},[{"d":"2"}]],
        "e":["f",true],"g":{},"h":[],"i":null,"j":[{"k":1},{"k":2}]} )";
    const auto value = [&](std::initializer_list<std::string_view> path) {
        const auto found = json_value(text, path);
        return found ? std::string(found->value) + (found->contradictory ? "!" : "") : std::string("none");
    };
    CHECK(value({"a", "b"}) == "1.5e3");
    CHECK(value({"a", "a", "b"}) == "2");
    CHECK(value({"b"}) == "x \\\" y");
    CHECK(value({"c", "", "d"}) == "1");
    CHECK(value({"c", "", "", "d"}) == "2");
    CHECK(value({"e", ""}) == "f!");
    CHECK(value({"i"}) == "null");
    CHECK(value({"j", "", "k"}) == "1!");
    CHECK(value({"g"}) == "none");
    CHECK(value({"d"}) == "none");
    for (const char* broken : {"", "{", "}", "[}", "{\"a\"", "{\"a", "{\"a\\", "{\"a\":", "{\"a\":\"", "]", ",", ":"}) {
        CAPTURE(broken);
        CHECK_FALSE(json_value(broken, {"a"}).has_value());
    }
}

}  // namespace stack2nrrd::test
