#include "corpora/tasks/task_text.h"

#include <array>
#include <utility>

#include "corpora/tasks/grammar.h"
#include "corpora/tasks/riddle.h"
#include "corpora/tasks/valley_grammar.h"

namespace rmt::corpora {

namespace {

constexpr std::array<TaskKind, 3> kDifferent = {TaskKind::detect, TaskKind::reasoning, TaskKind::recall};
constexpr int kSentencesOfLine = 6;
constexpr int64_t kPairs = 2;

class TaskText final : public TextSource {
 public:
  TaskText(uint64_t seed, int64_t bytes) : grammar_(valley_grammar()), random_(seed, 0), left_(bytes) {}

  bool next(std::string& chunk) override {
    if (left_ <= 0) return false;
    std::vector<uint32_t> words;
    for (int i = 0; i < kSentencesOfLine; ++i) grammar_.sentence(random_, words);
    chunk = grammar_.spell(words);
    const Riddle riddle = draw_riddle(random_.pick<TaskKind>(kDifferent), kPairs, random_);
    for (const std::string& fact : riddle.facts) chunk += " " + fact;
    chunk += " " + riddle.question + "\n";
    left_ -= static_cast<int64_t>(chunk.size());
    return true;
  }

 private:
  Grammar grammar_;
  RandomStream random_;
  int64_t left_;
};

class TaskTextReader final : public DocumentReader {
 public:
  TaskTextReader(uint64_t seed, int64_t bytes) : text_(std::make_unique<TaskText>(seed, bytes)) {}

  std::optional<Document> next() override {
    if (!text_) return std::nullopt;
    return Document{"memory tasks", "memory tasks", "generated", std::exchange(text_, nullptr)};
  }

 private:
  std::unique_ptr<TextSource> text_;
};

}  // namespace

std::unique_ptr<DocumentReader> task_text(uint64_t seed, int64_t bytes) {
  return std::make_unique<TaskTextReader>(seed, bytes);
}

}  // namespace rmt::corpora
