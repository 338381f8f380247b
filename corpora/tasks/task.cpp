#include "corpora/tasks/task.h"

#include <algorithm>
#include <array>
#include <numeric>
#include <span>
#include <stdexcept>
#include <utility>

#include "corpora/error.h"
#include "corpora/tasks/random_stream.h"
#include "corpora/tasks/riddle.h"
#include "corpora/tasks/text_tokens.h"

namespace rmt::corpora {

namespace {

constexpr std::array<std::pair<TaskKind, std::string_view>, 4> kTaskNames = {{{TaskKind::memorize, "memorize"},
                                                                              {TaskKind::detect, "detect"},
                                                                              {TaskKind::reasoning, "reasoning"},
                                                                              {TaskKind::recall, "recall"}}};
constexpr int64_t kLongestSample = int64_t{1} << 31;

void check_range(const char* what, int64_t value, int64_t largest) {
  if (value >= 1 && value <= largest) return;
  throw Error(Errc::unsupported,
              "a memory task with " + std::to_string(value) + " " + what + ": give 1 to " + std::to_string(largest));
}

void check(const TaskOptions& options) {
  check_range("segments", options.segments, kLongestSample);
  check_range("tokens a segment", options.segment_length, kLongestSample / options.segments);
  if (options.kind == TaskKind::recall) check_range("pairs", options.pairs, kKeys);
}

// What is left of a text's first `room` tokens around the facts, in order; never empty passages.
std::vector<std::span<int32_t>> passages_around(std::vector<TaskSample::Fact> facts, std::span<int32_t> room) {
  std::ranges::sort(facts, {}, &TaskSample::Fact::from);
  std::vector<std::span<int32_t>> passages;
  size_t at = 0;
  const auto add = [&](size_t end) {
    if (end > at) passages.push_back(room.subspan(at, end - at));
  };
  for (const TaskSample::Fact& fact : facts) {
    add(static_cast<size_t>(fact.from));
    at = static_cast<size_t>(fact.to);
  }
  add(room.size());
  return passages;
}

}  // namespace

std::string_view name(TaskKind kind) {
  return std::ranges::find(kTaskNames, kind, &std::pair<TaskKind, std::string_view>::first)->second;
}

std::optional<TaskKind> task_by_name(std::string_view name) {
  const auto* const found = std::ranges::find(kTaskNames, name, &std::pair<TaskKind, std::string_view>::second);
  return found == kTaskNames.end() ? std::nullopt : std::optional(found->first);
}

TaskGenerator::TaskGenerator(const TaskOptions& options, const Tokenizer& tokenizer, const Background& background)
    : options_(options), background_(background) {
  check(options);
  if (tokenizer.fingerprint() != background.tokenizer())
    throw Error(Errc::mismatch,
                "the background of a memory task was made with another tokenizer than its facts: make both with one");
  const int64_t facts = fact_count(options.kind, options.pairs) * add_sentences(all_facts(options.kind), tokenizer);
  const int64_t needed = facts + add_sentences(all_questions(options.kind), tokenizer);
  if (needed > tokens())
    throw Error(Errc::mismatch, "a sample of " + std::to_string(tokens()) + " tokens has no room for the facts and " +
                                    "the question of " + std::string(name(options.kind)) + ", up to " +
                                    std::to_string(needed) + " tokens: ask for more or longer segments");
  background.require(tokens());
}

int64_t TaskGenerator::add_sentences(const std::vector<std::string>& sentences, const Tokenizer& tokenizer) {
  size_t longest = 0;
  for (const std::string& sentence : sentences) {
    const Ids& ids = sentences_[sentence] = tokens_behind_a_word(tokenizer, " " + sentence);
    if (ids.empty())
      throw Error(Errc::mismatch, "the tokenizer has no tokens for \"" + sentence + "\": give one that spells English");
    longest = std::max(longest, ids.size());
  }
  return static_cast<int64_t>(longest);
}

// Draws what lies before each fact but other facts, so that every token is as likely a place for a single
// fact, and facts never overlap.
std::vector<TaskSample::Fact> TaskGenerator::places(const std::vector<const Ids*>& facts, int64_t room,
                                                    RandomStream& random) const {
  int64_t spare = room;
  for (const Ids* fact : facts) spare -= static_cast<int64_t>(fact->size());
  std::vector<int64_t> before(facts.size());
  for (int64_t& other : before) other = static_cast<int64_t>(random.below(static_cast<uint64_t>(spare) + 1));
  if (options_.kind == TaskKind::memorize) before.front() = 0;
  std::ranges::sort(before);

  std::vector<size_t> order(facts.size());
  std::iota(order.begin(), order.end(), size_t{0});
  random.shuffle<size_t>(order);

  std::vector<TaskSample::Fact> places(facts.size());
  int64_t taken = 0;
  for (size_t i = 0; i < order.size(); ++i) {
    const auto length = static_cast<int64_t>(facts[order[i]]->size());
    places[order[i]] = {before[i] + taken, before[i] + taken + length};
    taken += length;
  }
  return places;
}

TaskSample TaskGenerator::sample(int64_t index) const {
  if (index < 0) throw std::invalid_argument("a task's samples are numbered from 0");
  // Even streams draw facts and places, odd ones the background.
  const auto stream = 2 * static_cast<uint64_t>(index);
  RandomStream random(options_.seed, stream);
  const Riddle riddle = draw_riddle(options_.kind, options_.pairs, random);
  const Ids& question = sentences_.at(riddle.question);
  const int64_t room = tokens() - static_cast<int64_t>(question.size());
  std::vector<const Ids*> facts;
  for (const std::string& fact : riddle.facts) facts.push_back(&sentences_.at(fact));

  TaskSample sample;
  sample.answer = riddle.answer;
  sample.facts = places(facts, room, random);
  sample.ids.resize(static_cast<size_t>(tokens()));
  for (size_t i = 0; i < facts.size(); ++i) std::ranges::copy(*facts[i], sample.ids.begin() + sample.facts[i].from);
  std::ranges::copy(question, sample.ids.begin() + room);
  const std::span<int32_t> text(sample.ids);
  background_.fill(options_.seed, stream + 1, passages_around(sample.facts, text.first(static_cast<size_t>(room))));
  return sample;
}

}  // namespace rmt::corpora
