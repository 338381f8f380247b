#include "corpora/tasks/grammar.h"

#include <map>
#include <set>
#include <stdexcept>

#include "tests/support/doctest.h"

using rmt::corpora::Grammar;
using rmt::corpora::RandomStream;

namespace {

std::string sentence_of(const Grammar& grammar, uint64_t stream) {
  RandomStream random(1, stream);
  std::vector<uint32_t> words;
  grammar.sentence(random, words);
  return grammar.spell(words);
}

std::map<std::string, int> drawn(const Grammar& grammar, int times) {
  std::map<std::string, int> counts;
  for (int i = 0; i < times; ++i) ++counts[sentence_of(grammar, static_cast<uint64_t>(i))];
  return counts;
}

}  // namespace

TEST_CASE("alternatives are equally likely, rules are carried out, capitals and spaces put") {
  const auto counts = drawn(Grammar("s = <who> slept .\n  | did <who> sleep , too ?\nwho = the cat | Ines\n"), 4000);
  CHECK(counts.size() == 4);
  for (const char* sentence :
       {" The cat slept.", " Ines slept.", " Did the cat sleep, too?", " Did Ines sleep, too?"}) {
    CAPTURE(sentence);
    CHECK(counts.contains(sentence));
    CHECK(counts.at(sentence) > 850);
    CHECK(counts.at(sentence) < 1150);
  }
}

TEST_CASE("a range stands for each of its numbers") {
  const auto counts = drawn(Grammar("s = <n> boats .\nn = 8..12 | many"), 600);
  CHECK(counts.size() == 6);
  CHECK(counts.contains(" 8 boats."));
  CHECK(counts.contains(" 12 boats."));
  CHECK(counts.contains(" Many boats."));
}

TEST_CASE("a grammar whose sentences might not end, or that is not finished, is refused") {
  const auto refused = [](const char* rules, const char* why) {
    CHECK_THROWS_WITH_AS(Grammar{rules}, doctest::Contains(why), std::invalid_argument);
  };
  refused("", "without rules");
  refused("s = a <s> .", "<s>, in the rule s");
  refused("s = <a>\na = b\nc = <a>", "<a>, in the rule c");
  refused("s = <nothing> .", "<nothing>, in the rule s");
  refused("s = <a .\na = b", "<a, in the rule s");
  refused("s = a | | b", "an empty alternative in the rule s");
  refused("s = a |", "an empty alternative in the rule s");
  refused("s = a\ns = b", "there twice s");
  refused("s : a", "does not begin with \"name =\" s");
  refused("  s = a", "a line before the first rule s");
}

TEST_CASE("random numbers are the same everywhere and for ever") {
  RandomStream random(1, 2);
  CHECK(random.next() == 15201566595796281265u);
  CHECK(RandomStream(1, 2).below(1000000) == 824078);
}

TEST_CASE("streams of one seed and seeds of one stream have nothing in common") {
  std::set<uint64_t> seen;
  for (uint64_t seed = 0; seed < 30; ++seed) {
    for (uint64_t stream = 0; stream < 30; ++stream) {
      RandomStream random(seed, stream);
      for (int i = 0; i < 20; ++i) seen.insert(random.next());
    }
  }
  CHECK(seen.size() == 30 * 30 * 20);
}

TEST_CASE("numbers below a bound are uniform and a shuffle takes every order") {
  RandomStream random(3, 3);
  std::map<std::vector<int>, int> orders;
  std::vector<int> below(7);
  for (int i = 0; i < 12000; ++i) {
    std::vector<int> order = {1, 2, 3};
    random.shuffle<int>(order);
    ++orders[order];
    ++below[random.below(7)];
  }
  CHECK(orders.size() == 6);
  for (const auto& [order, count] : orders) CHECK(std::abs(count - 2000) < 160);
  for (const int count : below) CHECK(std::abs(count - 12000 / 7) < 160);
}
