// Running the evaluation loop in a test and keeping everything it says.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "lm/eval/evaluator.h"
#include "lm/eval/result.h"
#include "tests/lm/byte_models.h"

namespace rmt::tests {

struct Heard final : lm::EvalListener {
  explicit Heard(int64_t segment_length) : result(segment_length) {}
  void on_row(const lm::DocumentName& document, const lm::ScoredRow& row) override;
  void on_document_end(const lm::DocumentScore& score) override;
  void on_broken(const lm::DocumentName& document, const std::string& why) override;

  std::map<std::string, std::vector<lm::ScoredRow>> rows;  ///< of the main series, by document
  std::map<std::string, std::vector<lm::ScoredRow>> strided;
  std::vector<lm::DocumentScore> documents;
  std::map<std::string, std::string> broken;
  lm::ResultCollector result;
  lm::EvalOutcome outcome = lm::EvalOutcome::finished;
};

/// What an evaluation needs besides its settings.
struct Setup {
  std::shared_ptr<const model::Backbone> backbone{};
  const model::RmtDecoder* decoder = nullptr;
  const corpora::Tokenizer* tokenizer = nullptr;
  std::vector<Text> texts{};
  size_t chunk = 1000;
  const lm::Recording* recording = nullptr;
  int64_t stop_after = -1;             ///< rounds of the loop
  lm::Processes* processes = nullptr;  ///< null: this one alone
};

/// A small random model with its wrapper (segments of 16 tokens) and tokenizer.
struct Stage {
  explicit Stage(model::Architecture architecture = model::Architecture::llama, int64_t memory_tokens = 3,
                 int64_t vocab_size = 256);
  Setup setup(std::vector<Text> texts) const;

  std::shared_ptr<const model::Backbone> backbone;
  model::RmtDecoder decoder;
  std::unique_ptr<const corpora::Tokenizer> tokenizer;
};

/// For segments of 16 tokens.
lm::EvalSettings settings_with(bool gain = false, size_t batch = 1);
lm::WindowRule strided_rule();

/// Nine documents of 0 to 230 tokens.
std::vector<Text> some_texts();

Heard evaluate(const Setup& setup, const lm::EvalSettings& settings);

/// NLLs bit for bit the same, and everything else that is not a time.
bool same_rows(const std::vector<lm::ScoredRow>& a, const std::vector<lm::ScoredRow>& b);

/// Natural logarithms of the softmax after reading `ids`, for every row, in double. [rows][vocabulary]
std::vector<std::vector<double>> log_probabilities(const model::Backbone& backbone, const std::vector<int64_t>& ids);

}  // namespace rmt::tests
