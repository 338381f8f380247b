#include "corpora/tasks/riddle.h"

#include <array>
#include <numeric>

namespace rmt::corpora {

namespace {

using std::string;

// How far to the right of somebody one is, in rooms.
constexpr std::array<std::string_view, kRooms.size()> kDistances = {
    "in the same room as", "one room to the right of", "two rooms to the right of",
    "across from",         "two rooms to the left of", "one room to the left of"};

string movement(std::string_view name, std::string_view verb, std::string_view room) {
  return string(name) + " " + string(verb) + " to the " + string(room) + ".";
}

string position(const string& what, size_t room) {
  return what + " is in the " + string(kRooms[room]) + ".";
}

string relation(std::string_view name, size_t distance, std::string_view other) {
  return string(name) + " is " + string(kDistances[distance]) + " " + string(other) + ".";
}

string question_about(std::string_view what) {
  return "Where is " + string(what) + "?";
}

string key(size_t number) {
  return string(kColours[number % kColours.size()]) + " " + string(kObjects[number / kColours.size()]);
}

Riddle draw_movement(RandomStream& random) {
  const std::string_view name = random.pick<std::string_view>(kNames);
  const std::string_view verb = random.pick<std::string_view>(kVerbs);
  const auto room = static_cast<size_t>(random.below(kRooms.size()));
  return {{movement(name, verb, kRooms[room])}, question_about(name), static_cast<int32_t>(room)};
}

Riddle draw_reasoning(RandomStream& random) {
  std::array<std::string_view, kNames.size()> names = kNames;
  random.shuffle<std::string_view>(names);
  const auto room = static_cast<size_t>(random.below(kRooms.size()));
  const auto distance = static_cast<size_t>(random.below(kDistances.size()));
  return {{relation(names[0], distance, names[1]), position(string(names[1]), room)},
          question_about(names[0]),
          static_cast<int32_t>((room + distance) % kRooms.size())};
}

Riddle draw_recall(int64_t pairs, RandomStream& random) {
  std::array<size_t, kKeys> keys{};
  std::iota(keys.begin(), keys.end(), size_t{0});
  random.shuffle<size_t>(keys);
  Riddle riddle;
  for (int64_t pair = 0; pair < pairs; ++pair) {
    const auto room = static_cast<size_t>(random.below(kRooms.size()));
    riddle.facts.push_back(position("The " + key(keys[static_cast<size_t>(pair)]), room));
    if (pair == 0) riddle.answer = static_cast<int32_t>(room);
  }
  riddle.question = question_about("the " + key(keys[0]));
  return riddle;
}

std::vector<string> all_movements() {
  std::vector<string> facts;
  for (const std::string_view name : kNames)
    for (const std::string_view verb : kVerbs)
      for (const std::string_view room : kRooms) facts.push_back(movement(name, verb, room));
  return facts;
}

std::vector<string> all_relations_and_positions() {
  std::vector<string> facts;
  for (const std::string_view name : kNames) {
    for (size_t room = 0; room < kRooms.size(); ++room) facts.push_back(position(string(name), room));
    for (const std::string_view other : kNames)
      for (size_t distance = 0; other != name && distance < kDistances.size(); ++distance)
        facts.push_back(relation(name, distance, other));
  }
  return facts;
}

std::vector<string> all_keys() {
  std::vector<string> keys;
  for (size_t number = 0; number < kKeys; ++number) keys.push_back(key(number));
  return keys;
}

}  // namespace

Riddle draw_riddle(TaskKind kind, int64_t pairs, RandomStream& random) {
  switch (kind) {
    case TaskKind::reasoning: return draw_reasoning(random);
    case TaskKind::recall: return draw_recall(pairs, random);
    default: return draw_movement(random);
  }
}

int64_t fact_count(TaskKind kind, int64_t pairs) {
  if (kind == TaskKind::recall) return pairs;
  return kind == TaskKind::reasoning ? 2 : 1;
}

std::vector<string> all_facts(TaskKind kind) {
  if (kind == TaskKind::reasoning) return all_relations_and_positions();
  if (kind != TaskKind::recall) return all_movements();
  std::vector<string> facts;
  for (const string& key : all_keys())
    for (size_t room = 0; room < kRooms.size(); ++room) facts.push_back(position("The " + key, room));
  return facts;
}

std::vector<string> all_questions(TaskKind kind) {
  std::vector<string> questions;
  if (kind == TaskKind::recall) {
    for (const string& key : all_keys()) questions.push_back(question_about("the " + key));
  } else {
    for (const std::string_view name : kNames) questions.push_back(question_about(name));
  }
  return questions;
}

}  // namespace rmt::corpora
