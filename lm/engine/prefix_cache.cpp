#include "lm/engine/prefix_cache.h"

#include <bit>
#include <cstring>
#include <iterator>
#include <stdexcept>

#include "lm/store/sha256.h"

namespace rmt::engine {

namespace {

constexpr int64_t kDensity = 6;  // of every scale, so many borders near the end are within reach
constexpr int64_t kHitsOfSharedPrefix = 2;
constexpr size_t kEntryOverhead = 256;  // of list, table and shared pointer

std::string_view bytes_of(std::span<const int32_t> ids) {
  return {reinterpret_cast<const char*>(ids.data()), ids.size_bytes()};
}

size_t size_of(const Reading& reading) {
  return kEntryOverhead + reading.memory.size() * sizeof(float) + reading.last_hidden.size() * sizeof(float) +
         reading.tail.size() * sizeof(int32_t);
}

}  // namespace

PrefixChain::PrefixChain(std::string_view fingerprint, std::string_view salt) {
  // With its length in front, no fingerprint runs over into the salt.
  store::Sha256 hash;
  hash.update(std::to_string(fingerprint.size()) + "\n").update(fingerprint).update(salt);
  digest_ = hash.finish();
}

void PrefixChain::advance(std::span<const int32_t> segment) {
  store::Sha256 hash;
  hash.update(digest_).update(bytes_of(segment));
  digest_ = hash.finish();
  segments_ += 1;
}

PrefixKey PrefixChain::key() const {
  PrefixKey key;
  std::memcpy(key.words.data(), digest_.data(), sizeof key.words);
  return key;
}

bool keeps_border(int64_t border, int64_t segments) {
  if (border <= 0) return false;
  const auto bits = static_cast<uint64_t>(border);
  const int64_t scale = int64_t{1} << std::countr_zero(bits);  // the largest power of two that divides it
  return std::has_single_bit(bits) || segments - border < kDensity * scale;
}

PrefixCache::PrefixCache(const ReadingInfo& info, size_t byte_budget)
    : fingerprint_(info.fingerprint), segment_length_(info.segment_length), budget_(byte_budget) {}

PrefixCache::Text PrefixCache::begin(std::string_view salt) const {
  return Text(PrefixChain(fingerprint_, salt));
}

ReadingPtr PrefixCache::find(Text& text, std::span<const int32_t> ids, int64_t most_tokens) {
  if (entries_.empty()) return nullptr;
  const auto length = static_cast<size_t>(segment_length_);
  PrefixChain chain = text.chain_;
  auto best = entries_.end();
  for (size_t to = length; to <= ids.size() && static_cast<int64_t>(to) <= most_tokens; to += length) {
    chain.advance(ids.subspan(to - length, length));
    const auto found = by_key_.find(chain.key());
    if (found == by_key_.end()) continue;
    best = found->second;
    text.chain_ = chain;
    text.kept_.emplace_back(chain.segments(), chain.key());
  }
  if (best == entries_.end()) return nullptr;
  best->found += 1;
  entries_.splice(entries_.begin(), entries_, best);
  return best->reading;
}

void PrefixCache::put(Text& text, std::span<const int32_t> segment, ReadingPtr reading) {
  if (static_cast<int64_t>(segment.size()) != segment_length_)
    throw std::invalid_argument("readings are kept after whole segments only");
  text.chain_.advance(segment);
  const size_t bytes = size_of(*reading);
  if (bytes > budget_) return;
  const PrefixKey key = text.chain_.key();
  if (const auto known = by_key_.find(key); known != by_key_.end()) {
    entries_.splice(entries_.begin(), entries_, known->second);
  } else {
    entries_.push_front({key, std::move(reading), bytes, 0});
    by_key_.emplace(key, entries_.begin());
    bytes_ += bytes;
  }
  text.kept_.emplace_back(text.chain_.segments(), key);
  thin_out(text);
  while (bytes_ > budget_) drop(std::prev(entries_.end()));
}

void PrefixCache::drop(Entries::iterator entry) {
  bytes_ -= entry->bytes;
  by_key_.erase(entry->key);
  entries_.erase(entry);
}

void PrefixCache::thin_out(Text& text) {
  std::erase_if(text.kept_, [&](const std::pair<int64_t, PrefixKey>& border) {
    if (keeps_border(border.first, text.chain_.segments())) return false;
    const auto known = by_key_.find(border.second);
    if (known != by_key_.end() && known->second->found < kHitsOfSharedPrefix) drop(known->second);
    return true;
  });
}

}  // namespace rmt::engine
