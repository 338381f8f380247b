#include "lm/engine/token_text.h"

#include "corpora/error.h"
#include "corpora/readers/utf8.h"
#include "corpora/tasks/random_stream.h"
#include "tests/corpora/tokenizers/fixtures.h"
#include "tests/support/doctest.h"

using namespace rmt::engine;
using namespace rmt::tests;
using rmt::corpora::RandomStream;
using rmt::corpora::repaired_utf8;

namespace {

std::string joined(const std::vector<std::string>& pieces) {
  CharacterJoiner joiner;
  std::string text;
  for (const std::string& piece : pieces) {
    const std::string certain = joiner.push(piece);
    REQUIRE(repaired_utf8(certain) == certain);
    text += certain;
  }
  return text + joiner.finish();
}

std::string streamed(const Tokenizer& tokenizer, const std::vector<int32_t>& ids) {
  TokenText text(tokenizer);
  std::string out;
  for (const int32_t id : ids) out += text.push(id);
  return out + text.finish();
}

std::vector<int32_t> drawn_ids(const Tokenizer& tokenizer, RandomStream& random, size_t count) {
  std::vector<int32_t> ids(count);
  for (int32_t& id : ids) id = static_cast<int32_t>(random.below(tokenizer.vocab_size()));
  return ids;
}

}  // namespace

TEST_CASE("characters of every length, cut everywhere") {
  const std::string text = "aé→𝔸 z𝔹";
  for (size_t first = 0; first <= text.size(); ++first) {
    for (size_t second = first; second <= text.size(); ++second) {
      REQUIRE(joined({text.substr(0, first), text.substr(first, second - first), text.substr(second)}) == text);
    }
  }
}

TEST_CASE("a character comes out with its last byte, and what follows it is not delayed") {
  CharacterJoiner joiner;
  CHECK(joiner.push("a\xF0") == "a");
  CHECK(joiner.push("\x9D\x94") == "");
  CHECK(joiner.push("\xB8") == "𝔸");
  CHECK(joiner.push("b") == "b");
  CHECK(joiner.finish() == "");
}

TEST_CASE("a character that never ends is one replacement, at the end or as soon as it is certain") {
  CharacterJoiner joiner;
  CHECK(joiner.push("\xE2\x86") == "");
  CHECK(joiner.push("x") == "\uFFFDx");
  CHECK(joiner.push("\xF0\x9D\x94") == "");
  CHECK(joiner.finish() == "\uFFFD");
  CHECK(joiner.finish() == "");
}

TEST_CASE("ill-formed bytes in any pieces give what a repair of the whole gives") {
  RandomStream random(3, 3);
  const std::vector<unsigned char> alphabet = {'a',  0x80, 0xBF, 0xC1, 0xC3, 0xA9, 0xE0, 0xA0,
                                               0xED, 0x9F, 0xE2, 0x86, 0xF0, 0x90, 0xF4, 0xFF};
  for (int round = 0; round < 3000; ++round) {
    std::string bytes;
    std::vector<std::string> pieces(1);
    for (size_t i = random.below(12); i-- > 0;) {
      const char byte = static_cast<char>(random.pick(std::span(alphabet)));
      bytes += byte;
      pieces.back() += byte;
      if (random.below(2) == 0) pieces.emplace_back();
    }
    REQUIRE(joined(pieces) == repaired_utf8(bytes));
  }
}

TEST_CASE("any tokens streamed are the tokens decoded, for every kind of tokenizer") {
  for (const std::string& name : tokenizer_names()) {
    CAPTURE(name);
    const auto tokenizer = fixture_tokenizer(name);
    RandomStream random(7, std::hash<std::string>()(name));
    for (int round = 0; round < 200; ++round) {
      const auto ids = drawn_ids(*tokenizer, random, random.below(30));
      REQUIRE(streamed(*tokenizer, ids) == repaired_utf8(tokenizer->decode(ids)));
    }
    for (const auto& [title, text] : fixture_texts()) {
      CAPTURE(title);
      const auto ids = encoded(*tokenizer, text).ids;
      REQUIRE(streamed(*tokenizer, ids) == repaired_utf8(tokenizer->decode(ids)));
    }
  }
}

TEST_CASE("after other tokens, the text is what they leave of the whole") {
  for (const std::string& name : tokenizer_names()) {
    CAPTURE(name);
    const auto tokenizer = fixture_tokenizer(name);
    RandomStream random(9, std::hash<std::string>()(name));
    for (int round = 0; round < 100; ++round) {
      const auto ids = drawn_ids(*tokenizer, random, 20);
      const size_t cut = random.below(20);
      const std::span before = std::span(ids).first(cut);
      const std::string whole = tokenizer->decode(ids), head = tokenizer->decode(before);
      REQUIRE(whole.starts_with(head));
      TokenText text(*tokenizer);
      text.pass_over(before);
      std::string rest;
      for (const int32_t id : std::span(ids).subspan(cut)) rest += text.push(id);
      REQUIRE(rest + text.finish() == repaired_utf8(whole.substr(head.size())));
    }
  }
}

TEST_CASE("the space of a word in the middle of a text stays") {
  const auto tokenizer = fixture_tokenizer("llama2");
  const auto ids = encoded(*tokenizer, "and").ids;
  TokenText at_start(*tokenizer), mid_text(*tokenizer, true);
  std::string first, later;
  for (const int32_t id : ids) {
    first += at_start.push(id);
    later += mid_text.push(id);
  }
  CHECK(first == "and");
  CHECK(later == " and");
}

TEST_CASE("a copy goes on for itself") {
  const auto tokenizer = fixture_tokenizer("gpt2");
  const auto ids = encoded(*tokenizer, "→").ids;
  REQUIRE(ids.size() > 1);
  TokenText text(*tokenizer);
  CHECK(text.push(ids[0]) == "");
  TokenText copy = text;
  CHECK(copy.finish() == "\uFFFD");
  std::string rest;
  for (size_t i = 1; i < ids.size(); ++i) rest += text.push(ids[i]);
  CHECK(rest == "→");
}

TEST_CASE("an id outside of the vocabulary is refused") {
  const auto tokenizer = fixture_tokenizer("gpt2");
  TokenText text(*tokenizer);
  CHECK_THROWS_AS(text.push(static_cast<int32_t>(tokenizer->vocab_size())), rmt::corpora::Error);
}
