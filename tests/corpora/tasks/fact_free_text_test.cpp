#include "corpora/tasks/fact_free_text.h"

#include <random>

#include "corpora/tasks/task_words.h"
#include "tests/corpora/group_tokenizer.h"
#include "tests/support/doctest.h"

using namespace rmt::corpora;
using namespace rmt::tests;

namespace {

std::string filtered(const std::string& text, const std::function<size_t()>& size) {
  ChunkedText source(text, size);
  FactFreeText facts_out(source);
  std::string all, chunk;
  while (facts_out.next(chunk)) {
    CHECK(!chunk.empty());
    all += chunk;
  }
  CHECK(!facts_out.next(chunk));
  return all;
}

// The same for any cutting into chunks.
std::string filtered(const std::string& text) {
  const std::string whole = filtered(text, [&] { return text.size(); });
  std::mt19937 random(1);
  for (const size_t longest : {1, 2, 3, 7, 40}) CHECK(filtered(text, [&] { return 1 + random() % longest; }) == whole);
  return whole;
}

}  // namespace

TEST_CASE("sentences with a task word are left out, the others kept as they are") {
  CHECK(filtered("").empty());
  CHECK(filtered("The bell rang.  Nobody came!\tWhy?") == "The bell rang.  Nobody came!\tWhy?");
  CHECK(filtered("It rained. Mary went to the garden. It stopped.") == "It rained. It stopped.");
  CHECK(filtered("Where is JOHN? Gone. In the Office? No.") == "Gone. No.");
  CHECK(filtered("The red lantern is in the hall. So is the door.") == "So is the door.");
  CHECK(filtered("Daniel").empty());
  CHECK(filtered("one. \"Is Sandra here?\" two. (the kitchen.) three.") == "one. two. three.");
}

TEST_CASE("words that only contain a task word are others") {
  const std::string text =
      "Johnson the gardener saw Maryland, kitchenettes, an officer and Jo\u00e3oJohn. \u00c9John too.";
  CHECK(filtered(text) == text);
  CHECK(filtered("Mary's coat. John, too. A garden-gate. The end.") == "The end.");
}

TEST_CASE("a sentence goes over the ends of lines and stops at a new paragraph") {
  CHECK(filtered("He said that\nMary left. Good.\n") == "Good.\n");
  CHECK(filtered("A title\n\nMary left\n \nThe end") == "A title\n\nThe end");
  CHECK(filtered("A title\r\n\r\nMary left\r\n\r\nThe end") == "A title\r\n\r\nThe end");
}

TEST_CASE("text without ends of sentences is cut at white space, and no task word slips through") {
  std::string text;
  for (int i = 0; i < 3000; ++i) text += i % 700 == 699 ? "Mary " : "word" + std::to_string(i) + " ";
  const std::string kept = filtered(text, [] { return size_t{500}; });
  CHECK(!mentions_task_word(kept));
  CHECK(kept.size() < text.size() - 3 * 4096);
  CHECK(kept.size() > text.size() - 5 * 5000);
  CHECK(kept.find("word2999") != std::string::npos);
}

TEST_CASE("a word without an end is passed on, in whole code points") {
  std::string text;
  while (text.size() < (size_t{3} << 20)) text += "\u00e9";
  CHECK(filtered(text, [] { return size_t{65537}; }) == text);
}
