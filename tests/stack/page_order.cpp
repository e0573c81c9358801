// Which page is which slice, by the words of ImageJ and OME.

#include "stack/page_order.hpp"

#include "support/catch.hpp"

#include <stack2nrrd/image.hpp>

#include <algorithm>
#include <string>
#include <vector>

namespace {

using stack2nrrd::Index;
using stack2nrrd::Page;
using stack2nrrd::PageOrder;

constexpr Index Z = 5, C = 3, T = 2;

std::vector<Page> pages(Index count) {
    std::vector<Page> result;
    for (Index i = 0; i < count; ++i) result.push_back({1000 + i, i});
    return result;
}

PageOrder order_of(const std::vector<Page>& pages, const std::string& description, bool colour = false) {
    stack2nrrd::ImageInfo image;
    image.width = 7;
    image.height = 6;
    image.colour = colour ? stack2nrrd::Colour::rgb : stack2nrrd::Colour::grey;
    return stack2nrrd::page_order(pages, description, image);
}

std::string ome(const std::string& order, const std::string& tiff_data, const std::string& sizes = "",
                const std::string& behind = "") {
    return R"(<OME><Image><Pixels DimensionOrder=")" + order + R"(" Type="uint16" )" +
           (sizes.empty() ? R"(SizeZ="5" SizeC="3" SizeT="2")" : sizes) + ">" + tiff_data + "</Pixels></Image>" +
           behind + "</OME>";
}

std::string tiff_data(Index ifd, Index z, Index c, Index t) {
    return "<TiffData IFD=\"" + std::to_string(ifd) + "\" FirstZ=\"" + std::to_string(z) + "\" FirstC=\"" +
           std::to_string(c) + "\" FirstT=\"" + std::to_string(t) + "\" PlaneCount=\"1\"/>";
}

const std::string imagej = "ImageJ=1.53c\nimages=30\nchannels=3\nslices=5\nframes=2\nhyperstack=true\n";

/// Counts as the words do, with loops: the page of (z, c, t) in a file whose axes vary as `axes`, the fastest first.
Index page_at(const std::string& axes, Index z, Index c, Index t) {
    const auto end = [](char axis) { return axis == 'Z' ? Z : axis == 'C' ? C : T; };
    Index page = 0;
    for (Index slow = 0; slow < end(axes[2]); ++slow) {
        for (Index middle = 0; middle < end(axes[1]); ++middle) {
            for (Index fast = 0; fast < end(axes[0]); ++fast, ++page) {
                const auto is = [&](char axis, Index at) {
                    return (axes[0] == axis ? fast : axes[1] == axis ? middle : slow) == at;
                };
                if (is('Z', z) && is('C', c) && is('T', t)) return page;
            }
        }
    }
    return -1;
}

void check_axes(const PageOrder& order, const std::string& axes) {
    CAPTURE(axes);
    REQUIRE(order.slices == Z);
    REQUIRE(order.channels == C);
    REQUIRE(order.times == T);
    for (Index c = 0; c < C; ++c) {
        for (Index t = 0; t < T; ++t) {
            const auto found = order.pages_of(c, t);
            REQUIRE(found.size() == Z);
            for (Index z = 0; z < Z; ++z) {
                REQUIRE(found[static_cast<std::size_t>(z)].has_value());
                CHECK(static_cast<Index>(*found[static_cast<std::size_t>(z)]) == page_at(axes, z, c, t));
            }
        }
    }
}

bool is_plain(const PageOrder& order, Index count) {
    if (order.channels != 1 || order.times != 1 || order.slices != count) return false;
    const auto found = order.pages_of(0, 0);
    for (std::size_t i = 0; i < found.size(); ++i) {
        if (found[i] != i) return false;
    }
    return true;
}

bool says(const PageOrder& order, const std::string& words) {
    return std::any_of(order.notes.begin(), order.notes.end(),
                       [&](const std::string& note) { return note.find(words) != std::string::npos; });
}

}  // namespace

