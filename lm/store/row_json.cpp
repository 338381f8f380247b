#include "lm/store/row_json.h"

#include "lm/store/figures.h"

namespace rmt::store {
namespace {

Json or_null(const std::optional<double>& value) {
  return value ? Json(*value) : Json(nullptr);
}

}  // namespace

Json to_json(const Run& run) {
  const RunSpec& spec = run.spec;
  Json config = Json::parse(spec.config, nullptr, false);
  if (config.is_discarded()) config = spec.config;
  return {{"run", run.id},
          {"status", to_string(run.status)},
          {"started", run.started},
          {"ended", run.ended.empty() ? Json(nullptr) : Json(run.ended)},
          {"command", spec.command},
          {"protocol", spec.protocol},
          {"model", spec.model},
          {"model_sha256", spec.model_sha256},
          {"tokenizer_sha256", spec.tokenizer_sha256},
          {"device", spec.device},
          {"dtype", spec.dtype},
          {"version", spec.version},
          {"config", std::move(config)}};
}

Json to_json(const DocumentRow& document) {
  return {{"document", document.id},       {"name", document.name},     {"source", document.source},
          {"finished", document.finished}, {"tokens", document.tokens}, {"bytes", document.bytes},
          {"chars", document.chars},       {"words", document.words}};
}

Json to_json(const SegmentRow& segment) {
  return {{"document", segment.document},
          {"seg", segment.index},
          {"token_from", segment.token_from},
          {"token_to", segment.token_to},
          {"byte_from", segment.byte_from},
          {"byte_to", segment.byte_to},
          {"scored_tokens", segment.scored_tokens},
          {"scored_bytes", segment.scored_bytes},
          {"nll", segment.nll},
          {"nll_reset", or_null(segment.nll_reset)},
          {"nll_head", segment.nll_head},
          {"scored_head", segment.scored_head},
          {"nll_head_reset", or_null(segment.nll_head_reset)},
          {"ms", segment.ms}};
}

Json to_json(const TrainStepRow& step) {
  return {{"step", step.step},
          {"stage", step.stage},
          {"segments", step.segments},
          {"loss", step.loss},
          {"loss_by_segment", step.by_segment},
          {"gradient_norm", step.gradient_norm},
          {"learning_rate", step.learning_rate},
          {"tokens", step.tokens},
          {"ms", step.ms}};
}

Json to_json(const Totals& totals) {
  return {{"documents", totals.documents},
          {"finished", totals.finished},
          {"segments", totals.segments},
          {"scored_tokens", totals.scored_tokens},
          {"scored_bytes", totals.scored_bytes},
          {"nll", totals.nll},
          {"nll_reset", or_null(totals.nll_reset)},
          {"ppl", perplexity(totals)},
          {"bits_per_byte", bits_per_byte(totals)},
          {"word_ppl", or_null(word_perplexity(totals))},
          {"bits_per_char", or_null(bits_per_char(totals))},
          {"memory_gain", or_null(memory_gain(totals))},
          {"ms", totals.ms}};
}

Json to_json(const FieldDifference& difference) {
  const auto side = [](const std::optional<std::string>& value) { return value ? Json(*value) : Json(nullptr); };
  return {{"field", difference.field}, {"a", side(difference.a)}, {"b", side(difference.b)}};
}

Json to_json(const StretchDifference& stretch) {
  return {{"token_from", stretch.token_from},    {"token_to", stretch.token_to}, {"scored_tokens_a", stretch.scored_a},
          {"scored_tokens_b", stretch.scored_b}, {"nll_a", stretch.nll_a},       {"nll_b", stretch.nll_b},
          {"difference", stretch.difference()}};
}

std::string json_line(const Json& value) {
  return value.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string typed_line(std::string_view type, const Json& object) {
  Json typed = {{"type", type}};
  typed.update(object);
  return json_line(typed);
}

}  // namespace rmt::store
