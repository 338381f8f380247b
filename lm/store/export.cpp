#include "lm/store/export.h"

#include <cmath>
#include <string>

#include "lm/store/number_text.h"
#include "lm/store/row_json.h"

namespace rmt::store {
namespace {

using Write = std::function<void(std::string_view)>;

std::string csv_field(const std::string& text) {
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string quoted(1, '"');
  for (const char c : text) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted + '"';
}

std::string csv_number(const std::optional<double>& value) {
  return value ? shortest(*value) : "";
}

std::string csv_row(const std::string& document, const SegmentRow& row) {
  std::string line = document;
  const auto add = [&line](const std::string& field) { line.append(1, ',').append(field); };
  for (const int64_t number :
       {row.index, row.token_from, row.token_to, row.byte_from, row.byte_to, row.scored_tokens, row.scored_bytes}) {
    add(std::to_string(number));
  }
  add(shortest(row.nll));
  add(csv_number(row.nll_reset));
  add(shortest(row.nll_head));
  add(std::to_string(row.scored_head));
  add(csv_number(row.nll_head_reset));
  add(shortest(row.ms));
  return line + "\r\n";
}

void export_csv(const Store& store, int64_t run, const Write& write) {
  write(
      "run,document,source,seg,token_from,token_to,byte_from,byte_to,scored_tokens,scored_bytes,nll,nll_reset,"
      "nll_head,scored_head,nll_head_reset,ms\r\n");
  for (const DocumentRow& document : store.documents(run)) {
    const std::string prefix = std::to_string(run) + "," + csv_field(document.name) + "," + csv_field(document.source);
    for (const SegmentRow& segment : store.segments(document.id)) write(csv_row(prefix, segment));
  }
}

// A step has as many segments as its batch had: their losses are one field, separated by semicolons.
std::string csv_row(int64_t run, const TrainStepRow& row) {
  std::string by_segment;
  for (size_t i = 0; i < row.by_segment.size(); ++i)
    by_segment.append(i > 0 ? ";" : "").append(std::isnan(row.by_segment[i]) ? "" : shortest(row.by_segment[i]));
  std::string line = std::to_string(run);
  for (const std::string& field : {std::to_string(row.step), std::to_string(row.stage), std::to_string(row.segments),
                                   shortest(row.loss), shortest(row.gradient_norm), shortest(row.learning_rate),
                                   std::to_string(row.tokens), shortest(row.ms), by_segment})
    line.append(1, ',').append(field);
  return line + "\r\n";
}

void export_steps_csv(const Store& store, int64_t run, const Write& write) {
  write("run,step,stage,segments,loss,gradient_norm,learning_rate,tokens,ms,loss_by_segment\r\n");
  for (const TrainStepRow& step : store.train_steps(run)) write(csv_row(run, step));
}

Json document_with_totals(const Store& store, const DocumentRow& document) {
  Json object = to_json(document);
  object["totals"] = to_json(store.document_totals(document.id));
  return object;
}

// Written piece by piece: a run of millions of segments need not be in memory as one JSON tree.
void export_json(const Store& store, const Run& run, const Write& write) {
  write("{\"run\":" + json_line(to_json(run)) + ",\n\"totals\":" + json_line(to_json(store.run_totals(run.id))) +
        ",\n\"documents\":[");
  std::string before_document = "\n";
  for (const DocumentRow& document : store.documents(run.id)) {
    std::string head = json_line(document_with_totals(store, document));
    head.pop_back();  // the closing brace: the object goes on
    write(before_document + head + ",\"segments\":[");
    std::string before_segment = "\n";
    for (const SegmentRow& segment : store.segments(document.id)) {
      write(before_segment + json_line(to_json(segment)));
      before_segment = ",\n";
    }
    write("]}");
    before_document = ",\n";
  }
  write("],\n\"steps\":[");
  std::string before_step = "\n";
  for (const TrainStepRow& step : store.train_steps(run.id)) {
    write(before_step + json_line(to_json(step)));
    before_step = ",\n";
  }
  write("]}\n");
}

void export_jsonl(const Store& store, const Run& run, const Write& write) {
  Json head = to_json(run);
  head["totals"] = to_json(store.run_totals(run.id));
  write(typed_line("run", head) + "\n");
  for (const DocumentRow& document : store.documents(run.id)) {
    write(typed_line("document", document_with_totals(store, document)) + "\n");
    for (const SegmentRow& segment : store.segments(document.id)) write(typed_line("segment", to_json(segment)) + "\n");
  }
  for (const TrainStepRow& step : store.train_steps(run.id)) write(typed_line("step", to_json(step)) + "\n");
}

}  // namespace

std::optional<ExportFormat> parse_export_format(std::string_view name) {
  if (name == "csv") return ExportFormat::csv;
  if (name == "json") return ExportFormat::json;
  if (name == "jsonl") return ExportFormat::jsonl;
  return std::nullopt;
}

void export_run(const Store& store, int64_t run, ExportFormat format, const Write& write) {
  const Store::Snapshot snapshot = store.snapshot();
  const Run found = store.run(run);
  switch (format) {
    case ExportFormat::csv:
      return found.spec.command == "train" ? export_steps_csv(store, run, write) : export_csv(store, run, write);
    case ExportFormat::json: return export_json(store, found, write);
    case ExportFormat::jsonl: return export_jsonl(store, found, write);
  }
}

}  // namespace rmt::store
