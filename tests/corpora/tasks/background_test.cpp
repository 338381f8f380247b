#include "corpora/tasks/background.h"

#include <algorithm>
#include <ctime>
#include <set>

#include "corpora/tasks/fact_free_text.h"
#include "corpora/tasks/grammar.h"
#include "corpora/tasks/task_words.h"
#include "corpora/tasks/valley_grammar.h"
#include "tests/corpora/readers/files.h"
#include "tests/corpora/tasks/word_tokenizer.h"
#include "tests/corpora/tokenizers/fixtures.h"
#include "tests/support/doctest.h"

using namespace rmt::corpora;
using namespace rmt::tests;
using Ids = std::vector<int32_t>;

namespace {

constexpr size_t kLongSample = size_t{4096} * 499;

Ids filled(const Background& background, size_t tokens, uint64_t seed = 1, uint64_t stream = 1) {
  Ids ids(tokens);
  const std::vector<std::span<int32_t>> passages = {ids};
  background.fill(seed, stream, passages);
  return ids;
}

// Passages of these lengths.
std::vector<Ids> filled(const Background& background, const std::vector<size_t>& lengths, uint64_t stream) {
  std::vector<Ids> passages;
  for (const size_t length : lengths) passages.emplace_back(length, -1);
  background.fill(1, stream, std::vector<std::span<int32_t>>(passages.begin(), passages.end()));
  return passages;
}

// Whether two places of `ids` begin the same `length` tokens. (By 64-bit hashes: a false alarm among two
// million has a chance of one in ten million.)
bool repeats(const Ids& ids, size_t length) {
  constexpr uint64_t kBase = 0x9e3779b97f4a7c15u;
  uint64_t top = 1, hash = 0;
  for (size_t i = 0; i < length; ++i) top *= kBase;
  std::vector<uint64_t> hashes;
  for (size_t i = 0; i < ids.size(); ++i) {
    hash = hash * kBase + static_cast<uint64_t>(ids[i]) + 1;
    if (i >= length) hash -= top * (static_cast<uint64_t>(ids[i - length]) + 1);
    if (i + 1 >= length) hashes.push_back(hash);
  }
  std::ranges::sort(hashes);
  return std::ranges::adjacent_find(hashes) != hashes.end();
}

// A corpus of the numbers from 0 to `count` - 1, each a token that occurs once.
struct Numbers {
  TempFolder folder;
  WordTokenizer tokenizer;
  std::unique_ptr<const Background> background;

  explicit Numbers(int count, const CorpusOptions& options = {}) {
    std::string text;
    for (int i = 0; i < count; ++i) text += " " + std::to_string(i);
    background = corpus_background({folder.write("numbers.txt", text)}, tokenizer, options);
  }

  int value(int32_t id) const { return std::stoi(tokenizer.piece(id)); }
};

}  // namespace

TEST_CASE("words tokenized once give the ids of the whole text with tokenizers that keep words apart") {
  const Grammar grammar(valley_grammar());
  std::string text;
  RandomStream random(7, 3);
  for (int i = 0; i < 400; ++i) {
    std::vector<uint32_t> words;
    grammar.sentence(random, words);
    text.insert(0, grammar.spell(words));
  }
  for (const std::string& name : tokenizer_names()) {
    if (name == "mapped") continue;  // has a piece "1,"
    CAPTURE(name);
    const auto tokenizer = fixture_tokenizer(name);
    const Ids start = encoded(*tokenizer, "a").ids;
    Ids expected = encoded(*tokenizer, "a" + text).ids;
    expected.erase(expected.begin(), expected.begin() + static_cast<std::ptrdiff_t>(start.size()));
    CHECK(filled(*generated_background(*tokenizer), expected.size(), 7, 3) == expected);
  }
}

TEST_CASE("generated text depends on seed and stream, and each passage ends with a sentence") {
  const WordTokenizer tokenizer;
  const auto background = generated_background(tokenizer);
  const Ids text = filled(*background, 500, 4, 5);
  CHECK(text == filled(*generated_background(tokenizer), 500, 4, 5));
  CHECK(text != filled(*background, 500, 4, 6));
  CHECK(text != filled(*background, 500, 5, 5));
  const auto passages = filled(*background, {100, 1, 200}, 9);
  for (const Ids& passage : passages) {
    CHECK(ends_sentence(tokenizer.piece(passage.back())));
    CHECK(std::ranges::count(passage, -1) == 0);
  }
  CHECK(passages[0] != Ids(passages[2].end() - 100, passages[2].end()));
}

TEST_CASE("two million generated tokens take a moment and repeat no passage of 64") {
  const WordTokenizer tokenizer;
  const auto background = generated_background(tokenizer);
  const std::clock_t start = std::clock();
  Ids text = filled(*background, kLongSample);
  const double seconds = static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
  CHECK(seconds < 2);
  MESSAGE("2 million generated tokens: ", seconds, " s");
  CHECK(!repeats(text, 64));
  CHECK(repeats(text, 4));
  std::copy_n(text.begin() + 1000, 64, text.end() - 500);
  CHECK(repeats(text, 64));
  CHECK(!repeats(text, 80));
}

