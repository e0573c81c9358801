// A program's own source: a struct of C as a Source.

#include "own_source.hpp"

#include "handle.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstring>
#include <mutex>
#include <string>
#include <vector>

namespace stack2nrrd::capi {

namespace {

[[noreturn]] void refuse(const stack2nrrd_source& source, const std::string& sentence) {
    throw Error(ErrorCode::invalid_argument, std::string(source.name) + ": " + sentence);
}

std::int64_t rows_at_once(const stack2nrrd_source& source) {
    return source.rows_at_once == 0 ? source.size[1] : std::min(source.rows_at_once, source.size[1]);
}

ImageInfo image_of(const stack2nrrd_source& source) {
    ImageInfo image;
    image.width = source.size[0];
    image.height = source.size[1];
    image.type = static_cast<SampleType>(source.sample_type);
    image.format = "source";
    image.components = source.components;
    image.colour =
        source.colour != 0 || source.components == 1 ? static_cast<Colour>(source.components - 1) : Colour::components;
    return image;
}

class CallbackSource final : public Source {
public:
    explicit CallbackSource(const stack2nrrd_source& source)
        : source_(source), name_(source.name), image_(image_of(source)) {}

    [[nodiscard]] ImageInfo image() const override { return image_; }
    [[nodiscard]] Index slices() const override { return source_.size[2]; }
    [[nodiscard]] bool sequential() const override { return source_.calls == STACK2NRRD_ASCENDING; }
    [[nodiscard]] std::int64_t reader_bytes() const override {
        return source_.reader_bytes + rows_at_once(source_) * static_cast<std::int64_t>(image_.row_bytes());
    }
    [[nodiscard]] std::unique_ptr<SliceReader> reader() const override;

private:
    class Reader;

    stack2nrrd_source source_;  ///< `name` aside
    std::string name_;
    ImageInfo image_;
    mutable std::mutex one_at_a_time_;
};

class CallbackSource::Reader final : public SliceReader {
public:
    explicit Reader(const CallbackSource& source) : source_(source) {}

    void read(Index z, Range rows, RowSink& sink) override {
        const Index step = std::min(rows_at_once(source_.source_), rows.size());
        samples_.resize(static_cast<std::size_t>(step) * source_.image_.row_bytes());
        for (Index y = rows.first; y < rows.end; y += step) {
            const Index end = std::min(y + step, rows.end);
            call(z, {y, end});
            sink.rows(y, end - y, samples_.data());
        }
    }

private:
    void call(Index z, Range rows) {
        std::array<char, 1024> text{};
        std::unique_lock lock(source_.one_at_a_time_, std::defer_lock);
        if (source_.source_.calls == STACK2NRRD_ONE_AT_A_TIME) lock.lock();
        const int code = source_.source_.read(z, rows.first, rows.end, samples_.data(), text.data(), text.size(),
                                              source_.source_.user);
        if (code == 0) return;
        text.back() = '\0';
        std::string sentence(text.data());
        for (char& c : sentence) {
            if (static_cast<unsigned char>(c) < ' ') c = ' ';
        }
        if (sentence.empty()) sentence = "could not be read, and the source says no more than " + std::to_string(code);
        throw Error(code_of(code).value_or(ErrorCode::io),
                    source_.name_ + ": slice " + std::to_string(z) + ": " + sentence);
    }

    const CallbackSource& source_;
    std::vector<std::byte> samples_;
};

std::unique_ptr<SliceReader> CallbackSource::reader() const { return std::make_unique<Reader>(*this); }

}  // namespace

stack2nrrd_source checked_source(const stack2nrrd_source& given) {
    // Another version of the header may have had fewer fields, or have more: those that are zero change nothing.
    constexpr std::size_t least = offsetof(stack2nrrd_source, user) + sizeof(void*);
    stack2nrrd_source source{};
    const auto* bytes = reinterpret_cast<const std::byte*>(&given);
    const bool unknown =
        given.struct_size > sizeof source &&
        std::any_of(bytes + sizeof source, bytes + given.struct_size, [](std::byte b) { return b != std::byte{0}; });
    if (given.struct_size < least || given.struct_size > 4096 || unknown) {
        throw Error(ErrorCode::invalid_argument, "the source: is a struct of " + std::to_string(given.struct_size) +
                                                     " bytes, one of " + std::to_string(sizeof source) +
                                                     " was expected; set struct_size, and use header and library of "
                                                     "one version");
    }
    std::memcpy(&source, &given, std::min(given.struct_size, sizeof source));
    if (source.name == nullptr) source.name = "source";
    if (source.components == 0) source.components = 1;
    expect(source.read != nullptr, "the source's function that reads rows");
    if (source.sample_type < STACK2NRRD_UINT8 || source.sample_type > STACK2NRRD_UINT64) {
        refuse(source, "its samples are of type " + std::to_string(source.sample_type) +
                           ", one of STACK2NRRD_UINT8 ... was expected");
    }
    if (source.components < 1 || source.components > (source.colour != 0 ? 4 : most_channels)) {
        refuse(source, "it has " + std::to_string(source.components) + " components, 1 to " +
                           std::to_string(most_channels) + " were expected, and of colours 1 to 4");
    }
    if (source.calls < STACK2NRRD_ONE_AT_A_TIME || source.calls > STACK2NRRD_AT_ONCE) {
        refuse(source, "its calls are of kind " + std::to_string(source.calls) +
                           ", one of STACK2NRRD_ONE_AT_A_TIME ... was expected");
    }
    if (source.rows_at_once < 0 || source.reader_bytes < 0) {
        refuse(source, "rows_at_once or reader_bytes is below 0, a number from 0 on was expected");
    }
    return source;
}

std::shared_ptr<const Source> source_of(const stack2nrrd_source& checked) {
    return std::make_shared<CallbackSource>(checked);
}

}  // namespace stack2nrrd::capi
