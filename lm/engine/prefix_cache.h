// Readings of texts that may come again: of the same document, of a conversation one turn longer, of many prompts that
// begin alike. A reading is found by the tokens before it, so a text is never read twice as far as it is known.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <list>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "lm/engine/reading.h"

namespace rmt::engine {

/// Stands for a text of whole segments: the first 128 bits of a SHA-256 chained over model, salt and tokens. A text
/// with the key of another cannot be made.
struct PrefixKey {
  std::array<uint64_t, 2> words{};
  bool operator==(const PrefixKey&) const = default;
};

/// The keys of a text's segment borders, one after the other.
class PrefixChain {
 public:
  PrefixChain(std::string_view fingerprint, std::string_view salt);
  void advance(std::span<const int32_t> segment);

  PrefixKey key() const;
  int64_t segments() const { return segments_; }

 private:
  std::string digest_;
  int64_t segments_ = 0;
};

/// Whether the reading after segment `border` is kept once `segments` of its text are read: at powers of two from the
/// beginning, and the denser the nearer to the end. Of n segments some 4 log2(n) are kept, and a border that is not
/// will never be.
bool keeps_border(int64_t border, int64_t segments);

/// Within a budget of bytes, the readings used last. For one thread.
class PrefixCache {
 public:
  /// `info` is the model's. A budget of 0 keeps nothing.
  PrefixCache(const ReadingInfo& info, size_t byte_budget);

  /// A text on its way through the model; a value of some kilobytes.
  class Text {
   public:
    int64_t segments() const { return chain_.segments(); }

   private:
    friend class PrefixCache;
    explicit Text(PrefixChain chain) : chain_(std::move(chain)) {}

    PrefixChain chain_;
    std::vector<std::pair<int64_t, PrefixKey>> kept_;  // its borders that are in the cache, as far as it knows
  };

  /// A text of which nothing is read. Texts with different salts never share a reading.
  Text begin(std::string_view salt) const;

  /// The longest reading that is kept of the beginning of `ids`, of at most `most_tokens`; `text`, which is at its
  /// beginning, is moved to the reading's end. Null, and `text` left as it is, where there is none.
  ReadingPtr find(Text& text, std::span<const int32_t> ids, int64_t most_tokens);

  /// Moves `text` past its next segment, `segment`, and keeps the reading there; drops older ones of the text that
  /// need not be kept any longer, unless other texts have gone on from them.
  void put(Text& text, std::span<const int32_t> segment, ReadingPtr reading);

  int64_t size() const { return static_cast<int64_t>(entries_.size()); }
  size_t bytes() const { return bytes_; }

 private:
  struct Entry {
    PrefixKey key;
    ReadingPtr reading;
    size_t bytes = 0;
    int64_t found = 0;  // how often a text went on from it
  };
  struct KeyHash {
    size_t operator()(const PrefixKey& key) const { return static_cast<size_t>(key.words[0]); }
  };
  using Entries = std::list<Entry>;  // used last first

  void drop(Entries::iterator entry);
  void thin_out(Text& text);

  std::string fingerprint_;
  int64_t segment_length_;
  size_t budget_;
  size_t bytes_ = 0;
  Entries entries_;
  std::unordered_map<PrefixKey, Entries::iterator, KeyHash> by_key_;
};

}  // namespace rmt::engine
