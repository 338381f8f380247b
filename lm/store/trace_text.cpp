#include "lm/store/trace_text.h"

#include <algorithm>
#include <initializer_list>
#include <nlohmann/json.hpp>

#include "lm/store/number_text.h"
#include "lm/store/sha256.h"

namespace rmt::store {
namespace {

// Quoted, so that a name with a line break cannot pass for another line.
std::string quoted(const std::string& text) {
  return nlohmann::json(text).dump(-1, ' ', true, nlohmann::json::error_handler_t::replace);
}

std::string optional_text(const std::optional<double>& value) {
  return value ? shortest(*value) : "-";
}

// Fields with a space between them, and a line feed at the end.
std::string line_of(std::initializer_list<std::string> fields) {
  std::string line;
  for (const std::string& field : fields) line.append(line.empty() ? "" : " ").append(field);
  return line.append("\n");
}

std::string document_line(const DocumentRow& row) {
  return line_of({"document", quoted(row.name), quoted(row.source), row.finished ? "finished" : "unfinished",
                  std::to_string(row.tokens), std::to_string(row.bytes), std::to_string(row.chars),
                  std::to_string(row.words)});
}

std::string segment_line(const SegmentRow& row) {
  return line_of({"segment", std::to_string(row.index), std::to_string(row.token_from), std::to_string(row.token_to),
                  std::to_string(row.byte_from), std::to_string(row.byte_to), std::to_string(row.scored_tokens),
                  std::to_string(row.scored_bytes), shortest(row.nll), optional_text(row.nll_reset),
                  shortest(row.nll_head), std::to_string(row.scored_head), optional_text(row.nll_head_reset)});
}

}  // namespace

void write_trace_text(const Store& store, int64_t run, const std::function<void(std::string_view)>& write) {
  const Store::Snapshot snapshot = store.snapshot();
  std::vector<DocumentRow> documents = store.documents(store.run(run).id);
  std::sort(documents.begin(), documents.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
  for (const DocumentRow& document : documents) {
    write(document_line(document));
    for (const SegmentRow& segment : store.segments(document.id)) write(segment_line(segment));
  }
}

std::string trace_digest(const Store& store, int64_t run) {
  Sha256 hash;
  write_trace_text(store, run, [&hash](std::string_view line) { hash.update(line); });
  return hex(hash.finish());
}

}  // namespace rmt::store
