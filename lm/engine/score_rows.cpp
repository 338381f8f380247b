#include "lm/engine/score_rows.h"

#include <cmath>
#include <limits>
#include <stdexcept>
#include <utility>

#include <fmt/format.h>

#include "lm/engine/segment_row.h"

namespace rmt::engine {

ScoreRows::ScoreRows(const corpora::Tokenizer& tokenizer, Settings settings)
    : settings_(std::move(settings)), characters_(settings_.name), tokens_(tokenizer) {
  if (settings_.segment_length < (settings_.bos ? 2 : 1))
    throw std::invalid_argument("a segment holds at least one token of the text");
}

std::vector<int32_t> ScoreRows::push(std::string_view bytes) {
  if (ended_) throw std::logic_error("a text that has ended goes on");
  const std::string text = characters_.push(bytes);
  meter_.add(text);
  corpora::Tokens tokens;
  tokens_.push(text, tokens);
  return enter(tokens);
}

std::vector<int32_t> ScoreRows::finish() {
  characters_.finish();
  corpora::Tokens tokens;
  tokens_.finish(tokens);
  std::vector<int32_t> ids = enter(tokens);
  ended_ = true;
  // The last token has the field that no white space ends.
  if (!in_flight_.empty()) {
    in_flight_.back().units.words += 1;
  } else if (segment_.ids > 0) {
    (segment_.nll.empty() ? segment_.read : segment_.scored).words += 1;
  } else if (scored_.tokens > 0) {
    scored_.words += 1;
  }
  return ids;
}

std::vector<int32_t> ScoreRows::enter(const corpora::Tokens& tokens) {
  std::vector<int32_t> ids;
  ids.reserve(tokens.size() + 1);
  if (settings_.bos && tokens.size() > 0 && !std::exchange(begun_, true)) {
    ids.push_back(*settings_.bos);
    in_flight_.push_back({*settings_.bos, {}});
  }
  for (size_t i = 0; i < tokens.size(); ++i) {
    ids.push_back(tokens.ids[i]);
    in_flight_.push_back({tokens.ids[i], meter_.take(tokens.bytes[i])});
  }
  return ids;
}

std::vector<store::SegmentRow> ScoreRows::scored(const ScoredTokens& scored) {
  std::vector<store::SegmentRow> rows;
  segment_.ms += scored.ms;
  for (const ScoredToken& token : scored.tokens) {
    take(token);
    if (segment_.ids == settings_.segment_length) rows.push_back(close_segment());
  }
  if (complete() && segment_.ids > 0) rows.push_back(close_segment());
  return rows;
}

void ScoreRows::take(const ScoredToken& token) {
  if (in_flight_.empty() || in_flight_.front().id != token.id)
    throw std::logic_error("a score came back for a token that was not sent next");
  const corpora::Units units = in_flight_.front().units;
  in_flight_.pop_front();
  segment_.ids += 1;
  segment_.read += units;
  if (settings_.tokens_too) {
    segment_.tokens.bytes.push_back(static_cast<int32_t>(units.bytes));
    segment_.tokens.nll.push_back(token.logprob ? -*token.logprob : std::numeric_limits<float>::quiet_NaN());
  }
  if (!token.logprob) {
    segment_.first_scored = segment_.ids;
    return;
  }
  if (token.logprob_reset.has_value() != settings_.reset_too)
    throw std::logic_error("scores with the memory reset came back where none were asked for, or the other way round");
  if (std::isnan(*token.logprob) || std::isnan(token.logprob_reset.value_or(0)))
    throw std::runtime_error(
        fmt::format("{}, token {}: the model's loss is not a number. Its weights are damaged, or "
                    "the arithmetic is too narrow for them (try --dtype fp32)",
                    settings_.name, read_.tokens + segment_.read.tokens - 1));
  segment_.scored += units;
  segment_.nll.push_back(-static_cast<double>(*token.logprob));
  if (token.logprob_reset) segment_.nll_reset.push_back(-static_cast<double>(*token.logprob_reset));
}

store::SegmentRow ScoreRows::close_segment() {
  SegmentSums segment = std::exchange(segment_, {});
  if (settings_.tokens_too) closed_tokens_.push_back(std::move(segment.tokens));
  segment_.index = segment.index + 1;
  const corpora::Units before = read_;
  read_ += segment.read;
  scored_ += segment.scored;
  const SegmentPlace place{segment.index, before.tokens, read_.tokens, before.bytes, read_.bytes};
  std::optional<std::span<const double>> reset;
  if (settings_.reset_too) reset = segment.nll_reset;
  store::SegmentRow row = segment_row(place, segment.scored, segment.first_scored, segment.nll, reset);
  row.ms = segment.ms;

  nll_.add(row.nll);
  nll_reset_.add(row.nll_reset.value_or(0));
  totals_.segments += 1;
  totals_.scored_tokens += row.scored_tokens;
  totals_.scored_bytes += row.scored_bytes;
  totals_.ms += row.ms;
  return row;
}

store::Totals ScoreRows::totals() const {
  store::Totals totals = totals_;
  totals.documents = totals.finished = 1;
  totals.words = scored_.words;
  totals.chars = scored_.chars;
  totals.nll = nll_.value();
  if (settings_.reset_too && totals.segments > 0) totals.nll_reset = nll_reset_.value();
  return totals;
}

store::DocumentRow ScoreRows::end() const {
  store::DocumentRow document;
  document.name = settings_.name;
  document.finished = complete();
  document.tokens = read_.tokens;
  document.bytes = read_.bytes;
  document.chars = scored_.chars;
  document.words = scored_.words;
  return document;
}

}  // namespace rmt::engine
