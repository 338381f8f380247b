#include "corpora/tokenizers/merge_table.h"

#include <algorithm>
#include <bit>

namespace rmt::corpora {

MergeTable::MergeTable(size_t count)
    : mask_(std::bit_ceil(std::max<size_t>(2 * count, 2)) - 1),
      shift_(64 - std::countr_one(mask_)),
      slots_(mask_ + 1) {}

void MergeTable::put(int32_t left, int32_t right, Merge merge) {
  const uint64_t key = key_of(left, right);
  size_t at = slot_of(key);
  while (slots_[at].merge && slots_[at].key != key) at = (at + 1) & mask_;
  slots_[at] = {key, merge};
}

}  // namespace rmt::corpora
