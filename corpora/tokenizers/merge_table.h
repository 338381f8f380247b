// The merges of a BPE vocabulary: which two neighbouring pieces become which one, and how early.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace rmt::corpora {

class MergeTable {
 public:
  struct Merge {
    uint32_t rank = kNone;  ///< lower is applied first
    int32_t id = -1;        ///< of the merged piece
    explicit operator bool() const { return rank != kNone; }
  };

  MergeTable() : MergeTable(0) {}
  /// Room for `count` merges.
  explicit MergeTable(size_t count);

  /// A pair put twice keeps the later merge, as in Hugging Face's tokenizers.
  void put(int32_t left, int32_t right, Merge merge);

  /// The merge of the pair, or one that is false.
  Merge find(int32_t left, int32_t right) const {
    const uint64_t key = key_of(left, right);
    for (size_t at = slot_of(key);; at = (at + 1) & mask_) {
      if (slots_[at].key == key) return slots_[at].merge;
      if (!slots_[at].merge) return {};
    }
  }

 private:
  static constexpr uint32_t kNone = UINT32_MAX;
  struct Slot {
    uint64_t key = 0;
    Merge merge;
  };

  static uint64_t key_of(int32_t left, int32_t right) {
    return uint64_t{static_cast<uint32_t>(left)} << 32 | static_cast<uint32_t>(right);
  }
  size_t slot_of(uint64_t key) const { return static_cast<size_t>(key * 0x9e3779b97f4a7c15u >> shift_); }

  size_t mask_;
  int shift_;
  std::vector<Slot> slots_;  // open addressing, at most half full; a slot is free while its merge is false
};

}  // namespace rmt::corpora
