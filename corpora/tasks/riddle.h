// A task without its background: facts, a question and the answer, as text.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "corpora/tasks/random_stream.h"
#include "corpora/tasks/task.h"

namespace rmt::corpora {

struct Riddle {
  std::vector<std::string> facts;  ///< in the order of TaskSample::facts
  std::string question;
  int32_t answer = 0;  ///< the label: kRooms[answer]
};

/// Reasoning adds a distance to a place on the ring of rooms, both uniform: given the question and one of
/// the facts every room is still equally likely. (A chain of rooms would not do: with "The office is north
/// of the bathroom." and "The bathroom is north of the kitchen.", whoever is asked what lies north of what
/// lies north of the kitchen needs the first fact only, because it does not name the kitchen.)
Riddle draw_riddle(TaskKind kind, int64_t pairs, RandomStream& random);

/// How many facts a riddle has.
int64_t fact_count(TaskKind kind, int64_t pairs);

/// How many different keys recall has.
inline constexpr int64_t kKeys = static_cast<int64_t>(kColours.size() * kObjects.size());

/// Every sentence that can be a fact of the task, and every question.
std::vector<std::string> all_facts(TaskKind kind);
std::vector<std::string> all_questions(TaskKind kind);

}  // namespace rmt::corpora
