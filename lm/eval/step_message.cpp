#include "lm/eval/step_message.h"

#include <nlohmann/json.hpp>

namespace rmt::lm {

namespace {

using nlohmann::json;

json packed(const std::string& text) {
  return json::binary(std::vector<uint8_t>(text.begin(), text.end()));
}

std::string text_of(const json& packed) {
  const auto& bytes = packed.get_binary();
  return {bytes.begin(), bytes.end()};
}

json packed(const Units& units) {
  return {units.tokens, units.bytes, units.chars, units.words};
}

Units units_of(const json& packed) {
  return {packed[0], packed[1], packed[2], packed[3]};
}

template <class Value>
json packed(const std::optional<Value>& value) {
  return value ? json(*value) : json();
}

template <class Value>
void unpack(const json& packed, std::optional<Value>& value) {
  if (!packed.is_null()) value = packed.get<Value>();
}

json packed(const LineScore& score) {
  return {score.exact, score.nll};
}

json packed(const ScoredLine& line) {
  return {line.tokens, packed(line.main), line.reset ? packed(*line.reset) : json()};
}

ScoredLine line_of(const json& packed) {
  ScoredLine line{packed[0], {packed[1][0], packed[1][1]}, {}};
  if (!packed[2].is_null()) line.reset = LineScore{packed[2][0], packed[2][1]};
  return line;
}

json packed(const ScoredRow& scored) {
  const store::SegmentRow& row = scored.row;
  json lines = json::array();
  for (const ScoredLine& line : scored.tactic_lines) lines.push_back(packed(line));
  return {static_cast<int>(scored.series),
          scored.window,
          scored.first_scored,
          scored.token_nll,
          packed(scored.token_nll_reset),
          json::array({row.index, row.token_from, row.token_to, row.byte_from, row.byte_to, row.scored_tokens,
                       row.scored_bytes, row.scored_head}),
          json::array({row.nll, row.nll_head, row.ms}),
          packed(row.nll_reset),
          packed(row.nll_head_reset),
          std::move(lines)};
}

ScoredRow row_of(const json& packed) {
  ScoredRow scored;
  scored.series = static_cast<Series>(packed[0].get<int>());
  scored.window = packed[1];
  scored.first_scored = packed[2];
  scored.token_nll = packed[3].get<std::vector<double>>();
  unpack(packed[4], scored.token_nll_reset);
  store::SegmentRow& row = scored.row;
  const json &places = packed[5], &sums = packed[6];
  row.index = places[0];
  row.token_from = places[1];
  row.token_to = places[2];
  row.byte_from = places[3];
  row.byte_to = places[4];
  row.scored_tokens = places[5];
  row.scored_bytes = places[6];
  row.scored_head = places[7];
  row.nll = sums[0];
  row.nll_head = sums[1];
  row.ms = sums[2];
  unpack(packed[7], row.nll_reset);
  unpack(packed[8], row.nll_head_reset);
  for (const json& line : packed[9]) scored.tactic_lines.push_back(line_of(line));
  return scored;
}

json packed(const DocumentEnd& end) {
  return {end.tokens, end.bytes, packed(end.scored[0]), packed(end.scored[1])};
}

json packed(const DocumentStep& step) {
  json rows = json::array();
  for (const ScoredRow& row : step.rows) rows.push_back(packed(row));
  return {step.document.number,
          packed(step.document.id),
          packed(step.document.source),
          step.opened,
          std::move(rows),
          packed(step.state),
          step.end ? packed(*step.end) : json(),
          step.broken ? packed(*step.broken) : json()};
}

DocumentStep step_of(const json& packed) {
  DocumentStep step;
  step.document = {packed[0], text_of(packed[1]), text_of(packed[2])};
  step.opened = packed[3];
  for (const json& row : packed[4]) step.rows.push_back(row_of(row));
  step.state = text_of(packed[5]);
  if (const json& end = packed[6]; !end.is_null())
    step.end = DocumentEnd{end[0], end[1], {units_of(end[2]), units_of(end[3])}};
  if (!packed[7].is_null()) step.broken = text_of(packed[7]);
  return step;
}

}  // namespace

std::string to_bytes(const std::vector<DocumentStep>& steps) {
  json all = json::array();
  for (const DocumentStep& step : steps) all.push_back(packed(step));
  std::string bytes;
  json::to_cbor(all, bytes);
  return bytes;
}

std::vector<DocumentStep> steps_of(const std::string& bytes) {
  std::vector<DocumentStep> steps;
  for (const json& step : json::from_cbor(bytes)) steps.push_back(step_of(step));
  return steps;
}

}  // namespace rmt::lm
