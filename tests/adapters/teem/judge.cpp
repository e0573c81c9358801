// judge FOLDER: a Nrrd of teem.hpp is what nrrdLoad() finds in the file of the same run.

#include "../judge.hpp"

#include <stack2nrrd/teem.hpp>
#include <stack2nrrd/teem.hpp>  // and twice does no harm

#include <cmath>

using namespace judge;
using stack2nrrd::ErrorCode;
using stack2nrrd::NrrdPointer;

namespace {

std::string text(const char* t) { return t == nullptr ? "" : t; }
bool same(double a, double b) { return std::memcmp(&a, &b, sizeof a) == 0 || (std::isnan(a) && std::isnan(b)); }

NrrdPointer loaded(const fs::path& file) {
    NrrdPointer nrrd(nrrdNew());
    if (nrrdLoad(nrrd.get(), file.string().c_str(), nullptr) != 0) {
        char* why = biffGetDone(NRRD);
        expect(false, file.string() + ": " + text(why));
        std::free(why);
    }
    return nrrd;
}

std::vector<std::pair<std::string, std::string>> notes(const Nrrd& nrrd) {
    std::vector<std::pair<std::string, std::string>> all;
    for (unsigned i = 0; i < nrrdKeyValueSize(&nrrd); ++i) {
        char* key = nullptr;
        char* value = nullptr;
        nrrdKeyValueIndex(&nrrd, &key, &value, i);
        all.emplace_back(text(key), text(value));
        std::free(key);
        std::free(value);
        all.back().second.erase(all.back().second.find_last_not_of(' ') + 1);
        if (all.back().first.ends_with("_crc32")) all.pop_back();  // which only a file has
    }
    return all;
}

void compare(const Nrrd& ours, const Nrrd& theirs, const std::string& name) {
    expect(ours.type == theirs.type && ours.dim == theirs.dim, name + ": another type or dimension");
    if (ours.type != theirs.type || ours.dim != theirs.dim) return;
    for (unsigned a = 0; a < ours.dim; ++a) {
        const NrrdAxisInfo& o = ours.axis[a];
        const NrrdAxisInfo& t = theirs.axis[a];
        expect(o.size == t.size && o.kind == t.kind && o.center == t.center, name + ": another axis");
        expect(text(o.label) == text(t.label) && text(o.units) == text(t.units), name + ": another label");
        expect(same(o.spacing, t.spacing) && same(o.min, t.min) && same(o.max, t.max), name + ": another spacing");
        for (unsigned d = 0; d < 3; ++d) {
            expect(same(o.spaceDirection[d], t.spaceDirection[d]), name + ": another direction");
        }
    }
    expect(ours.space == theirs.space && ours.spaceDim == theirs.spaceDim, name + ": another space");
    expect(ours.space == nrrdSpaceLeftPosteriorSuperior, name + ": is not in LPS");
    for (unsigned d = 0; d < 3; ++d) {
        expect(same(ours.spaceOrigin[d], theirs.spaceOrigin[d]), name + ": another origin");
        expect(text(ours.spaceUnits[d]) == text(theirs.spaceUnits[d]), name + ": another unit");
        for (unsigned e = 0; e < 3; ++e) {
            expect(same(ours.measurementFrame[d][e], theirs.measurementFrame[d][e]), name + ": another frame");
        }
    }
    expect(text(ours.content) == text(theirs.content), name + ": another content");
    expect(ours.sampleUnits == nullptr, name + ": has units that Teem cannot save");
    expect(same(ours.oldMin, theirs.oldMin) && same(ours.oldMax, theirs.oldMax), name + ": another old range");
    expect(notes(ours) == notes(theirs), name + ": other key/values");
    const std::size_t bytes = nrrdElementNumber(&ours) * nrrdElementSize(&ours);
    expect(std::memcmp(ours.data, theirs.data, bytes) == 0, name + ": other samples");
}

void judge_one(const fs::path& folder, const Case& one) {
    write_source(folder / "v.nrrd", one);
    const auto plan = plan_of(folder / "v.nrrd", one);
    NrrdPointer nrrd;
    const fs::path file = run_both(plan, folder / "made.nrrd", stack2nrrd::teem_sink(nrrd));
    const NrrdPointer reread = loaded(file);
    compare(*nrrd, *reread, one.name);
    expect(notes(*nrrd) == notes_of(file), one.name + ": other key/values than in the file");

    // What Teem saves of it is the same volume, to Teem and to us.
    nrrdSave((folder / "saved.nrrd").string().c_str(), nrrd.get(), nullptr);
    compare(*nrrd, *loaded(folder / "saved.nrrd"), one.name + ", saved");
    stack2nrrd::Options again = options_of({});
    set_option(again, "channel", "all");
    stack2nrrd::Stack saved = stack2nrrd::find_stack(folder / "saved.nrrd", again);
    stack2nrrd::Stack ours = stack2nrrd::find_stack(file, again);
    saved.name = ours.name = "v";
    saved.fields.sample_units = ours.fields.sample_units;
    const Bytes expected = import_of(ours, again, folder / "again.nrrd");
    expect(import_of(saved, again, folder / "again.nrrd") == expected, one.name + ": saved, is another source");

    // As a source: what the file is, that it was saved to or loaded from.
    for (const Nrrd* source : {nrrd.get(), reread.get()}) {
        stack2nrrd::Stack stack = stack2nrrd::stack_from(source, "v");
        if (source == nrrd.get()) stack.fields.sample_units = ours.fields.sample_units;
        expect(import_of(stack, again, folder / "again.nrrd") == expected,
               one.name + ": is another source than its file");
    }
    NrrdPointer whole = loaded(folder / "v.nrrd");
    stack2nrrd::Stack source = stack2nrrd::find_stack(folder / "v.nrrd", options_of(one));
    source.name = "v";
    const Bytes made = import_of(source, options_of(one), folder / "again.nrrd");
    expect(import_of(stack2nrrd::stack_from(whole.get(), "v"), options_of(one), folder / "again.nrrd") == made,
           one.name + ": loaded by Teem, is another source");
    if (whole->dim == 4) {  // and with its components last
        const unsigned permutation[] = {1, 2, 3, 0};
        NrrdPointer last(nrrdNew());
        expect(nrrdAxesPermute(last.get(), whole.get(), permutation) == 0, "cannot permute");
        nrrdKeyValueCopy(last.get(), whole.get());
        expect(import_of(stack2nrrd::stack_from(last.get(), "v"), options_of(one), folder / "again.nrrd") == made,
               one.name + ": with its components last, is another source");
    }
    std::printf("%s: judged\n", one.name.c_str());
}

}  // namespace