TEST_CASE("generated text is rich and has no word of the tasks") {
  const Grammar grammar(valley_grammar());
  CHECK(grammar.spellings().size() / 2 > 900);
  for (const std::string& spelling : grammar.spellings()) {
    CAPTURE(spelling);
    CHECK(!mentions_task_word(spelling));
  }
  const WordTokenizer tokenizer;
  const auto background = generated_background(tokenizer);
  CHECK(!mentions_task_word(tokenizer.decode(filled(*background, 200000))));
  CHECK(background->capacity() > int64_t{1} << 60);
}

TEST_CASE("a tokenizer that cannot spell the text is refused") {
  const LowerCaseTokenizer tokenizer;
  const Error error = error_of([&] { generated_background(tokenizer); });
  CHECK(error.code() == Errc::mismatch);
  CHECK(contains(error.what(), "has no tokens for"));
}

TEST_CASE("passages of a corpus lie at random places without overlap") {
  const Numbers numbers(1000);
  CHECK(numbers.background->capacity() == 1000);
  std::set<int> starts;
  std::vector<int> read(1000);
  int second_before_third = 0;
  for (uint64_t stream = 0; stream < 400; ++stream) {
    std::set<int> seen;
    const auto passages = filled(*numbers.background, {40, 7, 300, 1}, stream);
    const auto behind_first = [&](size_t passage) {
      return (numbers.value(passages[passage][0]) - numbers.value(passages[0][0]) + 1000) % 1000;
    };
    second_before_third += behind_first(1) < behind_first(2);
    for (const Ids& passage : passages) {
      starts.insert(numbers.value(passage.front()));
      for (size_t i = 0; i < passage.size(); ++i) {
        const int value = numbers.value(passage[i]);
        CHECK(value == (numbers.value(passage.front()) + static_cast<int>(i)) % 1000);
        CHECK(seen.insert(value).second);
        ++read[static_cast<size_t>(value)];
      }
    }
  }
  CHECK(std::abs(second_before_third - 200) < 45);
  CHECK(starts.size() > 700);  // of 1600 draws among 1000 places: 798 expected
  const auto [least, most] = std::ranges::minmax(read);
  CHECK(least > 90);  // 139 expected, with a deviation of 10
  CHECK(most < 190);
}

TEST_CASE("passages of a corpus end with a sentence as long as there is room") {
  const WordTokenizer tokenizer;
  const TempFolder folder;
  std::string text;
  for (int i = 0; i < 2000; ++i) text += " " + std::to_string(i) + (i % 17 == 16 ? "." : "");
  const auto background = corpus_background({folder.write("sentences.txt", text)}, tokenizer);
  const auto capacity = static_cast<size_t>(background->capacity());
  int ends = 0, ends_when_full = 0;
  for (uint64_t stream = 0; stream < 100; ++stream) {
    std::set<int32_t> seen;
    for (const Ids& passage : filled(*background, {100, 250, 50}, stream)) {
      ends += tokenizer.piece(passage.back()) == ".";
      for (const int32_t id : passage)
        if (tokenizer.piece(id) != ".") CHECK(seen.insert(id).second);
    }
    ends_when_full += tokenizer.piece(filled(*background, capacity, 1, stream).back()) == ".";
  }
  CHECK(ends > 285);  // of 300: two passages are seldom so close
  CHECK(ends_when_full < 20);
}

TEST_CASE("a corpus is used up to its last token, and one token more is refused") {
  const Numbers numbers(100);
  for (uint64_t stream = 0; stream < 20; ++stream) {
    std::set<int32_t> seen;
    for (const Ids& passage : filled(*numbers.background, {30, 60, 10}, stream))
      seen.insert(passage.begin(), passage.end());
    CHECK(seen.size() == 100);
  }
  CHECK(filled(*numbers.background, {}, 1).empty());
  const Error error = error_of([&] { filled(*numbers.background, {30, 60, 11}, 1); });
  CHECK(error.code() == Errc::mismatch);
  CHECK(contains(error.what(), "the background has 100 tokens and a sample needs 101"));
  CHECK(contains(error.what(), "give more documents"));
}

TEST_CASE("the pool ends at max_tokens and goes over all documents") {
  CHECK(Numbers(1000, {.max_tokens = 64}).background->capacity() == 64);
  CHECK(Numbers(1000, {.max_tokens = 0}).background->capacity() == 0);
  const WordTokenizer tokenizer;
  const TempFolder folder;
  folder.write("a.txt", " one two three.");
  folder.write("b.txt", " four five six. Mary went to the garden. Seven.");
  const auto background = corpus_background({folder.path()}, tokenizer);
  CHECK(background->capacity() == 10);
  CHECK(background->tokenizer() == tokenizer.fingerprint());
  std::set<std::string> words;
  for (const int32_t id : filled(*background, 10)) words.insert(tokenizer.piece(id));
  CHECK(words == std::set<std::string>{" one", " two", " three", " four", " five", " six", " Seven", "."});
  CHECK(error_of([&] { corpus_background({folder.path() + "/none.txt"}, tokenizer); }).code() == Errc::not_found);
}
