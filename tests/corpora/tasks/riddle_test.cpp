#include "corpora/tasks/riddle.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <set>

#include "tests/support/doctest.h"

using namespace rmt::corpora;

namespace {

constexpr std::array<TaskKind, 4> kKinds = {TaskKind::memorize, TaskKind::detect, TaskKind::reasoning,
                                            TaskKind::recall};

std::vector<Riddle> drawn(TaskKind kind, size_t count, int64_t pairs = 5) {
  std::vector<Riddle> riddles;
  for (size_t i = 0; i < count; ++i) {
    RandomStream random(11, i);
    riddles.push_back(draw_riddle(kind, pairs, random));
  }
  return riddles;
}

std::set<std::string> listed_facts(TaskKind kind) {
  const auto facts = all_facts(kind);
  return {facts.begin(), facts.end()};
}

// Accuracy on the second half of the riddles of the best guess that the first half teaches from `clue`.
template <class Clue>
double accuracy_from(const std::vector<Riddle>& riddles, const Clue& clue) {
  std::map<std::string, std::array<int, kRooms.size()>> seen;
  const size_t half = riddles.size() / 2;
  for (size_t i = 0; i < half; ++i) ++seen[clue(riddles[i])][static_cast<size_t>(riddles[i].answer)];
  size_t right = 0;
  for (size_t i = half; i < riddles.size(); ++i) {
    const auto& counts = seen[clue(riddles[i])];
    right += std::ranges::max_element(counts) - counts.begin() == riddles[i].answer;
  }
  return static_cast<double>(right) / static_cast<double>(half);
}

bool is_chance(double accuracy, size_t riddles) {
  const double deviation = std::sqrt(5.0 / 36 / (static_cast<double>(riddles) / 2));
  return std::abs(accuracy - 1.0 / 6) < 4 * deviation;
}

}  // namespace

TEST_CASE("a movement names its answer, and the question its name") {
  std::set<std::string> facts;
  for (const TaskKind kind : {TaskKind::memorize, TaskKind::detect}) {
    for (const Riddle& riddle : drawn(kind, 3000)) {
      REQUIRE(riddle.facts.size() == 1);
      const std::string& fact = riddle.facts.front();
      CHECK(fact.ends_with(" to the " + std::string(kRooms.at(static_cast<size_t>(riddle.answer))) + "."));
      CHECK(riddle.question == "Where is " + fact.substr(0, fact.find(' ')) + "?");
      facts.insert(fact);
    }
  }
  CHECK(facts == listed_facts(TaskKind::detect));
  CHECK(facts.size() == kNames.size() * kVerbs.size() * kRooms.size());
  CHECK(facts.contains("Mary went back to the garden."));
}

TEST_CASE("every sentence of a riddle is listed, and every listed sentence occurs") {
  for (const TaskKind kind : kKinds) {
    CAPTURE(name(kind));
    std::set<std::string> facts, questions;
    for (const Riddle& riddle : drawn(kind, 4000)) {
      CHECK(static_cast<int64_t>(riddle.facts.size()) == fact_count(kind, 5));
      facts.insert(riddle.facts.begin(), riddle.facts.end());
      questions.insert(riddle.question);
    }
    const auto listed = all_questions(kind);
    CHECK(facts == listed_facts(kind));
    CHECK(questions == std::set<std::string>(listed.begin(), listed.end()));
  }
}

TEST_CASE("every room is the answer as often") {
  for (const TaskKind kind : kKinds) {
    std::array<int, kRooms.size()> counts{};
    for (const Riddle& riddle : drawn(kind, 12000)) ++counts.at(static_cast<size_t>(riddle.answer));
    for (const int count : counts) CHECK(std::abs(count - 2000) < 4 * 41);
  }
}

TEST_CASE("reasoning needs both facts: each alone, with the question or not, is worth nothing") {
  const auto riddles = drawn(TaskKind::reasoning, 40000);
  const auto from = [&](const auto& clue) { return accuracy_from(riddles, clue); };
  CHECK(is_chance(from([](const Riddle& r) { return r.question; }), riddles.size()));
  CHECK(is_chance(from([](const Riddle& r) { return r.facts[0]; }), riddles.size()));
  CHECK(is_chance(from([](const Riddle& r) { return r.facts[1]; }), riddles.size()));
  CHECK(is_chance(from([](const Riddle& r) { return r.facts[0] + r.question; }), riddles.size()));
  CHECK(is_chance(from([](const Riddle& r) { return r.facts[1] + r.question; }), riddles.size()));
  CHECK(from([](const Riddle& r) { return r.facts[0] + r.facts[1]; }) == 1);
}

TEST_CASE("the rooms are a ring") {
  for (const Riddle& riddle : drawn(TaskKind::reasoning, 2000)) {
    const std::string& relation = riddle.facts[0];
    const std::string& position = riddle.facts[1];
    const size_t room =
        static_cast<size_t>(std::ranges::find_if(kRooms,
                                                 [&](std::string_view name) {
                                                   return position.ends_with(" is in the " + std::string(name) + ".");
                                                 }) -
                            kRooms.begin());
    const std::string other = position.substr(0, position.find(' '));
    CHECK(relation.ends_with(" " + other + "."));
    CHECK(!relation.starts_with(other));
    CHECK(riddle.question == "Where is " + relation.substr(0, relation.find(' ')) + "?");
    const auto steps = [&](const char* words, size_t right) {
      if (relation.find(words) != std::string::npos)
        CHECK(static_cast<size_t>(riddle.answer) == (room + right) % kRooms.size());
    };
    steps(" in the same room as ", 0);
    steps(" one room to the right of ", 1);
    steps(" two rooms to the right of ", 2);
    steps(" across from ", 3);
    steps(" two rooms to the left of ", 4);
    steps(" one room to the left of ", 5);
  }
}

TEST_CASE("recall has as many different keys as pairs, and asks for the first") {
  const auto possible = listed_facts(TaskKind::recall);
  for (const int64_t pairs : {int64_t{1}, int64_t{2}, int64_t{17}, kKeys}) {
    for (const Riddle& riddle : drawn(TaskKind::recall, 60, pairs)) {
      std::set<std::string> keys;
      for (const std::string& fact : riddle.facts) {
        CHECK(possible.contains(fact));
        keys.insert(fact.substr(4, fact.find(" is in ") - 4));
      }
      CHECK(static_cast<int64_t>(keys.size()) == pairs);
      const std::string asked = riddle.question.substr(13, riddle.question.size() - 14);
      CHECK(riddle.facts[0] ==
            "The " + asked + " is in the " + std::string(kRooms.at(static_cast<size_t>(riddle.answer))) + ".");
    }
  }
}

TEST_CASE("the other pairs of recall say nothing about the answer") {
  const auto riddles = drawn(TaskKind::recall, 20000, 2);
  const auto room_of = [](const std::string& fact) { return fact.substr(fact.rfind(' ')); };
  CHECK(is_chance(accuracy_from(riddles, [&](const Riddle& r) { return room_of(r.facts[1]); }), riddles.size()));
  CHECK(is_chance(accuracy_from(riddles, [](const Riddle& r) { return r.question; }), riddles.size()));
  CHECK(accuracy_from(riddles, [&](const Riddle& r) { return room_of(r.facts[0]); }) == 1);
}