int main(int, char** argv) {
    const fs::path folder = argv[1];
    fs::remove_all(folder);
    fs::create_directories(folder);
    nrrdStateDisableContent = 1;  // or it says what Teem has done
    for (const Case& one : cases()) judge_one(folder, one);

    const Case one = cases().front();
    write_source(folder / "v.nrrd", one);
    const auto plan = plan_of(folder / "v.nrrd", one);
    for (const bool empty : {true, false}) {
        NrrdPointer target(empty ? nullptr : nrrdNew());
        const Nrrd* const old = target.get();
        judge_failed_runs(
            plan, [&] { return stack2nrrd::teem_sink(target); }, [&] { return target.get() == old; });
    }
    const NrrdPointer nrrd = stack2nrrd::read_teem(plan);
    const std::size_t bytes = nrrdElementNumber(nrrd.get()) * nrrdElementSize(nrrd.get());
    expect(samples_of(plan).size() == bytes && std::memcmp(samples_of(plan).data(), nrrd->data, bytes) == 0,
           "read_teem() has other samples");

    // What is no volume.
    const auto code = [](const Nrrd* source) { return refusal([&] { (void)stack2nrrd::stack_from(source); }); };
    expect(code(nullptr) == ErrorCode::invalid_argument, "no Nrrd is a source");
    const NrrdPointer nothing(nrrdNew());
    expect(code(nothing.get()) == ErrorCode::invalid_argument, "an empty Nrrd is a source");
    const NrrdPointer other = loaded(folder / "v.nrrd");
    other->type = nrrdTypeBlock;
    other->blockSize = 2;
    expect(code(other.get()) == ErrorCode::unsupported, "blocks are a source");
    other->type = nrrdTypeUShort;
    other->blockSize = 0;
    other->axis[0].kind = nrrdKindHSVColor;
    expect(code(other.get()).has_value(), "an axis of hues is a source");
    other->axis[0].size = 0;
    expect(code(other.get()).has_value(), "an axis without samples is a source");

    run_example(EXAMPLE, folder / "v.nrrd", folder / "example.nrrd");
    expect(loaded(folder / "example.nrrd")->axis[0].size == 10, "the example has made something else");
    return verdict();
}
