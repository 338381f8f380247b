#include "corpora/tokenizers/word_cache.h"

namespace rmt::corpora {

WordCache::WordCache() : entries_(size_t{1} << kLogEntries) {}

void WordCache::put(const Key& key, const std::vector<WordToken>& tokens) {
  if (tokens.size() > kMaxTokens) return;
  Entry& entry = entries_[slot(key)];
  entry.key = key;
  entry.count = static_cast<uint8_t>(tokens.size());
  for (size_t i = 0; i < tokens.size(); ++i) {
    entry.ids[i] = tokens[i].id;
    entry.bytes[i] = static_cast<uint8_t>(tokens[i].bytes);
  }
}

}  // namespace rmt::corpora
