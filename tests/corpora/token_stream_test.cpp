#include "corpora/token_stream.h"

#include <random>

#include "tests/corpora/group_tokenizer.h"
#include "tests/corpora/readers/files.h"

using namespace rmt::corpora;
using namespace rmt::tests;

namespace {

std::string sample_text(size_t words, uint32_t seed) {
  const std::vector<std::string> parts = {"lamp", "a", "\u4e2d\u6587",  "lighthouse-keeper", " ", "  \n",
                                          "\n",   " ", "\u00e9t\u00e9", " \U0001f6a2"};
  std::mt19937 random(seed);
  std::string text;
  for (size_t i = 0; i < words; ++i) text += parts[random() % parts.size()];
  return text;
}

Tokens at_once(const std::string& text) {
  Tokens tokens;
  GroupTokenizer().encode(text, tokens);
  return tokens;
}

Tokens streamed(TextSource& text, const Tokenizer& tokenizer, size_t limit) {
  TokenStream stream(text, tokenizer);
  Tokens tokens;
  for (size_t before = 0; stream.read(limit, tokens); before = tokens.size()) {
    CHECK(tokens.size() > before);
    CHECK(tokens.size() - before <= limit);
  }
  CHECK_FALSE(stream.read(limit, tokens));
  return tokens;
}

std::string utf8(char32_t c) {
  const size_t length = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
  std::string text(length, '\0');
  for (size_t i = length; i-- > 1; c >>= 6) text[i] = static_cast<char>(0x80 | (c & 0x3f));
  constexpr unsigned char kLeads[] = {0, 0, 0xc0, 0xe0, 0xf0};
  text[0] = static_cast<char>(kLeads[length] | c);
  return text;
}

TextCounts counts_of(const std::string& text, size_t step) {
  ChunkedText source(text, [step] { return step; });
  const GroupTokenizer tokenizer;
  TokenStream stream(source, tokenizer);
  Tokens tokens;
  while (stream.read(1000, tokens)) {
  }
  return stream.counts();
}

}  // namespace

TEST_CASE("tokens are those of the whole text, however the chunks fall") {
  const GroupTokenizer tokenizer;
  for (uint32_t seed = 0; seed < 40; ++seed) {
    const std::string text = sample_text(seed * 5, seed);
    const Tokens whole = at_once(text);
    std::mt19937 random(seed);
    const std::vector<std::function<size_t()>> sizes = {[] { return size_t{1}; }, [] { return size_t{7}; },
                                                        [] { return size_t{1} << 20; },
                                                        [&random] { return size_t{random() % 30}; }};
    for (const auto& size : sizes) {
      for (const size_t limit : {1, 3, 1000}) {
        ChunkedText source(text, size);
        const Tokens tokens = streamed(source, tokenizer, limit);
        CHECK(tokens.ids == whole.ids);
        CHECK(tokens.bytes == whole.bytes);
      }
    }
  }
}

TEST_CASE("every border of two chunks gives the same tokens") {
  const GroupTokenizer tokenizer;
  const std::string text = "The lamp\n\n of \u00c9mile  turns; \u4e2d\u6587 \U0001f6a2 too. ";
  const Tokens whole = at_once(text);
  for (size_t border = 1; border < text.size(); ++border) {
    bool first = true;
    ChunkedText source(text, [&] { return std::exchange(first, false) ? border : text.size(); });
    CHECK(streamed(source, tokenizer, 1000).ids == whole.ids);
  }
}

