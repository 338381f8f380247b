// Steps of training: stored, read back, written over after a resume.
#include <cmath>
#include <limits>
#include <stdexcept>

#include "lm/store/export.h"
#include "lm/store/row_json.h"
#include "lm/store/store.h"
#include "tests/lm/store/scratch.h"
#include "tests/support/doctest.h"

namespace rmt::store::test {
namespace {

struct Fixture {
  ScratchFolder folder;
  std::string path = folder / "traces.db";
  Store store = Store::open(path);
  int64_t run = store.begin_run(sample_spec()), other = store.begin_run(sample_spec());
};

TrainStepRow step(int64_t number, double loss = 1.0 / 3.0) {
  return {.step = number,
          .stage = 2,
          .segments = 3,
          .loss = loss,
          .gradient_norm = 0.1,
          .learning_rate = 1e-4,
          .tokens = 768,
          .ms = 12.5,
          .by_segment = {loss + 0.1, std::numeric_limits<double>::quiet_NaN(), loss - 0.1}};
}

TEST_CASE_FIXTURE(Fixture, "a step is read back bit for bit, a segment without a loss as NaN") {
  const TrainStepRow wrote = step(1);
  store.add_train_steps(run, {&wrote, 1});
  const std::vector<TrainStepRow> rows = store.train_steps(run);
  REQUIRE(rows.size() == 1);
  const TrainStepRow& row = rows[0];
  CHECK(row.step == 1);
  CHECK(row.stage == 2);
  CHECK(row.segments == 3);
  CHECK(row.loss == wrote.loss);
  CHECK(row.gradient_norm == wrote.gradient_norm);
  CHECK(row.learning_rate == wrote.learning_rate);
  CHECK(row.tokens == 768);
  CHECK(row.ms == 12.5);
  REQUIRE(row.by_segment.size() == 3);
  CHECK(row.by_segment[0] == wrote.by_segment[0]);
  CHECK(std::isnan(row.by_segment[1]));
  CHECK(row.by_segment[2] == wrote.by_segment[2]);
  CHECK(store.train_steps(other).empty());
}

TEST_CASE_FIXTURE(Fixture, "steps come in place of all stored from the first of them on, in their run alone") {
  const TrainStepRow first[] = {step(1, 1), step(2, 2), step(3, 3), step(4, 4)};
  store.add_train_steps(run, first);
  store.add_train_steps(other, first);
  const TrainStepRow again[] = {step(2, 20), step(3, 30)};
  store.add_train_steps(run, again);

  std::vector<double> losses;
  for (const TrainStepRow& row : store.train_steps(run)) losses.push_back(row.loss);
  CHECK(losses == std::vector<double>{1, 20, 30});
  CHECK(store.train_steps(other).size() == 4);
  CHECK(sql(path, "SELECT count(*) FROM train_segment WHERE run = 1") == "6");
  store.add_train_steps(run, {});
  CHECK(store.train_steps(run).size() == 3);
}

TEST_CASE_FIXTURE(Fixture, "rows that break the schema are refused, and nothing of their transaction stays") {
  const TrainStepRow good[] = {step(1), step(2)};
  store.add_train_steps(run, good);
  const TrainStepRow twice[] = {step(1), step(1)};
  CHECK_THROWS_AS(store.add_train_steps(run, twice), std::invalid_argument);
  const TrainStepRow no_number = step(1, std::numeric_limits<double>::quiet_NaN());
  CHECK_THROWS_AS(store.add_train_steps(run, {&no_number, 1}), std::invalid_argument);
  CHECK_THROWS_AS(store.add_train_steps(99, good), std::invalid_argument);
  CHECK(store.train_steps(run).size() == 2);
  CHECK_THROWS_AS(Store::open_read_only(path).add_train_steps(run, good), std::logic_error);
}

TEST_CASE("a training run is exported step by step") {
  const ScratchFolder folder;
  Store store = Store::open(folder / "traces.db");
  RunSpec spec = sample_spec();
  spec.command = "train";
  const int64_t run = store.begin_run(spec);
  TrainStepRow rows[] = {step(1, 0.5), step(2, 0.25)};
  rows[1].by_segment[0] = std::numeric_limits<double>::quiet_NaN();
  rows[1].by_segment[1] = 2;
  store.add_train_steps(run, rows);

  const auto exported = [&](ExportFormat format) {
    std::string text;
    export_run(store, run, format, [&text](std::string_view piece) { text += piece; });
    return text;
  };
  CHECK(exported(ExportFormat::csv) ==
        "run,step,stage,segments,loss,gradient_norm,learning_rate,tokens,ms,loss_by_segment\r\n"
        "1,1,2,3,0.5,0.1,1e-04,768,12.5,0.6;;0.4\r\n"
        "1,2,2,3,0.25,0.1,1e-04,768,12.5,;2;0.15\r\n");
  const Json all = Json::parse(exported(ExportFormat::json));
  CHECK(all["documents"].empty());
  REQUIRE(all["steps"].size() == 2);
  CHECK(all["steps"][0].dump() == to_json(rows[0]).dump());  // in text a NaN is null
  CHECK(all["steps"][1]["loss_by_segment"][0].is_null());
  CHECK(exported(ExportFormat::jsonl).find(R"({"type":"step","step":2,)") != std::string::npos);
}

}  // namespace
}  // namespace rmt::store::test
