#include <stack2nrrd/verify.hpp>

#include "core/file.hpp"
#include "core/text.hpp"
#include "import/inputs.hpp"
#include "import/recalled_options.hpp"
#include "sink/slab_checksums.hpp"
#include "sink/value_range.hpp"
#include "verify/where.hpp"
#include "verify/written.hpp"
#include "volume/piece.hpp"
#include "volume/sample_reader.hpp"

#include <stack2nrrd/error.hpp>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <memory>

namespace stack2nrrd {

namespace {

/// What the header says of the samples' checksums. None if it is in no form that can be read.
struct Expected {
    Index per_slab = 0;
    std::vector<std::uint32_t> values;
};

std::optional<Expected> expected_of(std::string_view text, Index slices) {
    Expected expected;
    for (const std::string_view word : split(text, ' ')) {
        if (expected.per_slab == 0) {
            expected.per_slab = parse_integer(word).value_or(0);
            if (expected.per_slab < 1) return std::nullopt;
            continue;
        }
        std::uint32_t value = 0;
        const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), value, 16);
        if (word.size() != 8 || error != std::errc{} || end != word.data() + word.size()) return std::nullopt;
        expected.values.push_back(value);
    }
    if (expected.per_slab == 0) return std::nullopt;
    const Index slabs = slices / expected.per_slab + (slices % expected.per_slab != 0 ? 1 : 0);
    if (static_cast<Index>(expected.values.size()) != slabs) return std::nullopt;
    return expected;
}

/// Takes the samples as they pass.
struct Passing final : RowSink {
    Passing(const NrrdVolume& volume, Index per_slab)
        : row_bytes(volume.image().row_bytes()),
          checksums(volume.size[2], per_slab),
          range(volume.type, volume.channels()) {}

    void rows(Index, Index count, const std::byte* samples) override {
        const std::span all(samples, static_cast<std::size_t>(count) * row_bytes);
        checksums.add(all);
        range.add(all);
    }

    std::size_t row_bytes;
    SlabChecksums checksums;
    ValueRange range;
};

class Verifier {
public:
    Verifier(const std::filesystem::path& path, const KeepGoing& keep_going)
        : keep_going_(keep_going), written_(read_written(path)) {
        result_.file = path;
        result_.slices = written_.volume.size[2];
    }

    Verification run(const Stack* input) {
        check_header();
        if (expected_) check_samples();
        if (result_.header_as_written) check_inputs(input);
        std::stable_sort(result_.problems.begin(), result_.problems.end(),
                         [](const Problem& a, const Problem& b) { return a.fatal && !b.fatal; });
        return std::move(result_);
    }

private:
    [[nodiscard]] std::string value(std::string_view key) const { return value_of(written_.volume.key_values, key); }

    void add(ErrorCode code, const std::string& sentence) {
        result_.problems.push_back({code, true, written_.shown + ": " + sentence});
    }

    void check_header() {
        const std::string text = value(samples_crc_key);
        if (text.empty() && !written_.header_as_written) {
            throw Error(ErrorCode::invalid_argument,
                        written_.shown +
                            ": has no checksums in its header, those that stack2nrrd writes were expected; there is "
                            "nothing to compare its samples with");
        }
        result_.header_as_written = written_.header_as_written.value_or(false);
        if (!written_.header_as_written) {
            add(ErrorCode::corrupt,
                "its header has lost its own checksum, and may have been changed since it was written; copy it again "
                "from its source");
        } else if (!result_.header_as_written) {
            add(ErrorCode::corrupt,
                "its header was changed since it was written; copy it again from its source, or make it again");
        }
        expected_ = expected_of(text, result_.slices);
        if (!expected_) {
            add(ErrorCode::corrupt,
                "the checksums of its samples are missing or do not fit its slices, so that samples were not "
                "compared");
            return;
        }
        result_.slices_per_slab = expected_->per_slab;
        result_.slabs = static_cast<Index>(expected_->values.size());
    }

    void check_samples() {
        const auto volume = std::make_shared<const NrrdVolume>(written_.volume);
        Passing passing(*volume, expected_->per_slab);
        SampleReader reader(volume);
        std::string failure;
        Index z = 0;
        try {
            for (; z < result_.slices; ++z) {
                keep_going(z);
                reader.read_slice(z, {}, passing);
                passing.checksums.end_slice();
            }
        } catch (const Error& error) {
            if (error.code() != ErrorCode::corrupt) throw;
            failure = error.what();
        }
        const std::vector<std::uint32_t>& found = passing.checksums.values();
        for (std::size_t i = 0; i < found.size(); ++i) {
            if (found[i] != expected_->values[i]) result_.damaged.push_back(static_cast<Index>(i));
        }
        // Behind its last sample a compressed file has a checksum of all: it may be wrong because a slab is.
        const bool is_of_all = z + 1 == result_.slices && !result_.damaged.empty();
        if (!failure.empty() && !is_of_all) result_.unreadable_from = z;
        tell_of_samples(failure);
        if (!failure.empty() && is_of_all) add(ErrorCode::corrupt, "and at its end: " + failure);
        if (failure.empty()) check_end(*volume, reader);
        if (failure.empty() && result_.damaged.empty()) check_range(passing.range);
    }

