#include "lm/store/rows.h"

#include <array>

#include "lm/store/error.h"

namespace rmt::store {
namespace {

constexpr std::array<std::string_view, 4> kStatusNames = {"running", "finished", "interrupted", "failed"};

RunStatus read_status(const std::string& name, int64_t run) {
  for (size_t i = 0; i < kStatusNames.size(); ++i) {
    if (kStatusNames[i] == name) return static_cast<RunStatus>(i);
  }
  throw Error(Errc::corrupt, "run " + std::to_string(run) + ": its status is \"" + name +
                                 "\", which no rmt-lm writes. Restore a backup of the database.");
}

}  // namespace

std::string_view to_string(RunStatus status) {
  return kStatusNames.at(static_cast<size_t>(status));
}

Run read_run(const Statement& row) {
  Run run;
  run.id = row.integer(0);
  run.spec = {.command = row.text(1),
              .protocol = row.text(2),
              .model = row.text(3),
              .model_sha256 = row.text(4),
              .tokenizer_sha256 = row.text(5),
              .config = row.text(6),
              .device = row.text(7),
              .dtype = row.text(8),
              .version = row.text(9)};
  run.status = read_status(row.text(10), run.id);
  run.started = row.text(11);
  run.ended = row.text(12);
  return run;
}

DocumentRow read_document(const Statement& row) {
  return {.id = row.integer(0),
          .name = row.text(1),
          .source = row.text(2),
          .finished = row.integer(3) != 0,
          .tokens = row.integer(4),
          .bytes = row.integer(5),
          .chars = row.integer(6),
          .words = row.integer(7)};
}

SegmentRow read_segment(const Statement& row) {
  return {.document = row.integer(0),
          .index = row.integer(1),
          .token_from = row.integer(2),
          .token_to = row.integer(3),
          .byte_from = row.integer(4),
          .byte_to = row.integer(5),
          .scored_tokens = row.integer(6),
          .scored_bytes = row.integer(7),
          .nll = row.real(8),
          .nll_reset = row.real_or_null(9),
          .nll_head = row.real(10),
          .scored_head = row.integer(11),
          .nll_head_reset = row.real_or_null(12),
          .ms = row.real(13)};
}

}  // namespace rmt::store
