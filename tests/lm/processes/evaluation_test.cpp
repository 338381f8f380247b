// The evaluation loop in two processes, each on a thread of this one: who scores what must not show.
#include <array>
#include <future>

#include "lm/eval/run_records.h"
#include "lm/processes/error.h"
#include "lm/processes/process_group.h"
#include "lm/store/trace_text.h"
#include "tests/lm/evaluation.h"
#include "tests/lm/processes/free_port.h"
#include "tests/lm/store/scratch.h"
#include "tests/support/doctest.h"

namespace rmt::tests {
namespace {

using lm::EvalSettings;
using lm::Line;
using store::test::ScratchFolder;

/// Each of two evaluates `texts[rank]`; only the first has the recording.
std::array<Heard, 2> evaluate_together(const Stage& stage, const std::array<std::vector<Text>, 2>& texts,
                                       const EvalSettings& settings, const lm::Recording* recording = nullptr,
                                       int64_t stop_after = -1) {
  const uint16_t port = free_port();
  const auto take_part = [&](int64_t rank) {
    lm::ProcessPlace place;
    place.rank = rank;
    place.count = 2;
    place.host = "127.0.0.1";
    place.port = port;
    const auto processes = lm::join_processes(place);
    Setup setup = stage.setup(texts[static_cast<size_t>(rank)]);
    setup.processes = processes.get();
    setup.recording = rank == 0 ? recording : nullptr;
    setup.stop_after = rank == 1 ? stop_after : -1;  // one that stops stops both
    return evaluate(setup, settings);
  };
  auto other = std::async(std::launch::async, take_part, 1);
  Heard first = take_part(0);
  return {std::move(first), other.get()};
}

std::array<Heard, 2> evaluate_together(const Stage& stage, const EvalSettings& settings) {
  return evaluate_together(stage, {some_texts(), some_texts()}, settings);
}

EvalSettings everything(size_t batch) {
  EvalSettings settings = settings_with(true, batch);
  settings.strided = strided_rule();
  return settings;
}

TEST_CASE("two processes find what one finds, and tell it to the first") {
  const Stage stage;
  const Heard alone = evaluate(stage.setup(some_texts()), everything(1));
  for (const size_t batch : {1, 2}) {
    const auto [first, second] = evaluate_together(stage, everything(batch));
    CHECK(first.rows.size() == alone.rows.size());
    for (const auto& [id, rows] : alone.rows) CHECK(same_rows(rows, first.rows.at(id)));
    for (const auto& [id, rows] : alone.strided) CHECK(same_rows(rows, first.strided.at(id)));
    CHECK(first.documents.size() == some_texts().size());
    for (const Line line : {Line::main, Line::reset, Line::strided}) {
      CHECK(first.result.total(line).nll == alone.result.total(line).nll);
      CHECK(first.result.total(line).scored == alone.result.total(line).scored);
    }
    CHECK(first.result.gain()->interval->low == alone.result.gain()->interval->low);
    CHECK(first.result.profile(Line::main).size() == alone.result.profile(Line::main).size());
    CHECK(second.rows.empty());
    CHECK(second.documents.empty());
  }
}

/// By one process or by two; the trace, or nothing when it was stopped.
std::string record(const Stage& stage, const std::string& path, bool together, int64_t stop_after = -1) {
  const store::RunSpec spec{"eval", "rmt", "m", "1", "2", "{}", "cpu", "fp32", "0"};
  lm::RunRecords records(path, spec, true, /*resume=*/true);
  lm::EvalOutcome outcome;
  if (together) {
    outcome = evaluate_together(stage, {some_texts(), some_texts()}, everything(1), &records.recording(), stop_after)[0]
                  .outcome;
  } else {
    Setup setup = stage.setup(some_texts());
    setup.recording = &records.recording();
    setup.stop_after = stop_after;
    outcome = evaluate(setup, everything(1)).outcome;
  }
  if (outcome == lm::EvalOutcome::interrupted) return "";
  records.end(store::RunStatus::finished);
  const store::Store store = store::Store::open_read_only(path);
  return store::trace_digest(store, records.recording().main_run) +
         store::trace_digest(store, records.recording().strided_run);
}

TEST_CASE("a run stopped in any number of processes goes on in any other, to the same trace") {
  const Stage stage;
  const ScratchFolder folder;
  const std::string unbroken = record(stage, folder / "unbroken.db", false);
  REQUIRE(!unbroken.empty());
  CHECK(record(stage, folder / "two.db", true) == unbroken);
  for (const int64_t rounds : {1, 4, 9}) {
    for (const bool together : {false, true}) {
      const std::string path = folder / (std::to_string(rounds) + (together ? "two" : "one") + ".db");
      CHECK(record(stage, path, together, rounds).empty());
      CHECK(record(stage, path, !together, 3).empty());
      CHECK(record(stage, path, true) == unbroken);
    }
  }
}

TEST_CASE("a document that the second process cannot read is left out by the first") {
  const Stage stage;
  const std::vector<Text> texts = {{"good", random_text(60, 1), ""}, {"bad", random_text(60, 2), "broken here"}};
  EvalSettings settings = settings_with();
  settings.skip_broken = true;
  const auto [first, second] = evaluate_together(stage, {texts, texts}, settings);
  CHECK(first.broken.at("bad") == "bad: broken here");
  CHECK(first.documents.size() == 1);
  CHECK(second.broken.empty());
}

TEST_CASE("processes that find different documents end with an error that says so") {
  const Stage stage;
  std::vector<Text> fewer = some_texts();
  fewer.pop_back();
  try {
    evaluate_together(stage, {some_texts(), fewer}, settings_with());
    CHECK(false);
  } catch (const lm::ProcessError& error) {
    CHECK(error.code() == lm::ProcessErrc::unlike);
    CHECK(std::string(error.what()).find("Give every machine the same files") != std::string::npos);
  }
}

}  // namespace
}  // namespace rmt::tests
