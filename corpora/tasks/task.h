// Synthetic memory tasks, as of the Recurrent Memory Transformer paper: a few facts lie in a long
// background that has nothing to do with them, a question about them ends the text, and the answer is
// one of six rooms. How far back a model remembers is how often it answers right.
//
//   memorize    one fact, the very first words of the text
//               "Mary went to the garden." … "Where is Mary?"
//   detect      the same fact anywhere before the question
//   reasoning   two facts anywhere, in either order, of which neither says anything without the other
//               "John is in the garden." … "Mary is one room to the left of John." … "Where is Mary?"
//   recall      K facts with K different keys anywhere, the question asks for one of them
//               "The red lantern is in the office." … "The blue kettle is in the garden." … "Where is the
//               red lantern?"
//
// A sample is a number of segments of exactly `segment_length` tokens, the question its last tokens. A fact
// stands at any token, inside a segment or across the border of two. (The paper's own generator repeats
// one document as background and puts facts at the beginning of segments only.)
//
//   const auto background = generated_background(tokenizer);                         // background.h
//   const TaskGenerator tasks({.kind = TaskKind::detect, .segments = 7}, tokenizer, *background);
//   const TaskSample first = tasks.sample(0);
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "corpora/tasks/background.h"
#include "corpora/tasks/task_words.h"
#include "corpora/tokenizer.h"

namespace rmt::corpora {

class RandomStream;

enum class TaskKind { memorize, detect, reasoning, recall };

std::string_view name(TaskKind kind);
std::optional<TaskKind> task_by_name(std::string_view name);

struct TaskOptions {
  TaskKind kind = TaskKind::memorize;
  int64_t segments = 1;
  int64_t segment_length = 499;  ///< text tokens of a segment; the model adds memory and special tokens
  int64_t pairs = 4;             ///< of recall: facts with different keys, 1 to 128
  uint64_t seed = 0;
};

struct TaskSample {
  std::vector<int32_t> ids;  ///< segments * segment_length
  int32_t answer = 0;        ///< the label: kRooms[answer]

  /// The tokens [from, to) of a fact.
  struct Fact {
    int64_t from = 0, to = 0;
  };
  /// By their part in the answer, not by place. reasoning: who the question is about, then where the
  /// other one is; recall: the fact asked for, then the others.
  std::vector<Fact> facts;
};

/// Samples of evaluation take indices from here on, those of training indices below: no sample is in both.
inline constexpr int64_t kFirstEvaluationIndex = int64_t{1} << 40;

/// Sample `index` depends on the options, the tokenizer, the background and the index only: any process
/// makes it, in any order, on any machine. Serves several threads.
class TaskGenerator {
 public:
  /// The background must outlive the generator. Throws Error: unsupported for options out of range,
  /// mismatch where facts and question do not fit into the sample, the background is too short for it or
  /// was made with another tokenizer.
  TaskGenerator(const TaskOptions& options, const Tokenizer& tokenizer, const Background& background);

  /// `index` is not negative. Answers are uniform over the rooms and independent of everything but the
  /// facts; the place of a fact is uniform over the tokens that are left to it.
  TaskSample sample(int64_t index) const;

  const TaskOptions& options() const { return options_; }

 private:
  using Ids = std::vector<int32_t>;

  int64_t tokens() const { return options_.segments * options_.segment_length; }
  /// Encodes them; how many tokens the longest has.
  int64_t add_sentences(const std::vector<std::string>& sentences, const Tokenizer& tokenizer);
  std::vector<TaskSample::Fact> places(const std::vector<const Ids*>& facts, int64_t room, RandomStream& random) const;

  TaskOptions options_;
  const Background& background_;
  std::unordered_map<std::string, Ids> sentences_;  // every fact and question of the task
};

}  // namespace rmt::corpora