TEST_CASE("pages vary as ImageJ and OME say", "[stack]") {
    const PageOrder of_imagej = order_of(pages(30), imagej);
    check_axes(of_imagej, "CZT");
    CHECK(of_imagej.notes.empty());
    for (const std::string axes : {"CZT", "CTZ", "ZCT", "ZTC", "TCZ", "TZC"}) {
        for (const std::string data :
             {"", "<TiffData/>", "<TiffData IFD=\"0\" PlaneCount=\"30\"/>", "<TiffData IFD=\"0\" PlaneCount=\"4\"/>"}) {
            std::string all = data;
            if (data.find("\"4\"") != std::string::npos) {  // the rest, page by page
                for (Index page = 4; page < 30; ++page) {
                    for (Index t = 0; t < T; ++t) {
                        for (Index c = 0; c < C; ++c) {
                            for (Index z = 0; z < Z; ++z) {
                                if (page_at(axes, z, c, t) == page) all += tiff_data(page, z, c, t);
                            }
                        }
                    }
                }
            }
            CAPTURE(all);
            const PageOrder order = order_of(pages(30), ome("XY" + axes, all));
            check_axes(order, axes);
            CHECK(order.notes.empty());
        }
    }
}

TEST_CASE("pages vary as tifffile says, the last axis fastest", "[stack]") {
    struct Case {
        std::string shape, axes;  // slowest first
        std::string fastest_first;
    };
    for (const Case& each : {Case{"2, 3, 5, 6, 7", "TCZYX", "ZCT"}, Case{"5, 3, 2, 6, 7", "ZCTYX", "TCZ"},
                             Case{"3, 1, 2, 5, 6, 7, 1", "CQTZYXS", "ZTC"}}) {
        const PageOrder order =
            order_of(pages(30), R"({"shape": [)" + each.shape + R"(], "axes": ")" + each.axes + "\"}");
        CAPTURE(each.shape, order.refusal);
        CHECK(order.refusal.empty());
        CHECK(order.notes.empty());
        CHECK((order.slices == Z && order.channels == C && order.times == T));
        for (Index c = 0; c < C; ++c) {
            for (Index t = 0; t < T; ++t) {
                const auto found = order.pages_of(c, t);
                for (Index z = 0; z < Z; ++z) {
                    CHECK(static_cast<Index>(found.at(static_cast<std::size_t>(z)).value_or(999)) ==
                          page_at(each.fastest_first, z, c, t));
                }
            }
        }
    }
}

TEST_CASE("what is no Z, C or T in tifffile's text is the slices if it is alone", "[stack]") {
    struct Case {
        std::string text;
        Index slices;
        const char *note, *refusal;
    };
    for (const Case& each :
         std::vector<Case>{{R"({"shape": [8, 6, 7]})", 8, "", ""},
                           {R"({"shape": [8, 6, 7], "axes": "IYX"})", 8, "", ""},
                           {R"({"shape": [1, 8, 6, 7, 1], "axes": "QQYXS"})", 8, "", ""},
                           {R"({"shape": [6, 7]})", 8, "", ""},  // each page has a text of its own
                           {R"({"shape": [4, 6, 9]})", 8, "", ""},
                           {R"({"shape": [-8, 6, 7]})", 8, "", ""},
                           {R"({"shape": [1e3, 6, 7]})", 8, "", ""},
                           {R"({"shape": [1000000000, 1000000000, 6, 7]})", 8, "", ""},
                           {R"({"shape": [2, 4, 6, 7]})", 8, "declares 2 x 4; each page is taken for a slice", ""},
                           {R"({"shape": [4, 6, 7]})", 8, "declares 4; each page is taken for a slice", ""},
                           {R"({"shape": [9, 6, 7]})", 8, "", "declares 9; copy it again"},
                           {R"({"shape": [2, 4, 6, 7], "axes": "QZYX"})", 8, "", "declares 2 x 4 of axes QZ"},
                           {R"({"shape": [2, 2, 6, 7], "axes": "CZYX"})", 8, "", "declares 2 x 2 of axes CZ"}}) {
        const PageOrder order = order_of(pages(8), each.text);
        CAPTURE(each.text, order.refusal);
        CHECK(order.slices == each.slices);
        CHECK((order.channels == 1 && order.times == 1));
        CHECK(order.refusal.empty() == std::string(each.refusal).empty());
        CHECK(order.refusal.find(each.refusal) != std::string::npos);
        REQUIRE(order.notes.empty() == std::string(each.note).empty());
        if (!order.notes.empty()) CHECK(order.notes[0].find(each.note) != std::string::npos);
    }
    // Colours are in the page, in front of its rows or behind its columns.
    CHECK(order_of(pages(8), R"({"shape": [8, 6, 7, 3]})", true).notes.empty());
    CHECK(order_of(pages(8), R"({"shape": [8, 3, 6, 7]})", true).notes.empty());
    CHECK_FALSE(order_of(pages(8), R"({"shape": [9, 6, 7, 3]})", true).refusal.empty());
    CHECK_FALSE(order_of(pages(8), R"({"shape": [9, 6, 7]})", true).refusal.empty());  // through a palette
    // One page of a file that said more.
    CHECK(order_of(pages(1), R"({"shape": [8, 6, 7]})").notes.size() == 1);
}

