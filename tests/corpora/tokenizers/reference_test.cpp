// Every tokenizer, token by token, against the ids of the Python packages.
#include "corpora/error.h"
#include "tests/corpora/tokenizers/fixtures.h"
#include "tests/support/doctest.h"

using namespace rmt::tests;

TEST_CASE("ids are those of the reference implementations") {
  CHECK(tokenizer_names().size() == 12);
  size_t compared = 0;
  for (const std::string& name : tokenizer_names()) {
    const auto tokenizer = fixture_tokenizer(name);
    for (const auto& [title, text] : fixture_texts()) {
      CAPTURE(name);
      CAPTURE(title);
      const auto expected = expected_ids()[name][title].get<std::vector<int32_t>>();
      CHECK(encoded(*tokenizer, text).ids == expected);
      compared += expected.size();
    }
  }
  CHECK(compared > 30000);
}

TEST_CASE("tokens cover the text, byte for byte") {
  for (const std::string& name : tokenizer_names()) {
    const auto tokenizer = fixture_tokenizer(name);
    for (const auto& [title, text] : fixture_texts()) {
      CAPTURE(name);
      CAPTURE(title);
      const Tokens tokens = encoded(*tokenizer, text);
      CHECK(tokens.ids.size() == tokens.bytes.size());
      if (tokens.size() > 0) CHECK(covered_bytes(tokens) == text.size());
    }
  }
}

TEST_CASE("encode appends") {
  for (const std::string& name : tokenizer_names()) {
    CAPTURE(name);
    const auto tokenizer = fixture_tokenizer(name);
    Tokens tokens{{7, 8}, {3, 4}};
    tokenizer->encode("two words", tokens);
    const Tokens alone = encoded(*tokenizer, "two words");
    REQUIRE(tokens.size() == alone.size() + 2);
    CHECK(tokens.ids[0] == 7);
    CHECK(tokens.bytes[1] == 4);
    CHECK(std::equal(alone.ids.begin(), alone.ids.end(), tokens.ids.begin() + 2));
    CHECK(std::equal(alone.bytes.begin(), alone.bytes.end(), tokens.bytes.begin() + 2));
  }
}

TEST_CASE("what loses nothing gives every text back") {
  for (const std::string& name : tokenizer_names()) {
    const auto tokenizer = fixture_tokenizer(name);
    const std::string loses = tokenizer->info().loses;
    CAPTURE(name);
    CHECK(loses.empty() == (name == "gpt2" || name == "smollm" || name == "llama3"));
    for (const auto& [title, text] : fixture_texts()) {
      CAPTURE(title);
      const bool plain = loses.empty() || (loses.starts_with("U+2581") && text.find("\u2581") == std::string::npos);
      if (plain) CHECK(tokenizer->decode(encoded(*tokenizer, text).ids) == text);
    }
  }
}

TEST_CASE("ids outside of the vocabulary are refused") {
  for (const std::string& name : tokenizer_names()) {
    CAPTURE(name);
    const auto tokenizer = fixture_tokenizer(name);
    const auto beyond = static_cast<int32_t>(tokenizer->vocab_size());
    CHECK_THROWS_AS(tokenizer->decode(std::vector<int32_t>{beyond}), rmt::corpora::Error);
    CHECK_THROWS_AS(tokenizer->decode(std::vector<int32_t>{-1}), rmt::corpora::Error);
    CHECK_THROWS_AS(tokenizer->piece(beyond), rmt::corpora::Error);
    CHECK(tokenizer->piece(beyond - 1) != "");
  }
}

TEST_CASE("a fingerprint tells tokenizers apart, and not their special tokens") {
  std::map<std::string, std::string> seen;
  for (const std::string& name : tokenizer_names()) {
    CAPTURE(name);
    const std::string print = fixture_tokenizer(name)->fingerprint();
    CHECK(print.size() == 64);
    CHECK(seen.emplace(print, name).second);
    CHECK(print == fixture_tokenizer(name)->fingerprint());
  }
  rmt::corpora::TokenizerConfig config;
  config.eos = "<|endoftext|>";
  CHECK(fixture_tokenizer("gpt2", config)->fingerprint() == fixture_tokenizer("gpt2")->fingerprint());
}
