#include "lm/eval/document_stream.h"

#include "lm/eval/document_queue.h"
#include "tests/lm/byte_models.h"
#include "tests/support/doctest.h"

namespace rmt::lm {
namespace {

struct Read {
  std::vector<MeteredSegment> segments;
  Units read, sum;
};

Read read(const std::string& text, const Cut& cut, size_t chunk = 1000) {
  const auto tokenizer = tests::byte_tokenizer();
  const auto reader = tests::text_reader({{"a", text, ""}}, chunk);
  DocumentStream stream(std::move(reader->next()->text), *tokenizer, cut);
  Read result;
  while (auto segment = stream.next()) {
    for (const Units& units : segment->units) result.sum += units;
    result.segments.push_back(std::move(*segment));
  }
  result.read = stream.read();
  return result;
}

TEST_CASE("a text is all its tokens, bytes, characters and words") {
  // "é" and the wide space U+2003 are split over tokens; three words, the last without white space after it.
  const std::string text = "caf\xc3\xa9\xe2\x80\x83is  open";
  const Read result = read(text, {.segment_length = 4});
  CHECK(result.read == Units{.tokens = 16, .bytes = 16, .chars = 13, .words = 3});
  CHECK(result.sum == result.read);
  CHECK(result.segments.size() == 4);
  CHECK(result.segments.back().last);
  CHECK(!result.segments[2].last);
}

TEST_CASE("a character belongs to the token of its first byte, a word to the one that ends it") {
  const Read result = read("a\xc3\xa9 b", {.segment_length = 16});
  const std::vector<Units>& units = result.segments[0].units;
  CHECK((units[1] == Units{1, 1, 1, 0}));
  CHECK((units[2] == Units{1, 1, 0, 0}));
  CHECK((units[3] == Units{1, 1, 1, 1}));  // the space ends "aé"
  CHECK((units[4] == Units{1, 1, 1, 1}));  // the end of the text ends "b"
}

TEST_CASE("words are counted as a split on white space counts them, empty fields and all") {
  CHECK(read(" a b ", {.segment_length = 3}).read.words == 4);
  CHECK(read("\n", {.segment_length = 3}).read.words == 2);
  CHECK(read("word", {.segment_length = 3}).read.words == 1);
}

TEST_CASE("the chunks a text comes in do not show") {
  const std::string text = tests::random_text(500, 1) + " caf\xc3\xa9 " + tests::random_text(300, 2);
  const Read whole = read(text, {.segment_length = 64});
  for (const size_t chunk : {1, 2, 3, 63, 64, 65}) {
    const Read split = read(text, {.segment_length = 64}, chunk);
    REQUIRE(split.segments.size() == whole.segments.size());
    for (size_t i = 0; i < whole.segments.size(); ++i) {
      CHECK(split.segments[i].segment.ids == whole.segments[i].segment.ids);
      CHECK((split.segments[i].units == whole.segments[i].units));
      CHECK(split.segments[i].segment.byte_to == whole.segments[i].segment.byte_to);
    }
  }
}

TEST_CASE("a text cut short by max_tokens ends where it is cut") {
  const Read result = read("one two three four", {.segment_length = 4, .max_tokens = 9});
  CHECK(result.read == Units{.tokens = 9, .bytes = 9, .chars = 9, .words = 3});
  CHECK(result.segments.size() == 3);
  CHECK(result.segments.back().last);
}

TEST_CASE("a BOS takes a place in the first segment and stands for nothing") {
  const Read result = read("abcdefgh", {.segment_length = 4, .bos = 7});
  REQUIRE(result.segments.size() == 3);
  CHECK(result.segments[0].segment.ids == std::vector<int32_t>{7, 'a', 'b', 'c'});
  CHECK(result.segments[0].segment.token_to == 3);
  CHECK(result.segments[0].units[0] == Units{});
  CHECK(result.segments[1].segment.ids == std::vector<int32_t>{'d', 'e', 'f', 'g'});
  CHECK(result.segments[2].segment.token_from == 7);
  CHECK(result.read == Units{8, 8, 8, 1});
}

TEST_CASE("a document without text has no segments") {
  CHECK(read("", {.segment_length = 4}).segments.empty());
  CHECK(read("", {.segment_length = 4, .bos = 7}).segments.empty());
}

TEST_CASE("documents are handed to streams once each, in order, whoever asks") {
  std::vector<tests::Text> texts;
  for (int i = 0; i < 10; ++i) texts.push_back({"d" + std::to_string(i), "text", ""});
  DocumentQueue queue([&] { return tests::text_reader(texts); }, 3);
  std::vector<std::string> taken;
  for (const size_t stream : {0, 1, 1, 2, 0, 2, 2, 1, 0, 0}) {
    const auto document = queue.take(stream);
    REQUIRE(document);
    CHECK(document->number == static_cast<int64_t>(taken.size()));
    taken.push_back(document->document.id);
  }
  CHECK(taken.front() == "d0");
  CHECK(taken.back() == "d9");
  for (const size_t stream : {2, 1, 0}) CHECK(!queue.take(stream));
}

}  // namespace
}  // namespace rmt::lm
