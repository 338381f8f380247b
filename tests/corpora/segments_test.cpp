#include "corpora/segments.h"

#include <numeric>

#include "tests/corpora/group_tokenizer.h"
#include "tests/support/doctest.h"

using namespace rmt::corpora;
using namespace rmt::tests;

namespace {

const std::string kText = "The keeper of the lamp wrote down the height of the water every hour until the morning.";

std::vector<Segment> segments_of(int64_t length, int64_t max_tokens = -1, std::optional<int32_t> bos = {},
                                 const std::string& text = kText) {
  ChunkedText source(text, [] { return size_t{11}; });
  const GroupTokenizer tokenizer;
  TokenStream stream(source, tokenizer);
  SegmentReader reader(stream, length, max_tokens, bos);
  std::vector<Segment> segments;
  while (auto segment = reader.next()) segments.push_back(std::move(*segment));
  CHECK_FALSE(reader.next());
  return segments;
}

Tokens at_once(const std::string& text) {
  Tokens tokens;
  GroupTokenizer().encode(text, tokens);
  return tokens;
}

// Checks that segments follow each other and tell the truth about what they cover; gives their ids.
std::vector<int32_t> joined(const std::vector<Segment>& segments, int64_t length) {
  std::vector<int32_t> ids;
  int64_t index = 0, token = 0, byte = 0;
  for (const Segment& segment : segments) {
    const int64_t own = static_cast<int64_t>(segment.ids.size()) - segment.starts_with_bos;
    CHECK(segment.index == index++);
    CHECK(segment.token_from == token);
    CHECK(segment.token_to == token + own);
    CHECK(segment.byte_from == byte);
    CHECK(segment.byte_to == byte + std::accumulate(segment.bytes.begin(), segment.bytes.end(), int64_t{0}));
    CHECK(segment.ids.size() == segment.bytes.size());
    CHECK(own > 0);
    if (&segment != &segments.back()) CHECK(static_cast<int64_t>(segment.ids.size()) == length);
    token = segment.token_to;
    byte = segment.byte_to;
    ids.insert(ids.end(), segment.ids.begin(), segment.ids.end());
  }
  return ids;
}

}  // namespace

TEST_CASE("segments cover the tokens and the bytes of a text exactly once") {
  const Tokens whole = at_once(kText);
  const auto count = static_cast<int64_t>(whole.size());
  for (int64_t length = 1; length <= count + 1; ++length) {
    const auto segments = segments_of(length);
    CHECK(joined(segments, length) == whole.ids);
    CHECK(segments.back().byte_to == static_cast<int64_t>(kText.size()));
    CHECK(static_cast<int64_t>(segments.size()) == (count + length - 1) / length);
  }
}

TEST_CASE("a limit on tokens cuts the last segment short") {
  const Tokens whole = at_once(kText);
  const auto count = static_cast<int64_t>(whole.size());
  for (int64_t limit = 0; limit <= count + 3; ++limit) {
    const auto ids = joined(segments_of(5, limit), 5);
    const int64_t expected = std::min(limit, count);
    CHECK(ids == std::vector<int32_t>(whole.ids.begin(), whole.ids.begin() + expected));
  }
}

TEST_CASE("a BOS id opens the first segment and covers nothing") {
  const Tokens whole = at_once(kText);
  for (const int64_t limit : {-1, 1, 4, 7}) {
    const auto segments = segments_of(5, limit, 77);
    auto expected = std::vector<int32_t>(whole.ids.begin(), limit < 0 ? whole.ids.end() : whole.ids.begin() + limit);
    expected.insert(expected.begin(), 77);
    CHECK(joined(segments, 5) == expected);
    CHECK(segments.front().starts_with_bos);
    CHECK(segments.front().bytes.front() == 0);
    for (size_t i = 1; i < segments.size(); ++i) CHECK_FALSE(segments[i].starts_with_bos);
  }
}

TEST_CASE("an empty text has no segments, with or without a BOS id") {
  CHECK(segments_of(5, -1, {}, "").empty());
  CHECK(segments_of(5, -1, 77, "").empty());
}

TEST_CASE("a segment without room for the text is refused") {
  CHECK_THROWS_AS(segments_of(0), std::invalid_argument);
  CHECK_THROWS_AS(segments_of(-3), std::invalid_argument);
  CHECK_THROWS_AS(segments_of(1, -1, 77), std::invalid_argument);
}
