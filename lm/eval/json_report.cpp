#include "lm/eval/json_report.h"

#include <nlohmann/json.hpp>

#include "lm/eval/tactic_report.h"

namespace rmt::lm {

namespace {

using nlohmann::json;

// Names come from files and may hold any bytes.
std::string line_of(const json& object) {
  return object.dump(-1, ' ', false, json::error_handler_t::replace) + "\n";
}

json figures_json(double nll, const Units& scored) {
  const Figures values = figures(nll, scored);
  return {{"scored_tokens", scored.tokens},
          {"scored_bytes", scored.bytes},
          {"scored_chars", scored.chars},
          {"scored_words", scored.words},
          {"nll", nll},
          {"nll_per_token", values.nll_per_token},
          {"ppl", values.ppl},
          {"bits_per_byte", values.bits_per_byte},
          {"word_ppl", values.word_ppl},
          {"bits_per_char", values.bits_per_char}};
}

json interval_json(const std::optional<Interval>& interval) {
  return interval ? json{interval->low, interval->high} : json(nullptr);
}

json total_json(const Total& total) {
  json object = figures_json(total.nll, total.scored);
  object["ppl_95"] = interval_json(total.ppl);
  object["bits_per_byte_95"] = interval_json(total.bits_per_byte);
  object["nll_per_token_first_32"] = total.nll_head;
  object["nll_per_token_rest"] = total.nll_rest;
  if (total.recipe_ppl) object["recipe_ppl"] = *total.recipe_ppl;
  return object;
}

const char* name(Resampled resampled) {
  switch (resampled) {
    case Resampled::documents: return "documents";
    case Resampled::segment_blocks: return "blocks of segments of one document";
    case Resampled::nothing: break;
  }
  return "nothing";
}

}  // namespace

JsonReport::JsonReport(const Identity& identity, std::function<void(const std::string&)> write)
    : identity_(identity), write_(std::move(write)) {
  json object = to_json(identity_);
  object["type"] = "run";
  write_(line_of(object));
}

std::string JsonReport::series_name(Series series) const {
  return std::string(lm::name(series == Series::main ? identity_.settings.protocol : Protocol::hf_strided));
}

void JsonReport::on_row(const DocumentName& document, const ScoredRow& scored) {
  const store::SegmentRow& row = scored.row;
  const auto tokens = static_cast<double>(row.scored_tokens);
  const Figures values = figures(row.nll, {row.scored_tokens, row.scored_bytes, 0, 0});
  json object = {{"type", scored.window ? "window" : "segment"},
                 {"protocol", series_name(scored.series)},
                 {"document", document.id},
                 {"index", row.index},
                 {"token_from", row.token_from},
                 {"token_to", row.token_to},
                 {"byte_from", row.byte_from},
                 {"byte_to", row.byte_to},
                 {"scored_tokens", row.scored_tokens},
                 {"scored_bytes", row.scored_bytes},
                 {"nll", row.nll},
                 {"nll_per_token", values.nll_per_token},
                 {"ppl", values.ppl},
                 {"bits_per_byte", values.bits_per_byte},
                 {"nll_first_32", row.nll_head},
                 {"scored_first_32", row.scored_head}};
  if (row.nll_reset) {
    object["nll_reset"] = *row.nll_reset;
    object["nll_first_32_reset"] = row.nll_head_reset.value_or(0);
    object["memory_gain"] = (*row.nll_reset - row.nll) / tokens;
  }
  write_(line_of(object));
}

void JsonReport::on_document_end(const DocumentScore& score) {
  const auto write = [&](Series series, const ScoreSum& sum) {
    json object = figures_json(sum.nll.value(), sum.scored);
    object["type"] = "document";
    object["protocol"] = series_name(series);
    object["document"] = score.name.id;
    object["source"] = score.name.source;
    object["tokens"] = score.tokens;
    object["bytes"] = score.bytes;
    object["rows"] = sum.rows;
    if (sum.has_reset) {
      object["nll_reset"] = sum.nll_reset.value();
      object["memory_gain"] = sum.memory_gain().value_or(0);
    }
    write_(line_of(object));
  };
  write(Series::main, score.main);
  if (score.strided) write(Series::strided, *score.strided);
}

void JsonReport::on_broken(const DocumentName& document, const std::string& why) {
  write_(line_of({{"type", "broken"}, {"document", document.id}, {"why", why}}));
}

void JsonReport::finish(const ResultCollector& result) {
  json object = to_json(identity_);
  object["type"] = "total";
  object["documents"] = result.documents();
  object["documents_unscored"] = result.documents_unscored();
  object["documents_broken"] = result.broken();
  object["resampled"] = name(result.resampled());
  object.update(total_json(result.total(Line::main)));
  if (result.has(Line::reset)) object["memory_reset"] = total_json(result.total(Line::reset));
  if (result.has(Line::strided)) object["hf_strided"] = total_json(result.total(Line::strided));
  if (const auto gain = result.gain()) {
    object["memory_gain"] = gain->nats_per_token;
    object["memory_gain_95"] = interval_json(gain->interval);
  }
  if (!result.tactics().empty()) object["tactics"] = to_json(result.tactics().rows());
  write_(line_of(object));
}

}  // namespace rmt::lm