TEST_CASE("OME may name each page, in any order", "[stack]") {
    std::string all;
    for (Index page = 0; page < 30; ++page) {
        const Index other = page * 7 % 30;  // page_at("ZCT") of what lies there
        all += tiff_data(page, other % Z, other / Z % C, other / Z / C);
    }
    const PageOrder order = order_of(pages(30), ome("XYCTZ", all));
    CHECK(order.notes.empty());
    for (Index c = 0; c < C; ++c) {
        for (Index t = 0; t < T; ++t) {
            const auto found = order.pages_of(c, t);
            for (Index z = 0; z < Z; ++z) {
                const auto page = static_cast<Index>(found.at(static_cast<std::size_t>(z)).value());
                CHECK(page * 7 % 30 == page_at("ZCT", z, c, t));
            }
        }
    }
}

TEST_CASE("OME counts pages that are no slices, too", "[stack]") {
    std::vector<Page> some = pages(30);
    for (Page& page : some) page.number += 2;  // two thumbnails first
    const PageOrder order = order_of(some, ome("XYZCT", R"(<TiffData IFD="2" PlaneCount="30"/>)"));
    check_axes(order, "ZCT");
    CHECK(order.notes.empty());
}

TEST_CASE("of several images in an OME text the first is taken", "[stack]") {
    const PageOrder order =
        order_of(pages(36), ome("XYCZT", R"(<TiffData IFD="6" PlaneCount="30"/>)", "",
                                R"(<Image><Pixels><TiffData IFD="0" PlaneCount="6"/></Pixels></Image>)"));
    CHECK(order.slices == Z);
    CHECK(order.pages_of(1, 1).at(2) == 6U + static_cast<std::size_t>(page_at("CZT", 2, 1, 1)));
    CHECK(says(order, "6 pages are left out"));
    // Without page numbers it cannot be known which they are.
    const PageOrder unknown = order_of(pages(36), ome("XYCZT", "", "", "<Image><Pixels/></Image>"));
    CHECK(unknown.refusal.find("and other images, which does not say which page is which") != std::string::npos);
}

TEST_CASE("channels that are samples of one page are none of its pages", "[stack]") {
    const std::string sizes = R"(SizeZ="5" SizeC="9" SizeT="2")";
    check_axes(order_of(pages(30), ome("XYZCT", R"(<Channel SamplesPerPixel="3"/>)", sizes), true), "ZCT");
    check_axes(order_of(pages(30), ome("XYZCT", "", sizes), true), "ZCT");  // as was written until 2008
    // Channels may be counted with their samples or without.
    for (const Index step : {1, 3}) {
        std::string all = R"(<Channel SamplesPerPixel="3"/>)";
        for (Index page = 0; page < 30; ++page) {
            all += tiff_data(page, page % Z, page / Z % C * step, page / Z / C);
        }
        const PageOrder order = order_of(pages(30), ome("XYZCT", all, sizes), true);
        check_axes(order, "ZCT");
        CHECK(order.notes.empty());
    }
    const PageOrder grey = order_of(pages(90), ome("XYZCT", "", sizes));
    CHECK(grey.channels == 9);
}

TEST_CASE("pages that were never written are missing in OME, and that is said", "[stack]") {
    std::string named;
    for (Index page = 0; page < 30; ++page) named += tiff_data(page, page / C % Z, page % C, page / C / Z);
    for (const std::string& words : {ome("XYCZT", ""), ome("XYCZT", "<TiffData/>"), ome("XYCZT", named)}) {
        CAPTURE(words);
        const PageOrder order = order_of(pages(20), words);
        REQUIRE(order.slices == Z);
        CHECK(says(order, "holds 20 pages"));
        CHECK(says(order, "30 (3 channels, 5 slices, 2 points in time)"));
        for (Index z = 0; z < Z; ++z) {
            for (Index c = 0; c < C; ++c) {
                CHECK(order.pages_of(c, 0).at(static_cast<std::size_t>(z)).has_value());
                const bool there = page_at("CZT", z, c, 1) < 20;
                CHECK(order.pages_of(c, 1).at(static_cast<std::size_t>(z)).has_value() == there);
            }
        }
    }
}

