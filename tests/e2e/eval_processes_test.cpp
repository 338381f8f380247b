// Several processes that evaluate together, started as torchrun starts them.
#include <signal.h>

#include <chrono>
#include <filesystem>
#include <sstream>

#include "lm/store/store.h"
#include "lm/store/trace_text.h"
#include "tests/e2e/launched.h"
#include "tests/lm/model_folder.h"
#include "tests/lm/store/scratch.h"
#include "tests/support/doctest.h"

namespace rmt::tests {
namespace {

using store::test::read_file;
using store::test::ScratchFolder;
using store::test::write_file;
using Clock = std::chrono::steady_clock;

/// A folder with a small model and documents of very different length.
struct Workplace {
  Workplace() {
    std::filesystem::create_directory(folder / "model");
    std::filesystem::create_directory(folder / "docs");
    write_small_model(folder / "model");
    for (int i = 0; i < 7; ++i)
      write_file(folder / ("docs/" + std::to_string(i) + ".txt"),
                 random_text(static_cast<size_t>(100 + 400 * (i % 4)), static_cast<uint64_t>(i)));
  }

  std::vector<std::string> arguments(const std::vector<std::string>& more) const {
    std::vector<std::string> all = {"eval",
                                    folder / "docs",
                                    "--model",
                                    folder / "model",
                                    "--segment-length",
                                    "16",
                                    "--memory-tokens",
                                    "3",
                                    "--gain",
                                    "--baselines",
                                    "--threads",
                                    "1"};
    all.insert(all.end(), more.begin(), more.end());
    return all;
  }
  std::string error_file(int64_t rank) const { return folder / ("err" + std::to_string(rank)); }
  std::string errors(int64_t rank) const { return read_file(error_file(rank)); }

  Outcome alone(const std::vector<std::string>& more) const { return Process(arguments(more), error_file(0)).finish(); }
  Launched together(int64_t count, const std::vector<std::string>& more) const {
    return {count, [&](int64_t rank) { return Launched::Command{arguments(more), error_file(rank)}; }};
  }

  ScratchFolder folder;
};

std::string digests(const std::string& db) {
  const store::Store store = store::Store::open_read_only(db);
  std::string all;
  for (const store::Run& run : store.runs()) {
    CHECK(run.status == store::RunStatus::finished);
    all += store::trace_digest(store, run.id) + "\n";
  }
  return all;
}

/// As a set: which document's rows come first depends on the number of processes.
std::vector<std::string> sorted_lines(const std::string& out) {
  std::vector<std::string> lines;
  std::istringstream stream(out);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  std::sort(lines.begin(), lines.end());
  return lines;
}

TEST_CASE("two processes and three print and record what one does, and process 0 alone speaks") {
  const Workplace place;
  const std::string db = place.folder / "alone.db";
  const Outcome table = place.alone({"--db", db}), lines = place.alone({"--json"});
  REQUIRE(table.code == 0);
  REQUIRE(lines.code == 0);
  for (const int64_t count : {2, 3}) {
    CAPTURE(count);
    const std::string shared = place.folder / (std::to_string(count) + ".db");
    const auto tables = place.together(count, {"--db", shared}).finish();
    const auto more_lines = place.together(count, {"--json", "--batch", "2"}).finish();
    for (const auto& outcomes : {tables, more_lines})
      for (size_t rank = 0; rank < outcomes.size(); ++rank) {
        CHECK(outcomes[rank].code == 0);
        if (rank > 0) CHECK(outcomes[rank].out.empty());
        if (rank > 0) CHECK(place.errors(static_cast<int64_t>(rank)).empty());
      }
    CHECK((tables[0].out == table.out));
    CHECK((sorted_lines(more_lines[0].out) == sorted_lines(lines.out)));
    CHECK(digests(shared) == digests(db));
  }
}

TEST_CASE("two processes count the lines of proofs that one counts, and are asked for the same") {
  const Workplace place;
  for (const char* name : {"docs/a.lean", "docs/b.lean", "docs/c.lean"})
    write_file(place.folder / name, std::string("example : P := by\n  simp\n  exact ") + name + "\n");
  const Outcome alone = place.alone({"--tactics"});
  CHECK(alone.code == 0);
  CHECK(alone.out.find("foretold word for word") != std::string::npos);
  CHECK((place.together(2, {"--tactics"}).finish()[0].out == alone.out));
  const auto unlike = [&](int64_t rank) {
    return Launched::Command{
        place.arguments(rank == 0 ? std::vector<std::string>{"--tactics"} : std::vector<std::string>{}),
        place.error_file(rank)};
  };
  CHECK(Launched(2, unlike).finish()[0].code == 2);
}

TEST_CASE("whichever process is killed, the other says so and ends, and what was recorded goes on with one") {
  const Workplace place;
  REQUIRE(place.alone({"--db", place.folder / "unbroken.db"}).code == 0);
  for (const int64_t victim : {0, 1}) {
    CAPTURE(victim);
    const std::string db = place.folder / ("killed" + std::to_string(victim) + ".db");
    Launched both = place.together(2, {"--json", "--db", db, "--resume"});
    REQUIRE(both[0].wait_for_lines(60));
    const auto killed = Clock::now();
    both[victim].send(SIGKILL);
    const std::vector<Outcome> outcomes = both.finish();
    CHECK(Clock::now() - killed < std::chrono::seconds(60));
    CHECK(outcomes[static_cast<size_t>(victim)].signal == SIGKILL);
    CHECK(outcomes[static_cast<size_t>(1 - victim)].code == 75);
    const std::string said = place.errors(1 - victim);
    CHECK(said.find("lost another process of the run: ") != std::string::npos);
    CHECK(said.find("--resume goes on from what was saved last") != std::string::npos);
    CHECK(store::test::sql(db, "PRAGMA integrity_check") == "ok");
    CHECK(place.alone({"--db", db, "--resume"}).code == 0);
    CHECK(digests(db) == digests(place.folder / "unbroken.db"));
  }
}

TEST_CASE("an interrupt of one process stops both, and two go on with what was recorded") {
  const Workplace place;
  const std::string unbroken = place.folder / "unbroken.db", db = place.folder / "stopped.db";
  REQUIRE(place.alone({"--db", unbroken}).code == 0);
  Launched both = place.together(2, {"--json", "--db", db});
  REQUIRE(both[0].wait_for_lines(40));
  both[1].send(SIGINT);
  for (const Outcome& outcome : both.finish()) CHECK(outcome.code == 130);
  CHECK(store::Store::open_read_only(db).run(1).status == store::RunStatus::interrupted);
  for (const Outcome& outcome : place.together(2, {"--db", db, "--resume"}).finish()) CHECK(outcome.code == 0);
  CHECK(digests(db) == digests(unbroken));
}

TEST_CASE("processes that were asked for different things, or for standard input, are refused") {
  const Workplace place;
  Launched unlike(2, [&](int64_t rank) {
    return Launched::Command{place.arguments({"--max-tokens", rank == 0 ? "90" : "91"}), place.error_file(rank)};
  });
  for (const Outcome& outcome : unlike.finish()) CHECK(outcome.code == 2);
  CHECK(place.errors(1).find("process 1 of 2 has other options") != std::string::npos);

  Launched from_input(2, [&](int64_t rank) {
    return Launched::Command{{"eval", "-", "--model", place.folder / "model"}, place.error_file(rank)};
  });
  for (const Outcome& outcome : from_input.finish()) CHECK(outcome.code == 2);
  CHECK(place.errors(1).find("Standard input is read by one process") != std::string::npos);
}

}  // namespace
}  // namespace rmt::tests
