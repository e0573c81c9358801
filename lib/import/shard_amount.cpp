// What a shard reads of the source, known before anything is read.

#include <stack2nrrd/shards.hpp>

#include "import/plan_detail.hpp"
#include "making/making.hpp"
#include "parts/part.hpp"
#include "source/amount.hpp"

#include <algorithm>

namespace stack2nrrd {

ShardAmount amount_of_shard(const Stack& stack, std::span<const ImportPlan> plans, Shard shard) {
    ShardAmount amount;
    Range slices, rows;
    for (const ImportPlan& plan : plans) {
        const ImportPlan::Detail& detail = plan.detail();
        const Range share = share_of(detail.volume.size[2], shard.index, shard.count);
        amount.slices = std::max(amount.slices, share.size());
        if (share.empty()) continue;
        const Index base = detail.slab.first;
        slices = hull(slices, reach(detail.axes[2], {base + share.first, base + share.end}));
        rows = hull(rows, reach(detail.axes[1], {0, detail.axes[1].outputs}));
    }
    if (slices.empty()) return amount;
    const ImportPlan::Detail& first = plans.front().detail();
    const Amount of_source = amount_to_read(stack, *first.slices, slices, rows, first.backward);
    amount.source_slices = of_source.slices;
    amount.read_bytes = of_source.bytes;
    if (first.mask != nullptr) {
        amount.read_bytes += amount_to_read(*first.mask, *first.slices, slices, rows, first.backward).bytes;
    }
    return amount;
}

}  // namespace stack2nrrd