TEST_CASE("fewer pages than ImageJ's words tell of are a file that is not whole", "[stack]") {
    for (Index count = 2; count < 30; ++count) {
        CHECK(order_of(pages(count), imagej).refusal.starts_with("holds " + std::to_string(count) + " pages"));
    }
    CHECK(order_of(pages(30), imagej).refusal.empty());
    CHECK_FALSE(order_of(pages(5), "ImageJ=1\nslices=6\n").refusal.empty());
    CHECK_FALSE(order_of(pages(5), "ImageJ=1\nframes=6\n").refusal.empty());
    CHECK_FALSE(order_of(pages(5), "ImageJ=1\nimages=6\n").refusal.empty());
    CHECK_FALSE(order_of(pages(5), "ImageJ=1\nimages=6\nslices=5\n").refusal.empty());
    CHECK(order_of(pages(5), "ImageJ=1\nimages=5\nslices=5\n").refusal.empty());
}

TEST_CASE("impossible words are reported", "[stack]") {
    SECTION("more pages than words") {
        CHECK(
            order_of(pages(31), imagej).refusal.starts_with("holds 31 pages, its ImageJ text declares 30 images, 3 "));
        CHECK_FALSE(order_of(pages(31), ome("XYCZT", "")).refusal.empty());
        const PageOrder plain = order_of(pages(6), "ImageJ=1\nimages=5\nslices=5\n");
        CHECK(is_plain(plain, 6));
        CHECK(says(plain, "each page is taken for a slice"));
        CHECK(is_plain(order_of(pages(6), ome("XYCZT", "", R"(SizeZ="5")")), 6));
    }
    SECTION("a page that is two slices, and a slice that is two pages") {
        const std::string twice_page = tiff_data(0, 0, 0, 0) + R"(<TiffData IFD="0" PlaneCount="30"/>)";
        const std::string twice_slice = tiff_data(0, 0, 0, 0) + tiff_data(1, 0, 0, 0);
        const std::string from_one = tiff_data(0, 5, 3, 2);
        for (const std::string& data : {twice_page, twice_slice, from_one}) {
            const PageOrder order = order_of(pages(30), ome("XYTZC", data));
            check_axes(order, "TZC");
            CHECK(says(order, "impossible"));
        }
    }
    SECTION("pages of other files") {
        const std::string files = R"(<TiffData IFD="0"><UUID FileName="a">1</UUID></TiffData>)"
                                  R"(<TiffData IFD="0"><UUID FileName="b">2</UUID></TiffData>)";
        const PageOrder order = order_of(pages(30), ome("XYCZT", files));
        CHECK(order.refusal.starts_with("is one of a set of 2 files"));
    }
    SECTION("a text that was cut off names some of its pages only") {
        std::string text = ome("XYCZT", tiff_data(0, 0, 0, 0));
        text.insert(text.find("</Pixels>"), std::string(stack2nrrd::most_description_bytes, ' '));
        text.resize(stack2nrrd::most_description_bytes);
        check_axes(order_of(pages(30), text), "CZT");
    }
    SECTION("numbers out of this world") {
        const std::string huge = "1000000000";
        const std::string sizes = "SizeZ=\"" + huge + "\" SizeC=\"" + huge + "\" SizeT=\"" + huge + "\"";
        for (const std::string& words :
             {ome("XYCZT", "<TiffData/>", sizes), "ImageJ=1\nimages=7\nchannels=" + huge + "\nslices=" + huge + "\n",
              ome("XYCZT", "", "SizeZ=\"" + huge + "\" SizeC=\"1\" SizeT=\"1\"")}) {
            CHECK(is_plain(order_of(pages(7), words), 7));
            CHECK_FALSE(order_of(pages(7), words).refusal.empty());
        }
        const std::string far = "<TiffData IFD=\"" + huge + "\" PlaneCount=\"" + huge + "\"/>";
        CHECK(order_of(pages(30), ome("XYCZT", far)).slices == Z);
    }
    SECTION("no words") {
        CHECK(is_plain(order_of(pages(4), ""), 4));
        CHECK(order_of(pages(4), "").notes.empty());
        CHECK(is_plain(order_of(pages(1), imagej), 1));
        CHECK(is_plain(order_of(pages(4), R"(<OME><BinaryOnly MetadataFile="m.ome"/></OME>)"), 4));
    }
}
