#pragma once

// What the tests of the codecs share: files that go away, a sink that remembers, a checksum.

#include "codec/codec.hpp"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace stack2nrrd::test {

using Bytes = std::vector<std::byte>;

/// A folder that goes away with its files.
class TemporaryFolder {
public:
    TemporaryFolder();
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;
    ~TemporaryFolder();
    [[nodiscard]] std::string file(const std::string& name) const;

private:
    std::filesystem::path folder_;
};

[[nodiscard]] Bytes read_bytes(const std::string& file);
void write_bytes(const std::string& file, std::span<const std::byte> bytes);

/// Appends `value` in `size` bytes.
void put_little(Bytes& bytes, std::uint64_t value, int size);

struct Slice {
    ImageInfo image;
    Bytes samples;
};

/// Probes and decodes with the codec that the first bytes call for; an empty range is everything. On two benches, one
/// of which has leftovers of all that was decoded before: the samples must be the same.
[[nodiscard]] Slice decode_file(const std::string& file, Range rows = {}, std::int64_t place = 0,
                                Samples samples = Samples::shown);

/// The same, on this bench.
[[nodiscard]] Slice decode_on(Workbench& bench, const std::string& file, Range rows = {}, std::int64_t place = 0,
                              Samples samples = Samples::shown);

/// What the header at `place` says, and where the slices of the file are.
[[nodiscard]] Probe probe_file(const std::string& file, std::int64_t place = 0, Samples samples = Samples::shown);
[[nodiscard]] Pages pages_of(const std::string& file);

/// The sentence of the Error that decoding throws, "" if it throws none. `code` receives its code.
[[nodiscard]] std::string refusal(const std::string& file, ErrorCode* code = nullptr);

/// Decodes several row ranges and compares them with the same part of `whole`.
[[nodiscard]] bool ranges_agree(const std::string& file, const Slice& whole);

/// Decodes each beginning of the file; true if each gives `whole` or an Error.
[[nodiscard]] bool prefixes_are_safe(const std::string& file, const Slice& whole);

/// Changes one byte after another in several ways; any Error and any samples will do, anything else will not.
void corrupt_each_byte(const std::string& file);

/// SHA-256, the first 24 hexadecimal digits.
[[nodiscard]] std::string sha256_24(std::span<const std::byte> bytes);

/// Reproducible bytes that do not compress.
[[nodiscard]] Bytes noise(std::size_t size, std::uint32_t seed = 1);

/// Reproducible bytes that compress: a slow ramp with a little noise in each byte.
[[nodiscard]] Bytes ramp(std::size_t size);

}  // namespace stack2nrrd::test
