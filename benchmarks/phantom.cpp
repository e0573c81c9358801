// A made-up micro-CT scan of a bone, as a folder of TIFF slices: air with noise, a specimen holder, a cortical shell,
// trabecular texture (a gyroid, bent by blobs), marrow with soft blobs, and exact zero beyond the round field of view.
//
//     stack2nrrd_phantom FOLDER [--size N] [--slices N] [--seed S] [--type uint8|uint16]
//
// The same arguments give the same bytes on every machine: only + - * / and sqrt are used, which IEEE 754 rounds
// exactly, the sine is a polynomial of our own, noise comes from integers, and the TIFF files are written by hand.

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace {

struct Arguments {
    std::filesystem::path folder;
    int size = 480;  // samples a side of a slice
    int slices = 300;
    std::uint64_t seed = 1;
    bool bytes = false;  // uint8 instead of uint16
};

// splitmix64: turns a counter into 64 bits of noise (Steele, Lea, Flood, "Fast splittable pseudorandom number
// generators", OOPSLA 2014).
std::uint64_t scrambled(std::uint64_t counter) {
    std::uint64_t z = counter * 0x9E3779B97F4A7C15u + 0x9E3779B97F4A7C15u;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
}

// Nearly Gaussian, mean 0, deviation 1: the sum of the eight bytes of a random number.
float gaussian(std::uint64_t bits) {
    std::uint64_t pairs = (bits & 0x00FF00FF00FF00FFu) + ((bits >> 8) & 0x00FF00FF00FF00FFu);
    pairs += pairs >> 32;
    const auto sum = static_cast<int>((pairs & 0xFFFFu) + ((pairs >> 16) & 0xFFFFu));  // 0 … 8 · 255
    return static_cast<float>(sum - 4 * 255) / 209.0F;  // √(8 · (256² − 1)/12) = 209.0
}

// sin(2π·turns), from a table whose entries are Taylor sums.
class Sine {
public:
    Sine() {
        for (std::size_t i = 0; i < table_.size(); ++i) {
            const double quarter = static_cast<double>(i % (steps / 4)) / (steps / 4);
            const int which = static_cast<int>(i / (steps / 4));
            const double x = (which % 2 == 0 ? quarter : 1 - quarter) * 1.5707963267948966;
            double term = x;
            double sum = x;
            for (int n = 1; n < 12; ++n) {
                term *= -x * x / ((2 * n) * (2 * n + 1));
                sum += term;
            }
            table_[i] = static_cast<float>(which < 2 ? sum : -sum);
        }
    }
    float operator()(float turns) const {
        return table_[static_cast<std::size_t>(static_cast<std::int32_t>(turns * steps) & (steps - 1))];
    }

private:
    static constexpr int steps = 4096;
    std::array<float, steps> table_{};
};

// A smooth periodic field of soft blobs: random numbers on a coarse grid, smoothed, read trilinearly.
class Blobs {
public:
    explicit Blobs(std::uint64_t seed) : field_(cells * cells * cells) {
        for (std::size_t i = 0; i < field_.size(); ++i) field_[i] = gaussian(scrambled(seed * 0x1000000u + i));
        for (int round = 0; round < 2; ++round) {
            for (const std::size_t stride : {std::size_t{1}, cells, cells * cells}) smooth(stride);
        }
        double squares = 0;
        for (const float v : field_) squares += static_cast<double>(v) * static_cast<double>(v);
        const auto deviation = static_cast<float>(std::sqrt(squares / static_cast<double>(field_.size())));
        for (float& v : field_) v /= deviation;
    }

    // One row of the field at x = 0, 1/size, …, for y and z in [0, 1).
    void row(float y, float z, std::vector<float>& out) const {
        std::array<float, cells + 1> line{};
        const float fy = y * cells;
        const float fz = z * cells;
        const auto iy = static_cast<std::size_t>(fy);
        const auto iz = static_cast<std::size_t>(fz);
        const float ty = fy - static_cast<float>(iy);
        const float tz = fz - static_cast<float>(iz);
        for (std::size_t i = 0; i <= cells; ++i) {
            line[i] =
                mix(mix(at(i, iy, iz), at(i, iy + 1, iz), ty), mix(at(i, iy, iz + 1), at(i, iy + 1, iz + 1), ty), tz);
        }
        for (std::size_t x = 0; x < out.size(); ++x) {
            const float fx = static_cast<float>(x) * cells / static_cast<float>(out.size());
            const auto ix = static_cast<std::size_t>(fx);
            out[x] = mix(line[ix], line[ix + 1], fx - static_cast<float>(ix));
        }
    }

private:
    static constexpr std::size_t cells = 16;
    static float mix(float a, float b, float t) { return a + (b - a) * t; }
    [[nodiscard]] float at(std::size_t x, std::size_t y, std::size_t z) const {
        return field_[((z % cells) * cells + y % cells) * cells + x % cells];
    }
    void smooth(std::size_t stride) {
        std::array<float, cells> line{};
        for (std::size_t start = 0; start < field_.size(); ++start) {
            if (start / stride % cells != 0) continue;
            for (std::size_t i = 0; i < cells; ++i) line[i] = field_[start + i * stride];
            for (std::size_t i = 0; i < cells; ++i) {
                field_[start + i * stride] =
                    0.5F * line[i] + 0.25F * (line[(i + 1) % cells] + line[(i + cells - 1) % cells]);
            }
        }
    }

    std::vector<float> field_;
};

// 0 outside, 1 inside, with an edge about one sample wide. `depth` is in half sizes.
float inside(float depth, float samples) { return std::clamp(0.5F + depth * samples, 0.0F, 1.0F); }

class Phantom {
public:
    explicit Phantom(const Arguments& arguments)
        : size_(arguments.size),
          slices_(arguments.slices),
          seed_(arguments.seed),
          blobs_(arguments.seed),
          bend_(static_cast<std::size_t>(arguments.size)) {}

    // Slice z, 16 bit, rows from top to bottom.
    void slice(int z, std::vector<std::uint16_t>& out) {
        const float half = 0.5F * static_cast<float>(size_);
        const float height = static_cast<float>(z) / static_cast<float>(slices_);
        const float cx = 0.08F * sine_(height * 0.5F);  // the bone leans
        const float cy = 0.06F * sine_(height * 0.4F + 0.25F);
        const float waist = 1.0F - 0.12F * sine_(height * 0.5F);
        const float gz = static_cast<float>(z) / (3 * period);

        auto* sample = out.data();
        for (int y = 0; y < size_; ++y) {
            const float py = (static_cast<float>(y) + 0.5F) / half - 1.0F;
            const float gy = static_cast<float>(y) / (3 * period);
            blobs_.row(static_cast<float>(y) / static_cast<float>(size_), height, bend_);
            std::uint64_t counter =
                ((seed_ * 65536u + static_cast<std::uint64_t>(z)) * 65536u + static_cast<std::uint64_t>(y)) * 65536u;
            for (int x = 0; x < size_; ++x, ++sample, ++counter) {
                const float px = (static_cast<float>(x) + 0.5F) / half - 1.0F;
                const float radius = std::sqrt(px * px + py * py);
                if (radius > 0.985F) {
                    *sample = 0;
                    continue;
                }
                const float blob = bend_[static_cast<std::size_t>(x)];
                const float ex = (px - cx) / (0.62F * waist);
                const float ey = (py - cy) / (0.5F * waist);
                const float wall = std::sqrt(ex * ex + ey * ey) + 0.02F * blob;  // 1 on the outer face of the bone
                const float bone = inside(1.0F - wall, half * 0.5F);

                float value = 9000;  // air
                if (bone > 0) {
                    // The gyroid's axes stand obliquely to those of the slices: (2,-1,2)/3, (2,2,-1)/3, (-1,2,2)/3.
                    const float gx = static_cast<float>(x) / (3 * period);
                    const float a = 2 * gx - gy + 2 * gz + 0.25F * blob;
                    const float b = 2 * gx + 2 * gy - gz + 0.18F * blob;
                    const float c = 2 * gy + 2 * gz - gx;
                    const float gyroid =
                        sine_(a) * sine_(b + 0.25F) + sine_(b) * sine_(c + 0.25F) + sine_(c) * sine_(a + 0.25F);
                    const float trabecula = 0.85F * std::clamp((gyroid - 0.45F) * 4.0F, 0.0F, 1.0F);
                    const float cortex = inside(wall - 0.89F, half * 0.5F);
                    value += bone * (9500 + 900 * blob);  // marrow
                    value += bone * std::max(trabecula, cortex) * (24000 + 1500 * blob);
                }
                const float ring = radius - 0.9F;
                value += (1 - bone) * inside(0.02F - (ring < 0 ? -ring : ring), half) * 5000;  // holder
                value += gaussian(scrambled(counter)) * (500 + value * 0.01F);
                *sample = static_cast<std::uint16_t>(std::clamp(value + 0.5F, 0.0F, 65535.0F));
            }
        }
    }

private:
    static constexpr float period = 24;  // samples from one trabecula to the next

    int size_;
    int slices_;
    std::uint64_t seed_;
    Sine sine_;
    Blobs blobs_;
    std::vector<float> bend_;
};

// The smallest TIFF there is: header, samples in one strip, one directory. Little endian, uncompressed.
std::string tiff(const std::vector<std::uint16_t>& samples, int size, bool bytes) {
    const auto number = [](std::uint64_t value, int length) {
        std::string text;
        for (int i = 0; i < length; ++i) text.push_back(static_cast<char>((value >> (8 * i)) & 0xFF));
        return text;
    };
    const std::uint64_t payload = samples.size() * (bytes ? 1 : 2);
    const std::uint64_t directory = 8 + payload + payload % 2;

    std::string file = "II" + number(42, 2) + number(directory, 4);
    file.reserve(directory + 128);
    for (const std::uint16_t sample : samples) {
        if (!bytes) file.push_back(static_cast<char>(sample & 0xFF));
        file.push_back(static_cast<char>(sample >> 8));
    }
    file.resize(directory);

    struct Entry {
        std::uint16_t tag;
        std::uint16_t type;  // 3: 16 bit, 4: 32 bit
        std::uint64_t value;
    };
    const auto side = static_cast<std::uint64_t>(size);
    const std::array<Entry, 9> entries{{{256, 4, side},              // width
                                        {257, 4, side},              // height
                                        {258, 3, bytes ? 8u : 16u},  // bits a sample
                                        {259, 3, 1},                 // no compression
                                        {262, 3, 1},                 // black is zero
                                        {273, 4, 8},                 // where the strip begins
                                        {277, 3, 1},                 // samples a pixel
                                        {278, 4, side},              // rows a strip
                                        {279, 4, payload}}};         // bytes of the strip
    file += number(entries.size(), 2);
    for (const Entry& entry : entries) {
        file += number(entry.tag, 2) + number(entry.type, 2) + number(1, 4) + number(entry.value, 4);
    }
    return file + number(0, 4);
}

template <typename Number>
Number parse(std::string_view text, Number low, Number high) {
    Number value{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size() || value < low || value > high) {
        throw std::invalid_argument("'" + std::string(text) + "' is not a number from " + std::to_string(low) + " to " +
                                    std::to_string(high));
    }
    return value;
}

Arguments parse_arguments(const std::vector<std::string>& words) {
    Arguments arguments;
    for (std::size_t i = 0; i < words.size(); ++i) {
        const std::string& word = words[i];
        if (!word.starts_with("--")) {
            if (!arguments.folder.empty()) throw std::invalid_argument("more than one folder");
            arguments.folder = word;
            continue;
        }
        if (i + 1 == words.size()) throw std::invalid_argument(word + " needs a value");
        const std::string& value = words[++i];
        if (word == "--size") {
            arguments.size = parse(value, 8, 16384);
        } else if (word == "--slices") {
            arguments.slices = parse(value, 1, 65535);
        } else if (word == "--seed") {
            arguments.seed = parse<std::uint64_t>(value, 0, 65535);
        } else if (word == "--type" && (value == "uint8" || value == "uint16")) {
            arguments.bytes = value == "uint8";
        } else {
            throw std::invalid_argument(word + " " + value + " is unknown");
        }
    }
    if (arguments.folder.empty()) throw std::invalid_argument("no folder");
    return arguments;
}

void write_phantom(const Arguments& arguments) {
    std::filesystem::create_directories(arguments.folder);
    Phantom phantom(arguments);
    std::vector<std::uint16_t> samples(static_cast<std::size_t>(arguments.size) *
                                       static_cast<std::size_t>(arguments.size));
    for (int z = 0; z < arguments.slices; ++z) {
        phantom.slice(z, samples);
        std::string number = std::to_string(z);
        number.insert(0, number.size() < 4 ? 4 - number.size() : 0, '0');
        const std::filesystem::path path = arguments.folder / ("phantom_" + number + ".tif");
        const std::string bytes = tiff(samples, arguments.size, arguments.bytes);
        std::ofstream file(path, std::ios::binary);
        file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
        file.close();
        if (!file) throw std::runtime_error(path.string() + ": cannot be written");
    }
}

}  // namespace

int main(int argc, char** argv) {
    try {
        write_phantom(parse_arguments({argv + 1, argv + argc}));
        return 0;
    } catch (const std::invalid_argument& error) {
        std::cerr << "stack2nrrd_phantom: " << error.what()
                  << "\nusage: stack2nrrd_phantom FOLDER [--size N] [--slices N] [--seed S] [--type uint8|uint16]\n";
        return 2;
    } catch (const std::exception& error) {
        std::cerr << "stack2nrrd_phantom: " << error.what() << '\n';
        return 5;
    }
}
