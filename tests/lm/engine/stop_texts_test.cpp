#include "lm/engine/stop_texts.h"

#include <algorithm>
#include <stdexcept>

#include "corpora/tasks/random_stream.h"
#include "tests/support/doctest.h"

using rmt::corpora::RandomStream;
using rmt::engine::StopTexts;

namespace {

struct Outcome {
  std::string text;
  std::string stop;  // empty: none
  bool operator==(const Outcome&) const = default;
};

// The definition: the end that comes first; of the stop texts that end there the longest.
Outcome naive(const std::string& text, const std::vector<std::string>& stops) {
  for (size_t end = 1; end <= text.size(); ++end) {
    std::string longest;
    for (const std::string& stop : stops)
      if (text.substr(0, end).ends_with(stop) && stop.size() > longest.size()) longest = stop;
    if (!longest.empty()) return {text.substr(0, end - longest.size()), longest};
  }
  return {text, ""};
}

// The longest end of `text` that a stop text begins with.
size_t may_become(const std::string& text, const std::vector<std::string>& stops) {
  size_t most = 0;
  for (const std::string& stop : stops)
    for (size_t i = 1; i < stop.size(); ++i)
      if (text.ends_with(stop.substr(0, i))) most = std::max(most, i);
  return most;
}

// `size` says how long each piece is.
template <class Size>
Outcome passed(const std::string& text, const std::vector<std::string>& stops, Size size) {
  StopTexts passage(stops);
  Outcome outcome;
  for (size_t at = 0; at < text.size();) {
    const size_t length = std::min<size_t>(size(), text.size() - at);
    outcome.text += passage.push(text.substr(at, length));
    at += length;
    if (!passage.found()) REQUIRE(outcome.text.size() + may_become(text.substr(0, at), stops) == at);
  }
  outcome.text += passage.finish();
  outcome.stop = passage.found().value_or("");
  return outcome;
}

std::string drawn_text(RandomStream& random, size_t longest) {
  std::string text;
  const size_t length = random.below(longest) + 1;
  for (size_t i = 0; i < length; ++i) text += static_cast<char>('a' + random.below(2));
  return text;
}

}  // namespace

TEST_CASE("the text ends before the stop text") {
  StopTexts stops({"\n\n", "END"});
  CHECK(stops.push("one E") == "one ");
  CHECK(stops.push("N") == "");
  CHECK(stops.push("T two\n") == "ENT two");
  CHECK(!stops.found());
  CHECK(stops.push("\nthree") == "");
  CHECK(stops.found() == "\n\n");
  CHECK(stops.push("four") == "");
  CHECK(stops.finish() == "");
}

TEST_CASE("what was held back comes out at the end") {
  StopTexts stops({"abcd"});
  CHECK(stops.push("xabc") == "x");
  CHECK(stops.finish() == "abc");
  CHECK(!stops.found());
}

TEST_CASE("nothing is held back without a reason") {
  StopTexts none({});
  CHECK(none.push("any text") == "any text");
  CHECK(none.finish() == "");
  StopTexts stops({"abab"});
  CHECK(stops.push("ababx").empty());
  StopTexts others({"aba", "bb"});
  CHECK(others.push("ab") == "");
  CHECK(others.push("c") == "abc");
}

TEST_CASE("the stop text that is complete first wins, and the longest of those complete at once") {
  const auto whole = [] { return size_t{100}; };
  CHECK(passed("xabcd", {"abcd", "bc"}, whole) == Outcome{"xa", "bc"});
  CHECK(passed("xabcd", {"cd", "bcd", "d"}, whole) == Outcome{"xa", "bcd"});
  CHECK(passed("xabcd", {"d", "bcd"}, whole) == Outcome{"xa", "bcd"});
}

TEST_CASE("every way to cut a text gives what the naive search gives") {
  RandomStream random(1, 1);
  int found = 0;
  for (int round = 0; round < 3000; ++round) {
    std::vector<std::string> stops;
    for (size_t i = random.below(4); i-- > 0;) stops.push_back(drawn_text(random, 6));
    const std::string text = drawn_text(random, 40);
    const Outcome expected = naive(text, stops);
    found += expected.stop.empty() ? 0 : 1;
    REQUIRE(passed(text, stops, [] { return size_t{1}; }) == expected);
    REQUIRE(passed(text, stops, [] { return size_t{1000}; }) == expected);
    REQUIRE(passed(text, stops, [&] { return 1 + random.below(7); }) == expected);
  }
  CHECK(found > 500);
}

TEST_CASE("characters are not torn apart") {
  StopTexts stops({"→←"});
  CHECK(stops.push("a→") == "a");
  CHECK(stops.push("→") == "→");
  CHECK(stops.push("↑") == "→↑");
}

TEST_CASE("an empty stop text is refused") {
  CHECK_THROWS_AS(StopTexts({"a", ""}), std::invalid_argument);
}
