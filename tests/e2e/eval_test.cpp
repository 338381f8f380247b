// `rmt-lm eval` as its users meet it: exit codes, streams, kill -9, a full disk, interrupts.
#include <signal.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <random>
#include <sstream>

#include "lm/store/store.h"
#include "lm/store/trace_text.h"
#include "tests/e2e/process.h"
#include "tests/lm/model_folder.h"
#include "tests/lm/store/scratch.h"
#include "tests/support/doctest.h"

namespace rmt::tests {
namespace {

using nlohmann::json;
using store::test::read_file;
using store::test::ScratchFolder;
using store::test::write_file;

/// A folder with a small model, documents, and what is run there.
struct Workplace {
  Workplace() {
    std::filesystem::create_directory(folder / "model");
    std::filesystem::create_directory(folder / "docs");
    write_small_model(folder / "model");
    for (int i = 0; i < 3; ++i)
      write_file(folder / ("docs/" + std::to_string(i) + ".txt"),
                 random_text(static_cast<size_t>(500 + 400 * i), static_cast<uint64_t>(i)));
  }

  std::vector<std::string> arguments(std::vector<std::string> more) const {
    std::vector<std::string> all = {"eval", folder / "docs",   "--model", folder / "model", "--segment-length",
                                    "16",   "--memory-tokens", "3"};
    all.insert(all.end(), more.begin(), more.end());
    return all;
  }
  Process start(const std::vector<std::string>& more, long file_limit = 0) const {
    return Process(arguments(more), folder / "err", file_limit);
  }
  Outcome run(const std::vector<std::string>& more, long file_limit = 0) const {
    return Process(arguments(more), folder / "err", file_limit).finish();
  }
  Outcome run_exactly(const std::vector<std::string>& all, const std::string& input = "") const {
    return Process(all, folder / "err", 0, input).finish();
  }
  std::string errors() const { return read_file(folder / "err"); }

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

std::vector<json> lines_of(const std::string& out) {
  std::vector<json> lines;
  std::istringstream stream(out);
  for (std::string line; std::getline(stream, line);) lines.push_back(json::parse(line));
  return lines;
}

std::vector<std::string> recording(const std::string& db) {
  return {"--json", "--gain", "--baselines", "--db", db, "--resume"};
}

/// Kills the process `kills` times after a random number of lines, each time resuming, then lets it end.
void kill_and_resume(int kills, uint64_t seed) {
  const Workplace place;
  const Outcome unbroken = place.run(recording(place.folder / "unbroken.db"));
  REQUIRE(unbroken.code == 0);
  const auto lines = std::count(unbroken.out.begin(), unbroken.out.end(), '\n');

  std::mt19937_64 rng(seed);
  const std::string db = place.folder / "killed.db";
  int killed = 0;
  for (int i = 0; i < kills; ++i) {
    Process process = place.start(recording(db));
    process.wait_for_lines(1 + static_cast<int64_t>(rng() % static_cast<uint64_t>(lines * (i + 1) / (kills + 1))));
    process.send(SIGKILL);
    killed += process.finish().signal == SIGKILL;
  }
  CHECK(killed == kills);
  const Outcome resumed = place.run(recording(db));
  CHECK(resumed.code == 0);
  CHECK((resumed.out == unbroken.out));
  CHECK(digests(db) == digests(place.folder / "unbroken.db"));
  CHECK(store::test::sql(db, "PRAGMA integrity_check") == "ok");
}

TEST_CASE("killed five times, the run ends as an unbroken one, byte for byte") {
  kill_and_resume(5, 1);
}

TEST_SUITE("slow") {
  TEST_CASE("killed fifty times, the run ends as an unbroken one, byte for byte") {
    kill_and_resume(50, 2);
  }
}

TEST_CASE("interrupt and terminate save the state and exit with 130") {
  for (const int signal : {SIGINT, SIGTERM}) {
    const Workplace place;
    const std::string db = place.folder / "traces.db";
    Process process = place.start(recording(db));
    REQUIRE(process.wait_for_lines(20));
    process.send(signal);
    CHECK(process.finish().code == 130);
    CHECK(place.errors().find("--resume goes on with it") != std::string::npos);
    CHECK(store::Store::open_read_only(db).run(1).status == store::RunStatus::interrupted);

    const Outcome resumed = place.run(recording(db));
    CHECK(resumed.code == 0);
    CHECK((resumed.out == place.run(recording(place.folder / "unbroken.db")).out));
  }
}

TEST_CASE("a disk that fills up is exit code 74, the database stays whole, and the run goes on") {
  const Workplace place;
  const std::string unbroken = place.run(recording(place.folder / "unbroken.db")).out;
  const std::string db = place.folder / "traces.db";
  for (const long kibibytes : {40, 120, 200}) {
    CAPTURE(kibibytes);
    CHECK(place.run(recording(db), kibibytes).code == 74);
    CHECK(place.errors().find("rmt-lm: ") != std::string::npos);
    if (std::filesystem::exists(db)) CHECK(store::test::sql(db, "PRAGMA integrity_check") == "ok");
  }
  const Outcome resumed = place.run(recording(db));
  CHECK(resumed.code == 0);
  CHECK((resumed.out == unbroken));
}

TEST_CASE("a database of another program is refused and left as it is") {
  const Workplace place;
  const std::string db = place.folder / "foreign.db";
  store::test::sql(db, "CREATE TABLE theirs (x); PRAGMA application_id = 7");
  const std::string before = read_file(db);
  CHECK(place.run({"--db", db}).code == 65);
  CHECK(read_file(db) == before);
}

TEST_CASE("a model whose bytes are all alike needs eight bits a byte") {
  const Workplace place;
  std::filesystem::create_directory(place.folder / "uniform");
  write_markov_model(place.folder / "uniform", {});
  for (const char* protocol : {"rmt", "hf-strided", "llamacpp"}) {
    const Outcome outcome = place.run_exactly(
        {"eval", place.folder / "docs", "--model", place.folder / "uniform", "--protocol", protocol, "--json"});
    REQUIRE(outcome.code == 0);
    const json total = lines_of(outcome.out).back();
    CHECK(total["type"] == "total");
    CHECK(std::abs(total["bits_per_byte"].get<double>() / 8 - 1) < 1e-12);
  }
}

TEST_CASE("standard output holds results only, and the log says there is no trained memory") {
  const Workplace place;
  const Outcome outcome = place.run({"--gain", "--batch", "2", "--plot", place.folder / "trace.svg"});
  CHECK(outcome.code == 0);
  CHECK(outcome.out.find("memory carried") != std::string::npos);
  CHECK(outcome.out.find("[warning]") == std::string::npos);
  CHECK(place.errors().find("no trained memory") != std::string::npos);
  CHECK(read_file(place.folder / "trace.svg").starts_with("<svg "));
  CHECK((outcome.out == place.run({"--gain"}).out));
}

TEST_CASE("a document on standard input is the document") {
  const Workplace place;
  const std::vector<std::string> model = {"--model", place.folder / "model", "--segment-length", "16", "--json"};
  const auto with = [&](const std::string& path) {
    std::vector<std::string> all = {"eval", path};
    all.insert(all.end(), model.begin(), model.end());
    return all;
  };
  const json piped = lines_of(place.run_exactly(with("-"), place.folder / "docs/0.txt").out).back();
  const json read = lines_of(place.run_exactly(with(place.folder / "docs/0.txt")).out).back();
  CHECK(piped["nll"] == read["nll"]);
  CHECK(piped["scored_words"] == read["scored_words"]);
}

TEST_CASE("a document that is not UTF-8 is named; the rest goes on when that was asked for") {
  const Workplace place;
  write_file(place.folder / "docs/1.txt", "fine until here \xff\xfe and on");
  CHECK(place.run({}).code == 65);
  CHECK(place.errors().find("1.txt") != std::string::npos);
  const Outcome skipped = place.run({"--skip-broken", "--json"});
  CHECK(skipped.code == 0);
  CHECK(lines_of(skipped.out).back()["documents"] == 2);
  const Outcome lossy = place.run({"--lossy", "--json"});
  CHECK(lossy.code == 0);
  CHECK(lines_of(lossy.out).back()["documents"] == 3);
}

TEST_CASE("--tactics adds a table of whole lines and changes nothing else") {
  const Workplace place;
  const Outcome none = place.run({"--tactics"});
  CHECK(none.code == 65);
  CHECK(place.errors().find("--tactics found no line of a tactic proof") != std::string::npos);

  write_file(place.folder / "docs/3.lean", "example : P := by\n  simp\n  exact h\n\nexample : Q := by\n  rfl\n");
  const Outcome table = place.run({"--gain", "--tactics"});
  const Outcome lines = place.run({"--tactics", "--json", "--batch", "3"});
  REQUIRE(table.code == 0);
  CHECK(table.out.starts_with(place.run({"--gain"}).out));
  CHECK(table.out.find("\n      all         3        17") != std::string::npos);
  CHECK(lines_of(lines.out).back()["tactics"]["lines"] == 3);
  CHECK(!lines_of(lines.out).back()["tactics"].contains("memory_reset"));
}

TEST_CASE("what cannot be run says so before anything is loaded or written") {
  const Workplace place;
  const auto code = [&](std::vector<std::string> more) { return place.run(more).code; };
  CHECK(code({"--resume"}) == 2);
  CHECK(code({"--fast", "--dtype", "int8"}) == 2);
  CHECK(code({"--protocol", "ppl"}) == 2);
  CHECK(code({"--protocol", "lm-eval", "--gain"}) == 2);
  CHECK(code({"--window", "64"}) == 2);
  CHECK(code({"--protocol", "lm-eval", "--tactics"}) == 2);
  CHECK(code({"--tactics", "--db", place.folder / "traces.db", "--resume"}) == 2);
  CHECK(place.run_exactly({"eval", place.folder / "docs", "--model", place.folder / "nowhere"}).code == 69);
  CHECK(place.run_exactly({"eval", place.folder / "nowhere", "--model", place.folder / "model"}).code == 69);
}

TEST_CASE("--fast prints what it measured beside the number, and remembers it") {
  const Workplace place;
  setenv("XDG_CACHE_HOME", (place.folder / "cache").c_str(), 1);
  const Outcome outcome = place.run({"--fast"});
  CHECK(outcome.code == 0);
  CHECK(outcome.out.find("% against fp32 on a sample of this text") != std::string::npos);
  CHECK(std::filesystem::exists(place.folder / "cache/rmt-lm/precision.json"));
  CHECK(place.run({"--fast"}).out == outcome.out);
  unsetenv("XDG_CACHE_HOME");
}

TEST_CASE("flops prints the paper's ratio") {
  const Workplace place;
  const Outcome outcome = place.run_exactly({"flops", "--model", "opt-125m", "--tokens", "2048000", "--json"});
  REQUIRE(outcome.code == 0);
  CHECK(json::parse(outcome.out)["paper"]["ratio"].get<double>() == doctest::Approx(295.07).epsilon(1e-3));
  CHECK(place.run_exactly({"flops", "--model", place.folder / "model", "--tokens", "4096"}).code == 0);
  CHECK(place.run_exactly({"flops", "--model", "opt-125m", "--tokens", "0"}).code == 2);
}

}  // namespace
}  // namespace rmt::tests