TEST_CASE("a long text is encoded a chunk at a time") {
  const GroupTokenizer tokenizer;
  ChunkedText source(sample_text(50'000, 1), [] { return size_t{512}; });
  streamed(source, tokenizer, 4096);
  CHECK(tokenizer.longest() < 1024);
}

TEST_CASE("a passage without a safe cut is looked at seldom, and comes out whole") {
  const GroupTokenizer tokenizer;
  const std::string text(100'000, 'x');
  ChunkedText source(text, [] { return size_t{10}; });
  const Tokens tokens = streamed(source, tokenizer, 1 << 20);
  CHECK(tokens.ids == at_once(text).ids);
  CHECK(tokenizer.asked() < 30);  // of 10,000 chunks
}

TEST_CASE("an empty text has no tokens and one empty word, as in Python") {
  ChunkedText source("", [] { return size_t{1}; });
  const GroupTokenizer tokenizer;
  TokenStream stream(source, tokenizer);
  Tokens tokens;
  CHECK_FALSE(stream.read(10, tokens));
  CHECK(tokens.size() == 0);
  CHECK(stream.counts().bytes == 0);
  CHECK(stream.counts().words == 1);
}

// Expected values from Python: len(t.encode()), len(t), len(re.split(r"\s+", t)).
TEST_CASE("bytes, characters and words are those of Python") {
  struct Case {
    std::string text;
    int64_t bytes, chars, words;
  };
  const std::string spaces =
      "  Two spaces lead, a tab\tfollows.\r\n"
      "A no-break\u00a0space, an em\u2003space, an ideographic\u3000space; a line\u2028separator and next\u0085line.\n"
      "A zero\u200bwidth space and a word\u2060joiner are none, nor is the mongolian\u180evowel separator.\n"
      "File\x1cgroup\x1drecord\x1eunit\x1f"
      "separators are; so is the ogham\u1680mark and the thin\u202fone and "
      "\u205fthis.\n"
      "\u00c9t\u00e9, \u4e2d\u6587, \u0395\u03bb\u03bb\u03ac\u03b4\u03b1, \U0001f6a2\U0001f30a, e\u0301.\n\n"
      "\x0bvertical\x0c"
      "form   \n";
  const std::vector<Case> cases = {
      {"a", 1, 1, 1},
      {" ", 1, 1, 2},
      {"  a", 3, 3, 2},
      {" a ", 3, 3, 3},
      {"a b", 3, 3, 2},
      {"\n", 1, 1, 2},
      {"\u00e9", 2, 1, 1},
      {"\u200b", 3, 1, 1},
      {"a\u2003\u2003"
       "b",
       8, 4, 2},
      {spaces, 376, 337, 60},
      {content_of(fixture("article.expanded.tex")), 741, 741, 92},
      {content_of(fixture("records.jsonl")), 416, 410, 56},
  };
  for (const Case& expected : cases) {
    for (const size_t step : {1, 2, 5, 100'000}) {
      CAPTURE(expected.text);
      const TextCounts counts = counts_of(expected.text, step);
      CHECK(counts.bytes == expected.bytes);
      CHECK(counts.chars == expected.chars);
      CHECK(counts.words == expected.words);
    }
  }
}

// Python: [hex(c) for c in range(0x110000) if re.match(r"\s", chr(c))].
TEST_CASE("white space is exactly Python's") {
  const std::vector<std::pair<char32_t, char32_t>> ranges = {
      {0x09, 0x0d},     {0x1c, 0x20},     {0x85, 0x85},     {0xa0, 0xa0},     {0x1680, 0x1680},
      {0x2000, 0x200a}, {0x2028, 0x2029}, {0x202f, 0x202f}, {0x205f, 0x205f}, {0x3000, 0x3000}};
  const auto is_space = [&](char32_t c) {
    return std::any_of(ranges.begin(), ranges.end(), [c](const auto& r) { return c >= r.first && c <= r.second; });
  };
  int64_t wrong = 0;
  for (char32_t c = 1; c < 0x11000; ++c) {
    if (c >= 0xd800 && c < 0xe000) continue;
    const std::string text = utf8(c);
    TextCounter counter;
    counter.add(text, 0, text.size());
    wrong += counter.counts().words != 1 + is_space(c) || counter.counts().chars != 1;
  }
  CHECK(wrong == 0);
}

TEST_CASE("counting range by range adds up to counting at once") {
  const std::string text = sample_text(200, 9);
  TextCounter whole;
  whole.add(text, 0, text.size());
  std::mt19937 random(4);
  for (int round = 0; round < 20; ++round) {
    TextCounter parts;
    for (size_t from = 0; from < text.size();) {
      const size_t to = std::min(text.size(), from + 1 + random() % 9);  // also inside code points
      parts.add(text, from, to);
      from = to;
    }
    CHECK(parts.counts().bytes == whole.counts().bytes);
    CHECK(parts.counts().chars == whole.counts().chars);
    CHECK(parts.counts().words == whole.counts().words);
  }
}