    void keep_going(Index done) {
        const auto now = std::chrono::steady_clock::now();
        if (!keep_going_ || now - before_ < std::chrono::milliseconds(100)) return;
        before_ = now;
        if (!keep_going_({done, result_.slices, {}})) throw Error(ErrorCode::cancelled, "the check was cancelled");
    }

    /// "slab 3 (slices 6 to 7)"
    [[nodiscard]] std::string slab_text(Index slab) const {
        const Index first = slab * result_.slices_per_slab;
        const Index last = std::min(first + result_.slices_per_slab, result_.slices) - 1;
        return std::to_string(slab) +
               (first == last ? " (slice " + std::to_string(first)
                              : " (slices " + std::to_string(first) + " to " + std::to_string(last)) +
               ")";
    }

    void tell_of_samples(const std::string& failure) {
        constexpr std::size_t most = 5;
        const std::vector<Index>& damaged = result_.damaged;
        if (!damaged.empty()) {
            std::string slabs = damaged.size() == 1 ? "slab " : "slabs ";
            for (std::size_t i = 0; i < std::min(damaged.size(), most); ++i) {
                slabs += (i == 0 ? "" : ", ") + slab_text(damaged[i]);
            }
            if (damaged.size() > most) slabs += " and " + std::to_string(damaged.size() - most) + " more";
            add(ErrorCode::corrupt, slabs + (damaged.size() == 1 ? " is not as it was" : " are not as they were") +
                                        " written; copy the file again from its source, or make it again");
        }
        if (result_.unreadable_from) {
            add(ErrorCode::corrupt, "from slice " + std::to_string(*result_.unreadable_from) + " in slab " +
                                        slab_text(*result_.unreadable_from / result_.slices_per_slab) +
                                        " on its samples cannot be read: " + failure);
        }
    }

    /// Whether something follows the samples.
    void check_end(const NrrdVolume& volume, const SampleReader& reader) {
        bool surplus = reader.files_with_surplus() > 0;
        for (std::size_t i = 0; volume.encoding == NrrdEncoding::raw && i < volume.files.size(); ++i) {
            InputFile data = open_piece(volume, i);
            surplus = surplus || locate_piece(volume, data).surplus > 0;
        }
        if (!surplus) return;
        result_.samples_complete = false;
        add(ErrorCode::corrupt, "has bytes behind its last sample that were not written with it; copy it again");
    }

    void check_range(const ValueRange& range) {
        const auto differs = [&](const char* key, const std::string& found) {
            const std::string own = value(key);
            return !own.empty() && own != found;
        };
        if (!differs("min", range.min_text()) && !differs("max", range.max_text())) return;
        result_.header_as_written = false;
        add(ErrorCode::corrupt, "its samples reach from " + range.min_text() + " to " + range.max_text() +
                                    ", but its header says from " + printable(value("min")) + " to " +
                                    printable(value("max")) + "; make it again");
    }

    void check_inputs(const Stack* input) {
        const std::string recorded = value("stack2nrrd_inputs");
        if (recorded.empty()) return;
        result_.inputs_recorded = number_in_inputs(recorded);
        if (input != nullptr) {
            result_.input = path_from_utf8(input->name);
            return compare(recorded, *input, true);
        }
        result_.inputs = InputState::not_found;
        result_.input = source_beside(written_, result_.file);
        if (result_.input.empty()) return;
        try {
            const Stack found = find_stack(result_.input, finding_options(written_));
            compare(recorded, found, false);
        } catch (const Error& error) {
            if (error.code() == ErrorCode::cancelled || error.code() == ErrorCode::io) throw;
            result_.inputs = InputState::changed;
            add(ErrorCode::changed, std::string("its input is not what it was: ") + error.what());
        }
    }

    void compare(const std::string& recorded, const Stack& input, bool is_given) {
        const std::string found = inputs_text(input.files);
        const std::string files = number_in_inputs(found);
        const bool as_many = files == result_.inputs_recorded;
        // One file may stand for its series, and may have been one of those that were given.
        if (!is_given && !as_many && !disk::is_folder(result_.input)) return;
        result_.inputs = found == recorded ? InputState::unchanged : InputState::changed;
        if (found == recorded) return;
        add(ErrorCode::changed,
            "its input " + printable(utf8(result_.input)) +
                (as_many ? " has as many files as then (" + files + "), but others by name, size or order"
                         : " has " + files + ", those " + result_.inputs_recorded +
                               " were expected that it was made from") +
                "; find the old ones, or make it again");
    }

    const KeepGoing& keep_going_;
    Written written_;
    Verification result_;
    std::optional<Expected> expected_;
    std::chrono::steady_clock::time_point before_{};
};

}  // namespace

bool Verification::good() const noexcept {
    return std::none_of(problems.begin(), problems.end(), [](const Problem& problem) { return problem.fatal; });
}

ErrorCode Verification::code() const noexcept { return problems.empty() ? ErrorCode::corrupt : problems.front().code; }

Verification verify(const std::filesystem::path& volume, const Stack* input, const KeepGoing& keep_going) {
    return Verifier(volume, keep_going).run(input);
}

}  // namespace stack2nrrd
