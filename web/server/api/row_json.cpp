#include "web/server/api/row_json.h"

#include <cmath>
#include <optional>

#include "lm/store/figures.h"

namespace rmt::web {
namespace {

Json number_or_null(double value) {
  return std::isfinite(value) ? Json(value) : Json(nullptr);
}

Json number_or_null(const std::optional<double>& value) {
  return value ? number_or_null(*value) : Json(nullptr);
}

Json per_token(double sum, int64_t tokens) {
  return tokens > 0 ? number_or_null(sum / static_cast<double>(tokens)) : Json(nullptr);
}

Json perplexity(double nll, int64_t tokens) {
  return tokens > 0 ? number_or_null(std::exp(nll / static_cast<double>(tokens))) : Json(nullptr);
}

}  // namespace

Json row_json(const store::SegmentRow& row, const store::Totals& so_far) {
  Json json = {{"seq", row.index + 1},
               {"seg", row.index},
               {"token_from", row.token_from},
               {"token_to", row.token_to},
               {"byte_from", row.byte_from},
               {"byte_to", row.byte_to},
               {"scored_tokens", row.scored_tokens},
               {"nll", row.nll},
               {"ppl", perplexity(row.nll, row.scored_tokens)},
               {"ppl_so_far", number_or_null(store::perplexity(so_far))},
               {"bits_per_byte_so_far", number_or_null(store::bits_per_byte(so_far))},
               {"ms", row.ms}};
  if (row.nll_reset) json["nll_reset"] = *row.nll_reset;
  return json;
}

void add_tokens(Json& row, const engine::TokenScores& tokens) {
  Json nll = Json::array();
  for (const float one : tokens.nll) nll.push_back(number_or_null(std::round(static_cast<double>(one) * 1000) / 1000));
  row["token_bytes"] = tokens.bytes;
  row["token_nll"] = std::move(nll);
}

Json totals_json(const store::Totals& totals, int64_t tokens, int64_t bytes) {
  Json json = {{"segments", totals.segments},
               {"tokens", tokens},
               {"bytes", bytes},
               {"scored_tokens", totals.scored_tokens},
               {"scored_bytes", totals.scored_bytes},
               {"nll", totals.nll},
               {"nll_per_token", per_token(totals.nll, totals.scored_tokens)},
               {"ppl", perplexity(totals.nll, totals.scored_tokens)},
               {"bits_per_byte", number_or_null(store::bits_per_byte(totals))},
               {"word_ppl", number_or_null(store::word_perplexity(totals))},
               {"bits_per_char", number_or_null(store::bits_per_char(totals))}};
  if (const auto gain = store::memory_gain(totals)) json["memory_gain"] = number_or_null(*gain);
  return json;
}

}  // namespace rmt::web
