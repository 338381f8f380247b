#include "lm/engine/prefix_cache.h"

#include <bit>
#include <memory>
#include <set>
#include <stdexcept>

#include "corpora/tasks/random_stream.h"
#include "tests/support/doctest.h"

using namespace rmt::engine;

namespace {

constexpr int64_t kLength = 4;
constexpr int64_t kAll = int64_t{1} << 40;

ReadingInfo model(const std::string& fingerprint = "model") {
  return {.fingerprint = fingerprint, .segment_length = kLength, .memory_tokens = 2, .width = 8, .vocabulary = 50};
}

// What a model would make of the text: something that tells every text from every other.
ReadingPtr reading_of(std::span<const int32_t> ids) {
  auto reading = std::make_shared<Reading>();
  reading->memory.assign(ids.begin(), ids.end());
  reading->segments = static_cast<int64_t>(ids.size()) / kLength;
  reading->tokens = static_cast<int64_t>(ids.size());
  return reading;
}

using Ids = std::vector<int32_t>;

Ids drawn(uint64_t seed, size_t tokens) {
  rmt::corpora::RandomStream random(seed, 4);
  Ids ids(tokens);
  for (int32_t& id : ids) id = static_cast<int32_t>(random.below(50));
  return ids;
}

Ids operator+(Ids a, const Ids& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

// Reads the text as a scheduler does; returns how many tokens it did not have to read.
int64_t read(PrefixCache& cache, const Ids& ids, const std::string& salt = "") {
  PrefixCache::Text text = cache.begin(salt);
  const ReadingPtr known = cache.find(text, ids, kAll);
  const int64_t from = known ? known->tokens : 0;
  REQUIRE(text.segments() == from / kLength);
  if (known) REQUIRE(known->memory == std::vector<float>(ids.begin(), ids.begin() + from));
  for (auto to = static_cast<size_t>(from + kLength); to <= ids.size(); to += kLength)
    cache.put(text, std::span(ids).subspan(to - kLength, kLength), reading_of(std::span(ids).first(to)));
  return from;
}

}  // namespace

TEST_CASE("a text is known as far as it was read, in whole segments") {
  PrefixCache cache(model(), 1 << 20);
  const Ids text = drawn(1, 22);
  CHECK(read(cache, text) == 0);
  CHECK(read(cache, text) == 20);
  CHECK(read(cache, text + drawn(2, 30)) == 20);
  CHECK(read(cache, text + drawn(2, 30)) == 52);
  Ids other = text;
  other[17] += 1;
  CHECK(read(cache, other) == 16);
  other[0] += 1;
  CHECK(read(cache, other) == 0);
  CHECK(read(cache, {text.begin(), text.begin() + 3}) == 0);
  CHECK(read(cache, {}) == 0);
}

TEST_CASE("other models and other salts share nothing") {
  PrefixCache cache(model(), 1 << 20);
  const Ids text = drawn(1, 40);
  read(cache, text, "a");
  CHECK(read(cache, text, "") == 0);
  CHECK(read(cache, text, "b") == 0);
  CHECK(read(cache, text, "a") == 40);
  const auto key = [&](const std::string& fingerprint, const std::string& salt) {
    PrefixChain chain(fingerprint, salt);
    chain.advance(text);
    return chain.key().words;
  };
  const std::set<std::array<uint64_t, 2>> keys = {key("model", "a"), key("mode", "la"), key("", "modela"),
                                                  key("model", ""), key("modela", "")};
  CHECK(keys.size() == 5);
}

TEST_CASE("not more is taken than may be") {
  PrefixCache cache(model(), 1 << 20);
  const Ids ids = drawn(1, 40);
  read(cache, ids);
  for (const int64_t most : {0, 3, 4, 39, 40, 41}) {
    PrefixCache::Text text = cache.begin("");
    const ReadingPtr known = cache.find(text, ids, most);
    const int64_t tokens = known ? known->tokens : 0;
    CHECK(tokens <= most);
    CHECK(tokens == text.segments() * kLength);
    if (most == 39) CHECK(tokens == 36);
  }
}

TEST_CASE("a border once given up is never wanted again, and few are kept of a long text") {
  for (int64_t border = 1; border < 300; ++border) {
    int64_t changes = 0;
    for (int64_t segments = border; segments < 3000; ++segments)
      changes += keeps_border(border, segments) != keeps_border(border, segments + 1) ? 1 : 0;
    CHECK(keeps_border(border, border));
    CHECK(changes <= 1);
  }
  for (const int64_t segments : {1, 10, 100, 1000, 4096, 100'000}) {
    int64_t kept = 0;
    for (int64_t border = 1; border <= segments; ++border) kept += keeps_border(border, segments) ? 1 : 0;
    CHECK(kept <= 4 * std::bit_width(static_cast<uint64_t>(segments)));
    CHECK(keeps_border(segments, segments));
  }
}

TEST_CASE("a long text keeps some dozens of readings, of its beginning and of its end") {
  PrefixCache cache(model(), size_t{1} << 30);
  const Ids text = drawn(3, 4096 * kLength);
  read(cache, text);
  CHECK(cache.size() > 30);
  CHECK(cache.size() < 64);
  for (const int64_t segments : {1, 2, 64, 1024, 4093, 4095, 4096}) {
    const auto same = text.begin() + segments * kLength;
    CHECK(read(cache, Ids(text.begin(), same)) == segments * kLength);
  }
  const Ids edited(text.begin(), text.begin() + 4000 * kLength);
  CHECK(read(cache, edited + drawn(9, 8)) > 3800 * kLength);
}

TEST_CASE("a text that grows turn by turn is thinned out like one read at once") {
  PrefixCache cache(model(), size_t{1} << 30);
  const Ids text = drawn(3, 400 * kLength);
  for (int64_t turn = 1; turn <= 400; ++turn)
    CHECK(read(cache, Ids(text.begin(), text.begin() + turn * kLength)) == (turn - 1) * kLength);
  CHECK(cache.size() < 50);
}

TEST_CASE("a beginning that many texts share outlives each of them") {
  PrefixCache cache(model(), size_t{1} << 30);
  const Ids shared = drawn(1, 3 * kLength);
  for (uint64_t other = 0; other < 5; ++other)
    CHECK(read(cache, shared + drawn(10 + other, 3 * kLength)) == (other == 0 ? 0 : 3 * kLength));
  read(cache, shared + drawn(50, 300 * kLength));
  CHECK(read(cache, shared + drawn(60, kLength)) == 3 * kLength);
}

TEST_CASE("the budget holds, and what was used last stays") {
  PrefixCache probe(model(), 1 << 20);
  read(probe, drawn(1, kLength));
  const size_t each = probe.bytes();
  PrefixCache cache(model(), 10 * each + each / 2);
  for (uint64_t text = 0; text < 10; ++text) read(cache, drawn(text, kLength));
  CHECK(cache.size() == 10);
  CHECK(read(cache, drawn(0, kLength)) == kLength);
  for (uint64_t text = 20; text < 29; ++text) read(cache, drawn(text, kLength));
  CHECK(cache.bytes() <= 10 * each + each / 2);
  CHECK(cache.size() == 10);
  CHECK(read(cache, drawn(0, kLength)) == kLength);
  CHECK(read(cache, drawn(1, kLength)) == 0);
}

TEST_CASE("without a budget nothing is kept") {
  PrefixCache cache(model(), 0);
  const Ids text = drawn(1, 40);
  CHECK(read(cache, text) == 0);
  CHECK(read(cache, text) == 0);
  CHECK(cache.size() == 0);
  CHECK(cache.bytes() == 0);
}

TEST_CASE("half a segment is no border") {
  PrefixCache cache(model(), 1000);
  PrefixCache::Text text = cache.begin("");
  CHECK_THROWS_AS(cache.put(text, drawn(1, 3), reading_of({})), std::invalid_argument);
}
