// Stopping and going on: a run cut off after any step and resumed ends as an unbroken one, to the byte.
#include "lm/eval/evaluator.h"
#include "lm/eval/run_records.h"
#include "lm/store/error.h"
#include "lm/store/trace_text.h"
#include "model/error.h"
#include "tests/lm/evaluation.h"
#include "tests/lm/store/scratch.h"
#include "tests/support/doctest.h"

namespace rmt::tests {
namespace {

using lm::EvalOutcome;
using lm::EvalSettings;
using lm::Line;
using lm::Protocol;
using lm::RunRecords;
using store::test::ScratchFolder;

store::RunSpec sample_spec(const std::string& model = "m") {
  return {.command = "eval",
          .protocol = "rmt",
          .model = model,
          .model_sha256 = "1",
          .tokenizer_sha256 = "2",
          .config = "{}",
          .device = "cpu",
          .dtype = "fp32",
          .version = "0"};
}

// Everything a reader of the database can tell, and every total.
struct Ending {
  std::string main, strided;
  double nll, reset;
  lm::Units scored, strided_scored;
  double gain_low;
  bool operator==(const Ending&) const = default;
};

// A process that stops after so many rounds and is gone, as if killed, or that runs to the end.
std::optional<Ending> run(Setup setup, const EvalSettings& settings, const std::string& path, int64_t stop_after = -1) {
  const bool strided = settings.strided.has_value();
  RunRecords records(path, sample_spec(), strided, /*resume=*/true);
  setup.recording = &records.recording();
  setup.stop_after = stop_after;
  const Heard heard = evaluate(setup, settings);
  if (heard.outcome == EvalOutcome::interrupted) return std::nullopt;
  records.end(store::RunStatus::finished);
  const store::Store store = store::Store::open_read_only(path);
  return Ending{store::trace_digest(store, records.recording().main_run),
                strided ? store::trace_digest(store, records.recording().strided_run) : "",
                heard.result.total(Line::main).nll,
                heard.result.has(Line::reset) ? heard.result.total(Line::reset).nll : 0,
                heard.result.total(Line::main).scored,
                strided ? heard.result.total(Line::strided).scored : lm::Units{},
                heard.result.gain() ? heard.result.gain()->interval->low : 0};
}

/// Stops once after 0, `every`, 2 `every`, … rounds, and then a last time again and again.
void check_stops(const Stage& stage, const EvalSettings& settings, int64_t every = 5) {
  const ScratchFolder folder;
  const Setup setup = stage.setup(some_texts());
  const auto unbroken = run(setup, settings, folder / "unbroken.db");
  REQUIRE(unbroken);
  int64_t rounds = 0;
  for (bool stopped = true; stopped; rounds += every) {
    const std::string path = folder / (std::to_string(rounds) + ".db");
    stopped = !run(setup, settings, path, rounds).has_value();
    if (stopped) CHECK(run(setup, settings, path) == unbroken);
  }
  CHECK(rounds > 12);

  const std::string path = folder / "stop-and-go.db";
  while (!run(setup, settings, path, every)) {
  }
  CHECK(store::trace_digest(store::Store::open_read_only(path), 1) == unbroken->main);
  CHECK(store::Store::open_read_only(path).runs().size() == (settings.strided ? 2 : 1));
}

TEST_CASE("the recurrent protocol with gain and baseline, two documents in flight") {
  EvalSettings settings = settings_with(true, 2);
  settings.strided = strided_rule();
  check_stops(Stage(), settings);
}

TEST_CASE("a shuffled memory, one document at a time") {
  EvalSettings settings = settings_with();
  settings.memory = lm::MemoryPolicy::shuffle;
  check_stops(Stage(model::Architecture::gpt2), settings);
}

TEST_CASE("a windowed protocol with BOS") {
  EvalSettings settings = settings_with(false, 3);
  settings.protocol = Protocol::hf_strided;
  settings.window = strided_rule();
  settings.window.bos = true;
  settings.prefix = 256;
  check_stops(Stage(model::Architecture::llama, 0, 257), settings);
}

TEST_SUITE("slow") {
  TEST_CASE("stopped after every single round") {
    EvalSettings settings = settings_with(true, 2);
    settings.strided = strided_rule();
    check_stops(Stage(), settings, 1);
    check_stops(Stage(model::Architecture::gpt2), settings_with(), 1);
  }
}

TEST_CASE("the batch of the process that goes on may be another") {
  const Stage stage;
  const ScratchFolder folder;
  const Setup setup = stage.setup(some_texts());
  const auto unbroken = run(setup, settings_with(true, 1), folder / "unbroken.db");
  CHECK(!run(setup, settings_with(true, 4), folder / "a.db", 3));
  CHECK(run(setup, settings_with(true, 2), folder / "a.db") == unbroken);
}

TEST_CASE("a text that has changed since is refused, whether it is shorter or other") {
  const Stage stage;
  const ScratchFolder folder;
  const std::string text = random_text(100, 1).substr(0, 100);
  std::string other = text;
  other[3] = other[3] == 'x' ? 'y' : 'x';
  for (const std::string& changed : {other, text.substr(0, 40)}) {
    const std::string path = folder / (std::to_string(changed.size()) + ".db");
    CHECK(!run(stage.setup({{"a", text, ""}}), settings_with(), path, 4));
    try {
      run(stage.setup({{"a", changed, ""}}), settings_with(), path);
      FAIL("a changed text was accepted");
    } catch (const store::Error& error) {
      CHECK(error.code() == store::Errc::mismatch);
      CHECK(std::string(error.what()).find("document a") != std::string::npos);
    }
  }
}

TEST_CASE("a state of another model is refused") {
  const Stage stage;
  const ScratchFolder folder;
  const std::string text = random_text(100, 1);
  CHECK(!run(stage.setup({{"a", text, ""}}), settings_with(), folder / "a.db", 4));
  EvalSettings other = settings_with();
  other.fingerprint = "another";
  CHECK_THROWS_AS(run(stage.setup({{"a", text, ""}}), other, folder / "a.db"), model::Error);
}

TEST_CASE("without --resume a new run begins beside the unfinished one, which is named") {
  const ScratchFolder folder;
  { const RunRecords first(folder / "a.db", sample_spec(), true, false); }
  {
    const RunRecords second(folder / "a.db", sample_spec(), true, false);
    CHECK(!second.resumed());
    CHECK(second.left_alone() == 1);
  }
  const RunRecords other(folder / "a.db", sample_spec("another"), false, true);
  CHECK(!other.resumed());
  CHECK(!other.left_alone());
}

TEST_CASE("the baseline's run is found with its main run, even when it had ended") {
  const ScratchFolder folder;
  int64_t main = 0, strided = 0;
  {
    RunRecords records(folder / "a.db", sample_spec(), true, false);
    main = records.recording().main_run;
    strided = records.recording().strided_run;
    records.recording().store.end_run(strided, store::RunStatus::finished);  // and here the process died
  }
  const RunRecords records(folder / "a.db", sample_spec(), true, true);
  CHECK(records.resumed());
  CHECK(records.recording().main_run == main);
  CHECK(records.recording().strided_run == strided);
}

TEST_CASE("a reading state survives the store, and damage to it is told") {
  const Stage stage;
  lm::ReadingState state;
  corpora::Segment segment;
  segment.ids = {1, 2, 3};
  lm::note_read(state, segment);
  state.main = lm::SegmentScorer(stage.decoder, lm::MemoryPolicy::carry).start();
  const std::string bytes = lm::save_reading_state(state, "f");

  const lm::ReadingState loaded = lm::load_reading_state(bytes, "f");
  CHECK(loaded.segments == 1);
  CHECK(loaded.digest == state.digest);
  CHECK(loaded.main->memory.memory.equal(state.main->memory.memory));
  CHECK(!loaded.reset);

  CHECK_THROWS_AS(lm::load_reading_state(bytes, "g"), model::Error);
  CHECK_THROWS_AS(lm::load_reading_state(bytes + "x", "f"), model::Error);
  for (size_t size = 0; size < bytes.size(); size += 7)
    CHECK_THROWS_AS(lm::load_reading_state(bytes.substr(0, size), "f"), model::Error);
  std::string huge = bytes;
  for (size_t i = 31; i < 39; ++i) huge[i] = '\xff';  // the digest's length
  CHECK_THROWS_AS(lm::load_reading_state(huge, "f"), model::Error);
}

}  // namespace
}  // namespace rmt::tests
