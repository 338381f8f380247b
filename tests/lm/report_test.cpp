// What people and programs read: tables, JSON lines, progress.
#include <cmath>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "lm/eval/identity.h"
#include "lm/eval/json_report.h"
#include "lm/eval/listeners.h"
#include "lm/eval/progress.h"
#include "lm/eval/text_report.h"
#include "lm/eval/trace_plot.h"
#include "tests/lm/evaluation.h"
#include "tests/lm/store/scratch.h"
#include "tests/support/doctest.h"

namespace rmt::tests {
namespace {

using lm::Line;
using nlohmann::json;

lm::Identity identity_with(const lm::EvalSettings& settings) {
  lm::Identity identity;
  identity.version = "1.2.3";
  identity.model = "a <model>";
  identity.model_sha256 = std::string(64, 'a');
  identity.tokenizer_sha256 = std::string(64, 'b');
  identity.device = "cpu";
  identity.dtype = "int8";
  identity.dtype_loss = 0.00123;
  identity.rmt = {.memory_tokens = 3, .segment_length = 16};
  identity.settings = settings;
  return identity;
}

// Runs the loop with a report as the only listener but the collector.
template <class Report>
std::string printed(const std::vector<Text>& texts, const lm::EvalSettings& settings) {
  const Stage stage;
  const lm::Identity identity = identity_with(settings);
  std::string out;
  Report report(identity, [&](const std::string& text) { out += text; });
  lm::ResultCollector result(16);
  lm::Listeners listeners({&result, &report});
  lm::Evaluator(*stage.backbone, &stage.decoder, *stage.tokenizer, settings)
      .run([&] { return text_reader(texts); }, listeners, nullptr, *lm::single_process(), [] { return false; });
  report.finish(result);
  return out;
}

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

TEST_CASE("a long document's table shows the first segments, the powers of two and the last") {
  std::vector<int64_t> shown;
  for (int64_t i = 0; i < 100; ++i)
    if (lm::is_shown(i)) shown.push_back(i);
  CHECK(shown == std::vector<int64_t>{0, 1, 2, 3, 4, 5, 6, 7, 8, 16, 32, 64});

  const std::string out =
      printed<lm::TextReport>({{"long", random_text(16 * 40, 1).substr(0, 16 * 40), ""}}, settings_with());
  for (const char* row : {"\n        7 ", "\n        8 ", "\n       16 ", "\n       32 ", "\n       39 "})
    CHECK(has(out, row));
  for (const char* row : {"\n        9 ", "\n       31 ", "\n       38 "}) CHECK(!has(out, row));
  CHECK(has(out, "      ...\n"));
}

TEST_CASE("every table names protocol, model, tokenizer, BOS policy and arithmetic") {
  lm::EvalSettings settings = settings_with(true);
  settings.strided = strided_rule();
  const std::string out = printed<lm::TextReport>(some_texts(), settings);
  for (const char* part : {"protocol rmt, segments of 16 tokens, 3 memory tokens (untrained), text positions shifted",
                           "model a <model>, sha256 aaaaaaaaaaaaaaaa, int8 (perplexity +0.123 % against fp32",
                           "tokenizer sha256 bbbbbbbbbbbbbbbb, BOS: none; a document's first token is not scored",
                           "memory carried", "memory reset", "hf-strided 16/5", "memory gain", "7 documents",
                           "2 documents had nothing to score", "text3: 1 token, nothing to score"})
    CHECK_MESSAGE(has(out, part), part);
}

TEST_CASE("documents are printed in the order of the inputs, whatever the batch") {
  const std::string one = printed<lm::TextReport>(some_texts(), settings_with(true, 1));
  CHECK(printed<lm::TextReport>(some_texts(), settings_with(true, 4)) == one);
  CHECK(one.find("text0:") < one.find("text1:"));
}

TEST_CASE("JSON lines hold what the loop said, exactly") {
  lm::EvalSettings settings = settings_with(true);
  settings.strided = strided_rule();
  const Stage stage;
  const Heard heard = evaluate(stage.setup(some_texts()), settings);
  std::istringstream lines(printed<lm::JsonReport>(some_texts(), settings));
  std::map<std::string, int> types;
  double nll = 0;
  json total;
  for (std::string line; std::getline(lines, line);) {
    const json object = json::parse(line);
    types[object.at("type")] += 1;
    if (object["type"] == "segment" && object["document"] == "text0") {
      const auto& row = heard.rows.at("text0").at(object["index"]).row;
      CHECK(object["nll"].get<double>() == row.nll);
      CHECK(object["nll_reset"].get<double>() == *row.nll_reset);
      CHECK(object["byte_to"] == row.byte_to);
      nll += row.nll;
    }
    if (object["type"] == "document" && object["document"] == "text0" && object["protocol"] == "rmt")
      CHECK(object["nll"].get<double>() == doctest::Approx(nll));
    if (object["type"] == "total") total = object;
  }
  CHECK(types["run"] == 1);
  CHECK(types["total"] == 1);
  CHECK(types["document"] == 18);
  CHECK(types["window"] > 20);
  CHECK(total["protocol"] == "rmt");
  CHECK(total["tokenizer_sha256"] == std::string(64, 'b'));
  CHECK(total["ppl"].get<double>() == heard.result.total(Line::main).values.ppl);
  CHECK(total["memory_reset"]["nll"].get<double>() == heard.result.total(Line::reset).nll);
  CHECK(total["hf_strided"]["recipe_ppl"].get<double>() == *heard.result.total(Line::strided).recipe_ppl);
  CHECK(total["memory_gain"].get<double>() == heard.result.gain()->nats_per_token);
  CHECK(total["resampled"] == "documents");
  CHECK(total["ppl_95"][0].get<double>() < total["ppl"].get<double>());
}

TEST_CASE("tactic lines have a table of their own, where there are any and they were asked for") {
  std::vector<Text> texts = some_texts();
  for (const char* name : {"a", "b"}) texts.push_back({name, "example : P := by\n  simp\n  exact foo\n", ""});
  lm::EvalSettings settings = settings_with(true);
  CHECK(!has(printed<lm::TextReport>(texts, settings), "tactic"));
  CHECK(!has(printed<lm::JsonReport>(texts, settings), "tactics"));
  settings.cut.tactic_lines = true;
  CHECK(!has(printed<lm::TextReport>(some_texts(), settings), "tactic"));

  const std::string table = printed<lm::TextReport>(texts, settings);
  for (const char* part : {"foretold word for word", "memory carried, %", "memory reset, %", "difference, points",
                           "\n        1         2        10  0.00 [0.00, 65.76]", "\n        2         2        20  ",
                           "\n      all         4        30  0.00 [0.00, 48.99]", "bootstrap over documents"})
    CHECK_MESSAGE(has(table, part), part);
  const std::string lines = printed<lm::JsonReport>(texts, settings);
  const json total = json::parse(lines.substr(lines.rfind('\n', lines.size() - 2) + 1));
  CHECK(total["tactics"]["lines"] == 4);
  CHECK(total["tactics"]["memory_reset"]["exact"] == 0);
  CHECK(total["tactics"]["by_segments_before"][0]["segments_before"] == json{1, 1});
  CHECK(total["tactics"]["by_segments_before"][0]["tokens"] == 10);
}

TEST_CASE("one document has its error bar from blocks of its segments, a short one has none") {
  const std::string out = printed<lm::TextReport>({{"a", random_text(400, 1), ""}}, settings_with());
  CHECK(has(out, "bootstrap over blocks of neighbouring segments of the one document"));
  CHECK(has(printed<lm::TextReport>({{"a", random_text(60, 1), ""}}, settings_with()), "no error bars"));
}

TEST_CASE("the plot holds each series under its name, and the loss by position") {
  lm::EvalSettings settings = settings_with(true);
  settings.strided = strided_rule();
  const Stage stage;
  const Heard heard = evaluate(stage.setup(some_texts()), settings);
  const std::string svg = to_svg(lm::trace_chart(heard.result, {.title = "a <title>",
                                                                .subtitle = "sub",
                                                                .notes = lm::description(identity_with(settings)),
                                                                .segment_length = 16}));
  for (const char* part : {"a &lt;title&gt;", "memory carried", "memory reset", "hf-strided",
                           "segment (16 tokens each)", "Loss by position in the segment", "sha256 aaaaaaaaaaaaaaaa"})
    CHECK_MESSAGE(has(svg, part), part);
  CHECK(heard.result.profile(Line::main).size() == 16);
}

struct Terminal {
  explicit Terminal(bool terminal, std::optional<int64_t> total_bytes = {})
      : progress({terminal, total_bytes, [this] { return now; }, [this](const std::string& text) { out += text; }}) {}

