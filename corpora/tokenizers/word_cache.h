// Words already encoded. Text repeats itself: most words of a corpus are among the last few thousand
// different ones, and looking one up costs less than a single merge. A cache serves one thread at a time
// (bpe_workspace.h lends them out); what it holds never changes an encoding, only its speed.
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <vector>

#include "corpora/tokenizer.h"
#include "corpora/tokenizers/word_merger.h"

namespace rmt::corpora {

/// A table of fixed size in which a new word takes the place of another with the same hash; holds words
/// of up to kMaxWord bytes and kMaxTokens tokens.
class WordCache {
 public:
  static constexpr size_t kMaxWord = 15;
  static constexpr size_t kMaxTokens = 3;

  WordCache();

  /// The bytes, zero-padded, and in the last one the length.
  struct Key {
    uint64_t low = 0, high = 0;
    bool operator==(const Key&) const = default;
  };
  static_assert(std::endian::native == std::endian::little, "Key's last byte is the top of `high`");

  /// The key of the word text[from, to), which has 1 to kMaxWord bytes.
  static Key key(std::string_view text, size_t from, size_t to) {
    const size_t length = to - from;
    Key key;
    if (text.size() - from >= sizeof key) {
      std::memcpy(&key, text.data() + from, sizeof key);
      key.low &= length >= 8 ? ~uint64_t{0} : ~(~uint64_t{0} << 8 * length);
      key.high &= length > 8 ? ~(~uint64_t{0} << 8 * (length - 8)) : 0;
    } else {
      std::memcpy(&key, text.data() + from, length);
    }
    key.high |= uint64_t{length} << 56;
    return key;
  }

  /// Appends the word's tokens; false where it is not known.
  bool find(const Key& key, Tokens& out) const {
    const Entry& entry = entries_[slot(key)];
    if (entry.key != key) return false;
    for (size_t i = 0; i < entry.count; ++i) {
      out.ids.push_back(entry.ids[i]);
      out.bytes.push_back(entry.bytes[i]);
    }
    return true;
  }

  void put(const Key& key, const std::vector<WordToken>& tokens);

 private:
  struct Entry {
    Key key;  // of length 0: free
    std::array<int32_t, kMaxTokens> ids{};
    std::array<uint8_t, kMaxTokens> bytes{};
    uint8_t count = 0;
  };
  static constexpr int kLogEntries = 15;  // 1 MiB: stays in a core's second-level cache

  static size_t slot(const Key& key) {
    const uint64_t mixed = (key.low ^ key.high * 0xff51afd7ed558ccdu) * 0x9e3779b97f4a7c15u;
    return static_cast<size_t>(mixed >> (64 - kLogEntries));
  }

  std::vector<Entry> entries_;
};

}  // namespace rmt::corpora
