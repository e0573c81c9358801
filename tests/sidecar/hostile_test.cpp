// No text may crash, hang, or take memory out of proportion.

#include "sidecar/description.hpp"

#include "samples.hpp"
#include "support/catch.hpp"

#include <chrono>
#include <random>

namespace stack2nrrd::test {

namespace {

constexpr std::size_t large = 10'000'000;
constexpr double patience_seconds = 120;  // quadratic time would be hours

/// Everything that reads text, as every kind of file.
void read_in_every_way(std::string_view text) {
    std::size_t doubts = 0;
    for (const SidecarFormat* format : sidecar_formats()) {
        Sidecar sidecar;
        (void)format->matches(text);
        format->parse(text, sidecar);  // also what does not match
        doubts += sidecar.doubts.size();
    }
    if (const auto imagej = parse_imagej(text)) doubts += imagej->doubts.size();
    if (const auto tifffile = parse_tifffile(text)) doubts += tifffile->shape.size();
    if (const auto ome = parse_ome(text)) doubts += ome->doubts.size();
    doubts += spacing_from(text, Density{1, 1, DensityUnit::none}).doubts.size();
    REQUIRE(doubts < 200);
}

std::vector<std::string> all_texts() {
    std::vector<std::string> texts;
    for (const Sample& sample : sidecar_samples()) texts.push_back(sample.text);
    texts.push_back(imagej_text());
    texts.emplace_back(R"({"axes": "CZYX", "shape": [2, 8, 6, 7], "truncated": true})");
    texts.push_back(ome_text());
    return texts;
}

std::string repeated(std::string_view unit, std::size_t bytes) {
    std::string text;
    text.reserve(bytes + unit.size());
    while (text.size() < bytes) text += unit;
    return text;
}

}  // namespace

TEST_CASE("every prefix of every sample is read", "[sidecar]") {
    for (const Sample& sample : sidecar_samples()) {
        for (std::size_t size = 0; size <= sample.text.size(); ++size) {
            const std::string exact(sample.text, 0, size);  // its own memory: a read behind it is seen
            (void)parse_sidecar(sample.file_name, exact);
        }
    }
    for (const std::string& text : all_texts()) {
        for (std::size_t size = 0; size <= text.size(); ++size) {
            const std::string exact(text, 0, size);
            read_in_every_way(exact);
        }
    }
}

TEST_CASE("mutated samples are read", "[sidecar]") {
    std::mt19937 random(20240501);
    using namespace std::string_view_literals;
    constexpr std::string_view bytes = "\0\xFF\xB5\xC2=[]<>\"'/&;#{}:,.\r\n -!?09eE()"sv;
    const auto below = [&](std::size_t end) { return static_cast<std::size_t>(random() % end); };
    for (const std::string& text : all_texts()) {
        for (int round = 0; round < 1500; ++round) {
            std::string spoilt = text;
            for (std::size_t change = below(6) + 1; change > 0; --change) {
                const std::size_t at = below(spoilt.size());
                switch (below(4)) {
                    case 0: spoilt[at] = bytes[below(bytes.size())]; break;
                    case 1: spoilt.erase(at, below(40)); break;
                    case 2: spoilt.insert(at, spoilt.substr(below(spoilt.size()), below(80))); break;
                    default: spoilt.insert(at, 1, static_cast<char>(below(256))); break;
                }
                if (spoilt.empty()) spoilt = "=";
            }
            read_in_every_way(spoilt);
        }
    }
}

TEST_CASE("ten megabytes of malice take time in proportion", "[sidecar]") {
    const std::string sky = "[Reconstruction]\n";
    const std::string pixels = "<OME><Image><Pixels DimensionOrder='XYZCT' SizeX='5'";
    const std::vector<std::pair<const char*, std::string>> texts{
        {"one line", std::string(large, 'a')},
        {"zero bytes", std::string(large, '\0')},
        {"line ends", std::string(large, '\n')},
        {"returns", std::string(large, '\r') + "\n"},
        {"lines of an old Mac", repeated("a=b\r", large) + "\n"},
        {"blanks", sky + std::string(large, ' ')},
        {"sections", repeated("[Reconstruction]\n[VolumeData]\n[XTekCT]\n", large)},
        {"open sections", std::string(large, '[')},
        {"one key", sky + repeated("Pixel Size (um)=5\n", large)},
        {"a key in two ways", sky + repeated("Pixel Size (um)=5\nPixel Size (um)=6\nFirst Section=x\n", large)},
        {"a long number", sky + "Pixel Size (um)=" + std::string(large, '1')},
        {"a long zero", sky + "Pixel Size (um)=0," + std::string(large, '0') + "1"},
        {"a long integer", sky + "First Section=" + std::string(large, '9')},
        {"a long unit", sky + "Pixel Size (" + std::string(large, 'u') + ")=1"},
        {"a long prefix", sky + "[File name convention]\nFilename Prefix=" + std::string(large, '\xB5')},
        {"equal signs", sky + std::string(large, '=')},
        {"quotes", sky + "x=" + std::string(large, '"')},
        {"a long ImageJ unit", "ImageJ=1\nunit=" + std::string(large, '\xFC')},
        {"many ImageJ keys", "ImageJ=1\n" + repeated("images=5\nspacing=x\nunit=um\n", large)},
        {"open tags", repeated("<", large)},
        {"deep tags", "<OME>" + repeated("<Image>", large)},
        {"deeper tags", "<OME>" + repeated("<a>", large)},
        {"closed tags", "<OME>" + repeated("</a>", large)},
        {"open comments", "<OME>" + repeated("<!--", large)},
        {"closed comments", "<OME>" + repeated("<!---->", large)},
        {"open CDATA", "<OME>" + repeated("<![CDATA[", large)},
        {"declarations", repeated("<!ENTITY a '&b;&b;&b;'>", large) + "<OME/>"},
        {"open values", "<OME>" + repeated("<a b='", large)},
        {"quotes in tags", "<OME " + repeated("\"'", large)},
        {"many attributes", pixels + repeated(" a='b'", large) + "/></Image></OME>"},
        {"broken attributes", pixels + repeated(" = a", large) + "/></Image></OME>"},
        {"the same attribute", pixels + repeated(" SizeZ='x'", large) + "/></Image></OME>"},
        {"a long value", pixels + " PhysicalSizeX='" + std::string(large, '9') + "'/></Image></OME>"},
        {"a long value of entities", pixels + " PhysicalSizeX='1' PhysicalSizeXUnit='" + repeated("&#181;", large) +
                                         "' Type='" + repeated("&amp;", large) + "'/></Image></OME>"},
        {"ampersands", pixels + " PhysicalSizeX='1' PhysicalSizeXUnit='" + repeated("&", large) + "'/></Image></OME>"},
        {"many images", "<OME>" + repeated("<Image><Pixels/></Image>", large)},
        {"many channels", pixels + ">" + repeated("<Channel SamplesPerPixel='x'/>", large)},
        {"many files", pixels + ">" + repeated("<TiffData><UUID FileName='a'>", large)},
        {"much data", pixels + ">" + repeated("<TiffData/>", large + 2'000'000)},
        {"open JSON", repeated("[", large)},
        {"deep JSON", repeated("{\"a\":", large)},
        {"JSON strings", "{\"type\":[" + repeated("\"a\",", large)},
        {"JSON backslashes", "{\"type\":\"" + repeated("\\", large)},
        {"JSON quotes", "{\"type\":" + repeated("\"", large)},
        {"JSON words", "{\"type\":" + repeated("a ", large)},
        {"a long JSON word", "{\"type\":" + repeated("a", large)},
    };
    for (const auto& [name, text] : texts) {
        CAPTURE(name);
        const auto start = std::chrono::steady_clock::now();
        read_in_every_way(text);
        const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
        CHECK(seconds < patience_seconds);
    }
}

TEST_CASE("what OME data take in memory has an end", "[sidecar]") {
    std::string text = "<OME><Image><Pixels DimensionOrder='XYZCT'>";
    text += repeated("<TiffData/>", 11 * 1'000'010) + "</Pixels></Image></OME>";
    const auto ome = parse_ome(text);
    REQUIRE(ome.has_value());
    CHECK(ome->tiff_data.size() == 1'000'000);
    CHECK(contains(ome->doubts, "more than 1000000"));
}

}  // namespace stack2nrrd::test
