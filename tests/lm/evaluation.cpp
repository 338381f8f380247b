#include "tests/lm/evaluation.h"

#include <ATen/ops/arange.h>
#include <ATen/ops/log_softmax.h>
#include <ATen/ops/tensor.h>
#include <c10/core/GradMode.h>

namespace rmt::tests {

void Heard::on_row(const lm::DocumentName& document, const lm::ScoredRow& row) {
  (row.series == lm::Series::main ? rows : strided)[document.id].push_back(row);
  result.on_row(document, row);
}

void Heard::on_document_end(const lm::DocumentScore& score) {
  documents.push_back(score);
  result.on_document_end(score);
}

void Heard::on_broken(const lm::DocumentName& document, const std::string& why) {
  broken[document.id] = why;
  result.on_broken(document, why);
}

Stage::Stage(model::Architecture architecture, int64_t memory_tokens, int64_t vocab_size)
    : backbone(random_backbone(architecture, vocab_size)),
      decoder(small_decoder(backbone, memory_tokens, 16)),
      tokenizer(byte_tokenizer(vocab_size > 256)) {}

Setup Stage::setup(std::vector<Text> texts) const {
  return {.backbone = backbone, .decoder = &decoder, .tokenizer = tokenizer.get(), .texts = std::move(texts)};
}

lm::EvalSettings settings_with(bool gain, size_t batch) {
  lm::EvalSettings settings;
  settings.gain = gain;
  settings.batch = batch;
  settings.cut.segment_length = 16;
  settings.fingerprint = "test";
  return settings;
}

lm::WindowRule strided_rule() {
  return {.protocol = lm::Protocol::hf_strided, .window = 16, .stride = 5, .bos = false};
}

std::vector<Text> some_texts() {
  std::vector<Text> texts;
  for (const size_t bytes : {100, 17, 16, 1, 0, 230, 33, 2, 64})
    texts.push_back({"text" + std::to_string(texts.size()), random_text(bytes, bytes).substr(0, bytes), ""});
  return texts;
}

Heard evaluate(const Setup& setup, const lm::EvalSettings& settings) {
  Heard heard(settings.cut.segment_length);
  lm::Evaluator evaluator(*setup.backbone, setup.decoder, *setup.tokenizer, settings);
  int64_t rounds = 0;
  const auto alone = lm::single_process();
  heard.outcome = evaluator.run([&] { return text_reader(setup.texts, setup.chunk); }, heard, setup.recording,
                                setup.processes != nullptr ? *setup.processes : *alone,
                                [&] { return setup.stop_after >= 0 && rounds++ >= setup.stop_after; });
  return heard;
}

bool same_rows(const std::vector<lm::ScoredRow>& a, const std::vector<lm::ScoredRow>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const lm::ScoredRow& left, const lm::ScoredRow& right) {
    const store::SegmentRow &x = left.row, &y = right.row;
    return x.index == y.index && x.token_from == y.token_from && x.token_to == y.token_to &&
           x.byte_from == y.byte_from && x.byte_to == y.byte_to && x.scored_tokens == y.scored_tokens &&
           x.scored_bytes == y.scored_bytes && x.nll == y.nll && x.nll_reset == y.nll_reset &&
           x.nll_head == y.nll_head && x.scored_head == y.scored_head && x.nll_head_reset == y.nll_head_reset;
  });
}

std::vector<std::vector<double>> log_probabilities(const model::Backbone& backbone, const std::vector<int64_t>& ids) {
  const c10::NoGradGuard no_grad;
  const at::Tensor rows = backbone.embed(at::tensor(ids, at::kLong)).unsqueeze(0);
  const at::Tensor hidden = backbone.forward(rows, {}, {0, rows.size(1)})[0];
  const at::Tensor all = at::log_softmax(backbone.head()(hidden).to(at::kDouble), 1).contiguous();
  std::vector<std::vector<double>> result;
  for (int64_t row = 0; row < all.size(0); ++row)
    result.emplace_back(all.data_ptr<double>() + row * all.size(1), all.data_ptr<double>() + (row + 1) * all.size(1));
  return result;
}

}  // namespace rmt::tests
