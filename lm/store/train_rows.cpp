#include "lm/store/train_rows.h"

#include <cmath>
#include <limits>

namespace rmt::store {
namespace {

void insert(Statement& step, Statement& segment, int64_t run, const TrainStepRow& row) {
  step.run(run, row.step, row.stage, row.segments, row.loss, row.gradient_norm, row.learning_rate, row.tokens, row.ms);
  for (size_t s = 0; s < row.by_segment.size(); ++s)
    if (!std::isnan(row.by_segment[s])) segment.run(run, row.step, static_cast<int64_t>(s), row.by_segment[s]);
}

}  // namespace

void replace_train_steps(const Database& database, int64_t run, std::span<const TrainStepRow> steps) {
  Statement(database, "DELETE FROM train_step WHERE run = ?1 AND step >= ?2").run(run, steps.front().step);
  Statement step(database,
                 "INSERT INTO train_step (run, step, stage, segments, loss, gradient_norm, learning_rate, tokens, ms) "
                 "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)");
  Statement segment(database, "INSERT INTO train_segment (run, step, seg, loss) VALUES (?1, ?2, ?3, ?4)");
  for (const TrainStepRow& row : steps) insert(step, segment, run, row);
}

std::vector<TrainStepRow> read_train_steps(const Database& database, int64_t run) {
  std::vector<TrainStepRow> rows;
  Statement query(database,
                  "SELECT step, stage, segments, loss, gradient_norm, learning_rate, tokens, ms FROM train_step "
                  "WHERE run = ?1 ORDER BY step");
  Statement segments(database, "SELECT seg, loss FROM train_segment WHERE run = ?1 AND step = ?2");
  query.bind(run);
  while (query.step()) {
    TrainStepRow row{.step = query.integer(0),
                     .stage = query.integer(1),
                     .segments = query.integer(2),
                     .loss = query.real(3),
                     .gradient_norm = query.real(4),
                     .learning_rate = query.real(5),
                     .tokens = query.integer(6),
                     .ms = query.real(7),
                     .by_segment = {}};
    row.by_segment.assign(static_cast<size_t>(row.segments), std::numeric_limits<double>::quiet_NaN());
    segments.bind(run, row.step);
    while (segments.step()) row.by_segment.at(static_cast<size_t>(segments.integer(0))) = segments.real(1);
    rows.push_back(std::move(row));
  }
  return rows;
}

}  // namespace rmt::store
