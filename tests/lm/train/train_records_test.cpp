// Steps of training in a trace database: when they are written, and what a killed and resumed run leaves.
#include "lm/train/train_records.h"

#include <cmath>
#include <limits>
#include <optional>

#include "lm/store/error.h"
#include "lm/train/train_listeners.h"
#include "tests/lm/store/scratch.h"
#include "tests/support/doctest.h"

namespace rmt::tests {
namespace {

using store::test::ScratchFolder;

/// Step `number` of a run, from 1 on, whose numbers follow from it.
lm::StepReport report(int64_t number, double seconds = 0.01) {
  lm::StepReport step;
  step.at = {number > 3 ? 1 : 0, 0, number - 1};
  step.segments = 2;
  step.loss = 1.0 / static_cast<double>(number);
  step.by_segment = {step.loss, std::numeric_limits<double>::quiet_NaN()};
  step.gradient_norm = 0.5;
  step.learning_rate = 1e-3;
  step.tokens = 64;
  step.seconds = seconds;
  return step;
}

store::RunSpec spec() {
  store::RunSpec spec = store::test::sample_spec();
  spec.command = "train";
  return spec;
}

struct Fixture {
  std::string rows(int64_t run) const {
    return store::test::sql(
        path, "SELECT group_concat(step || ':' || round(loss, 6)) FROM train_step WHERE run = " + std::to_string(run));
  }
  int64_t runs() const { return std::stoll(store::test::sql(path, "SELECT count(*) FROM run")); }
  std::string status() const { return store::test::sql(path, "SELECT status FROM run ORDER BY id DESC LIMIT 1"); }

  ScratchFolder folder;
  std::string path = folder / "traces.db";
};

TEST_CASE_FIXTURE(Fixture, "a step is stored as it was reported, counted from 1") {
  lm::TrainRecords records(path, spec(), false);
  CHECK(!records.run());
  records.on_step(report(4, 0.25));
  records.end(store::RunStatus::finished);
  const auto rows = records.steps();
  REQUIRE(rows.size() == 1);
  CHECK(rows[0].step == 4);
  CHECK(rows[0].stage == 2);
  CHECK(rows[0].segments == 2);
  CHECK(rows[0].loss == 0.25);
  CHECK(rows[0].gradient_norm == 0.5);
  CHECK(rows[0].learning_rate == 1e-3);
  CHECK(rows[0].tokens == 64);
  CHECK(rows[0].ms == 250);
  REQUIRE(rows[0].by_segment.size() == 2);
  CHECK(rows[0].by_segment[0] == 0.25);
  CHECK(std::isnan(rows[0].by_segment[1]));
  CHECK(status() == "finished");
}

TEST_CASE_FIXTURE(Fixture, "writes are a second of training apart, and never wait for a checkpoint's end") {
  lm::TrainRecords records(path, spec(), false);
  for (int64_t i = 1; i <= 3; ++i) records.on_step(report(i, 0.4));
  CHECK(records.steps().size() == 3);
  records.on_step(report(4, 0.4));
  records.on_step(report(5, 0.4));
  CHECK(records.steps().size() == 3);
  records.before_checkpoint();
  CHECK(records.steps().size() == 5);
}

TEST_CASE_FIXTURE(Fixture, "killed after its checkpoint and resumed, the rows are those of an unbroken run") {
  const auto steps = [](lm::TrainRecords& records, int64_t from, int64_t to) {
    for (int64_t i = from; i <= to; ++i) records.on_step(report(i, i == 5 ? 2.0 : 0.01));
  };
  {
    lm::TrainRecords unbroken(path, spec(), false);
    steps(unbroken, 1, 8);
    unbroken.end(store::RunStatus::finished);
  }
  {
    lm::TrainRecords killed(path, spec(), false);
    steps(killed, 1, 3);
    killed.before_checkpoint();
    steps(killed, 4, 6);  // 5 was written, 6 not
    CHECK(killed.steps().size() == 5);
  }
  {
    lm::TrainRecords resumed(path, spec(), true);
    CHECK(resumed.run() == 2);
    steps(resumed, 4, 4);
    resumed.before_checkpoint();
    CHECK(resumed.steps().size() == 4);  // 5 will come again
    steps(resumed, 5, 8);
    resumed.end(store::RunStatus::finished);
  }
  CHECK(runs() == 2);
  CHECK(rows(2) == rows(1));
  CHECK(status() == "finished");
}

TEST_CASE_FIXTURE(Fixture, "only an unfinished run of the same kind is gone on with") {
  {
    lm::TrainRecords first(path, spec(), true);  // there is none yet
    first.on_step(report(1));
    first.end(store::RunStatus::interrupted);
  }
  store::RunSpec other = spec();
  other.config = R"({"fingerprint": "other"})";
  CHECK(!lm::TrainRecords(path, other, true).run());
  CHECK(!lm::TrainRecords(path, spec(), false).run());
  {
    lm::TrainRecords again(path, spec(), true);
    CHECK(again.run() == 1);
    again.end(store::RunStatus::finished);  // there was no step left
  }
  CHECK(!lm::TrainRecords(path, spec(), true).run());
  CHECK(runs() == 1);
}

TEST_CASE_FIXTURE(Fixture, "a run that failed says so, and its last steps are there") {
  lm::TrainRecords records(path, spec(), false);
  records.on_step(report(1));
  records.end_failed();
  CHECK(status() == "failed");
  CHECK(records.steps().size() == 1);
}

TEST_CASE("listeners are told in the order given") {
  struct Diary final : lm::TrainListener {
    explicit Diary(std::string& all, char who) : text(all), name(who) {}
    void on_step(const lm::StepReport&) override { text += std::string(1, name) + "s "; }
    void before_checkpoint() override { text += std::string(1, name) + "b "; }
    void on_checkpoint(const std::string& folder) override { text += std::string(1, name) + folder + " "; }
    std::string& text;
    char name;
  };
  std::string text;
  Diary one(text, '1'), two(text, '2');
  lm::TrainListeners both({&one, &two});
  both.on_step({});
  both.before_checkpoint();
  both.on_checkpoint("c");
  CHECK(text == "1s 2s 1b 2b 1c 2c ");
}

}  // namespace
}  // namespace rmt::tests
