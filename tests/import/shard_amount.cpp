// What a shard is said to read is what a slab of the same slices would.

#include "import/recipe.hpp"
#include "support/catch.hpp"

#include <stack2nrrd/shards.hpp>

#include <string>
#include <vector>

namespace {

using namespace import_test;
using stack2nrrd::amount_of_shard;
using stack2nrrd::plan_import;
using stack2nrrd::ShardAmount;

Source source() { return {Volume({20, 16, 61}), SampleType::uint16}; }

}  // namespace

TEST_CASE("shards read what slabs read, and the only one reads what the plan says", "[import]") {
    const Source stack = source();
    const std::vector<Settings> wanted{
        {{"factor", "1"}}, {{"factor", "7/3"}, {"crop", ",3:9,5:50"}}, {{"factor", "2"}, {"reverse", "true"}}};
    for (const Settings& settings : wanted) {
        const Options options = options_with(settings);
        const std::vector plans{plan_import(stack.stack, options)};
        const Index slices = plans[0].volume().size[2];
        for (const Index count : {Index{1}, Index{2}, Index{5}, slices, slices + 3}) {
            Index all = 0;
            for (Index k = 0; k < count; ++k) {
                CAPTURE(count, k, settings.front().second);
                const ShardAmount amount = amount_of_shard(stack.stack, plans, {k, count});
                const Range share{slices * k / count, slices * (k + 1) / count};
                CHECK(amount.slices == share.size());
                if (!share.empty()) {
                    Options slab = options;
                    slab.slab = share;
                    const auto plan = plan_import(stack.stack, slab);
                    CHECK(amount.source_slices == plan.source_slices());
                    CHECK(amount.read_bytes == plan.read_bytes());
                } else {
                    CHECK(amount.read_bytes == 0);
                }
                all += amount.slices;
            }
            CHECK(all == slices);
        }
    }
}

TEST_CASE("stages behind the making change nothing in what shards read", "[import]") {
    const Source stack = source();
    const std::vector<Settings> stages{
        {{"dehaze", "auto"}},
        {{"flip", "z"}},
        {{"spacing", "1"}, {"transform", "affine:.9,.1,0,0,-.1,.9,0,0,0,0,1,0"}},
    };
    for (Settings settings : stages) {
        settings.emplace_back("factor", "2");
        CAPTURE(settings.front().first);
        const std::vector plans{plan_import(stack.stack, options_with(settings))};
        const ShardAmount whole = amount_of_shard(stack.stack, plans, {0, 1});
        CHECK(whole.source_slices == plans[0].source_slices());
        CHECK(whole.read_bytes == plans[0].read_bytes());
        const ShardAmount lower = amount_of_shard(stack.stack, plans, {0, 2});
        const ShardAmount upper = amount_of_shard(stack.stack, plans, {1, 2});
        CHECK(lower.source_slices < whole.source_slices);
        CHECK(lower.source_slices + upper.source_slices >= whole.source_slices);
        CHECK(lower.slices + upper.slices == whole.slices);
    }
}

TEST_CASE("of several results each shard reads once what any of them needs", "[import]") {
    const Source stack = source();
    const std::vector<Options> options{options_with({{"factor", "1"}}), options_with({{"factor", "4"}})};
    const auto plans = plan_imports(stack.stack, options);
    for (const Index k : {0, 1, 2}) {
        const ShardAmount both = amount_of_shard(stack.stack, plans, {k, 3});
        const ShardAmount fine = amount_of_shard(stack.stack, {plans.data(), 1}, {k, 3});
        const ShardAmount coarse = amount_of_shard(stack.stack, {plans.data() + 1, 1}, {k, 3});
        CHECK(both.slices == fine.slices);
        CHECK(both.source_slices >= std::max(fine.source_slices, coarse.source_slices));
        CHECK(both.source_slices < fine.source_slices + coarse.source_slices);
    }
}
