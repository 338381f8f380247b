#include "lm/eval/window_scorer.h"

#include <ATen/ops/tensor.h>
#include <c10/core/GradMode.h>

#include <stdexcept>

#include "model/ops/cross_entropy.h"

namespace rmt::lm {

std::vector<double> score_ids(const model::Backbone& backbone, const std::vector<int64_t>& ids, int64_t scored) {
  const auto rows = static_cast<int64_t>(ids.size()) - 1;  // the last id is only asked for
  if (scored < 1 || scored > rows) throw std::invalid_argument("the first id of a window cannot be scored");
  const c10::NoGradGuard no_grad;
  const auto options = backbone.embedding_table().options().dtype(at::kLong);
  const at::Tensor all = at::tensor(at::ArrayRef<int64_t>(ids), options);
  const at::Tensor embeddings = backbone.embed(all.narrow(0, 0, rows)).unsqueeze(0);     // [1, S, D]
  const at::Tensor hidden = backbone.forward(embeddings, {}, {rows - scored, rows})[0];  // [R, D]
  const at::Tensor nll =
      model::ops::token_nll(backbone.head(), hidden, all.narrow(0, rows + 1 - scored, scored)).cpu().to(at::kDouble);
  return {nll.data_ptr<double>(), nll.data_ptr<double>() + scored};
}

WindowScorer::WindowScorer(const model::Backbone& backbone, const WindowRule& rule, std::optional<int32_t> prefix)
    : backbone_(backbone), rule_(rule), prefix_(prefix) {
  validate(rule_);
  if ((rule_.bos || rule_.protocol == Protocol::lm_eval) && !prefix_)
    throw std::invalid_argument("this protocol needs an id to put before the text");
}

std::vector<WindowScore> WindowScorer::advance(const MeteredSegment& segment, int64_t scored_before) {
  for (size_t i = segment.segment.starts_with_bos ? 1 : 0; i < segment.units.size(); ++i)
    tokens_.push_back({segment.segment.ids[i], segment.units[i]});
  const int64_t known = first_ + static_cast<int64_t>(tokens_.size());

  std::vector<WindowScore> scores;
  while (const auto window = window_at(rule_, next_window_, known, segment.last)) {
    scores.push_back(describe(*window));
    if (next_window_ >= scored_before) scores.back().token_nll = score(*window);
    ++next_window_;
    forget_before(first_token_needed(rule_, next_window_));
  }
  return scores;
}

WindowScore WindowScorer::describe(const Window& window) const {
  WindowScore score{window, byte_of_first_, byte_of_first_, {}, {}};
  for (int64_t token = first_; token < window.to; ++token) {
    const Units& units = tokens_[static_cast<size_t>(token - first_)].units;
    score.byte_to += units.bytes;
    if (token < window.score_from) score.byte_from += units.bytes;
    if (token >= window.score_from) score.scored += units;
  }
  return score;
}

std::vector<double> WindowScorer::score(const Window& window) const {
  std::vector<int64_t> ids;
  if (window.prefix) ids.push_back(*prefix_);
  for (int64_t token = window.from; token < window.to; ++token)
    ids.push_back(tokens_[static_cast<size_t>(token - first_)].id);
  return score_ids(backbone_, ids, window.scored());
}

void WindowScorer::forget_before(int64_t token) {
  for (; first_ < token && !tokens_.empty(); ++first_) {
    byte_of_first_ += tokens_.front().units.bytes;
    tokens_.pop_front();
  }
}

}  // namespace rmt::lm