  void run(const Stage& stage, const std::vector<Text>& texts, double seconds_a_row) {
    struct Clock final : lm::EvalListener {
      explicit Clock(double& time, double step) : now(time), seconds(step) {}
      void on_row(const lm::DocumentName&, const lm::ScoredRow&) override { now += seconds; }
      void on_document_end(const lm::DocumentScore&) override {}
      void on_broken(const lm::DocumentName&, const std::string&) override {}
      double& now;
      double seconds;
    } clock(now, seconds_a_row);
    lm::Listeners listeners({&clock, &progress});
    lm::Evaluator(*stage.backbone, &stage.decoder, *stage.tokenizer, settings_with())
        .run([&] { return text_reader(texts); }, listeners, nullptr, *lm::single_process(), [] { return false; });
  }

  double now = 0;
  std::string out;
  lm::EvalProgress progress;
};

TEST_CASE("progress is a JSON event every ten seconds where there is no terminal") {
  Terminal terminal(false, 160);
  terminal.run(Stage(), {{"a", random_text(160, 1).substr(0, 160), ""}}, 4);  // 10 segments, 40 s
  std::istringstream lines(terminal.out);
  std::vector<json> events;
  for (std::string line; std::getline(lines, line);) events.push_back(json::parse(line));
  REQUIRE(events.size() == 3);
  CHECK(events[0]["event"] == "progress");
  CHECK(events[0]["segments"] == 3);
  CHECK(events[0]["tokens"] == 48);
  CHECK(events[0]["tokens_per_s"].get<double>() == doctest::Approx(4));
  CHECK(events[0]["eta_s"].get<double>() == doctest::Approx((160 - 48) / 4));
  CHECK(events[0]["ppl"].get<double>() > 1);
}

TEST_CASE("progress is one line that rewrites itself on a terminal, and goes away") {
  Terminal terminal(true, 160);
  terminal.run(Stage(), {{"a", random_text(160, 1).substr(0, 160), ""}}, 0.15);
  CHECK(!has(terminal.out, "\n"));
  CHECK(has(terminal.out, "2 segments  32 tokens  107 tokens/s  ppl "));
  CHECK(has(terminal.out, "  ETA 0:01"));
  terminal.out.clear();
  terminal.progress.clear();
  terminal.progress.clear();
  CHECK(terminal.out == "\r\x1b[K");
}

TEST_CASE("the bytes to come are known for plain text only") {
  const store::test::ScratchFolder folder;
  std::filesystem::create_directory(folder / "in");
  store::test::write_file(folder / "in/a.txt", "12345");
  store::test::write_file(folder / "b.md", "123");
  CHECK(lm::plain_text_bytes({folder / "in", folder / "b.md"}) == 8);
  CHECK(!lm::plain_text_bytes({folder / "in", folder / "missing.txt"}));
  CHECK(!lm::plain_text_bytes({"-"}));
  store::test::write_file(folder / "in/c.jsonl.zst", "x");
  CHECK(!lm::plain_text_bytes({folder / "in"}));
}

}  // namespace
}  // namespace rmt::tests
