// What is made of stored runs: the canonical text, exports, figures.
#include <charconv>
#include <cmath>
#include <limits>
#include <sstream>

#include "lm/store/export.h"
#include "lm/store/figures.h"
#include "lm/store/number_text.h"
#include "lm/store/row_json.h"
#include "lm/store/trace_text.h"
#include "tests/lm/store/scratch.h"
#include "tests/support/doctest.h"

namespace rmt::store::test {
namespace {

constexpr double kAwkward = 2e-7 / 3;

struct Fixture {
  ScratchFolder folder;
  Store store = Store::open(folder / "traces.db");
  int64_t run = begin(store, {"a, \"quoted\".txt", "b.txt"}, 12.5);

  static int64_t begin(Store& into, const std::vector<std::string>& names, double ms) {
    const int64_t run = into.begin_run(sample_spec());
    for (const std::string& name : names) {
      const int64_t document = into.add_document(run, name, "text").id;
      SegmentRow row = sample_segment(document, 0);
      row.nll = kAwkward;
      row.ms = ms;
      if (name == "b.txt") row.nll_reset = row.nll_head_reset = std::nullopt;
      const DocumentRow end = sample_end(document, 1);
      into.commit({&row, 1}, {}, {&end, 1});
    }
    into.end_run(run, RunStatus::finished);
    return run;
  }

  std::string exported(ExportFormat format) const {
    std::string text;
    export_run(store, run, format, [&text](std::string_view piece) { text += piece; });
    return text;
  }
};

TEST_CASE("a double as text reads back as the same bits") {
  for (const double value : {0.0, 1.0, 0.1, kAwkward, 1e22, 5e-324, std::numeric_limits<double>::max(), -2.5}) {
    const std::string text = shortest(value);
    double back = -1;
    std::from_chars(text.data(), text.data() + text.size(), back);
    CHECK(back == value);
  }
  CHECK(shortest(0.1) == "0.1");
  CHECK(shortest(std::numeric_limits<double>::infinity()) == "inf");
}

TEST_CASE_FIXTURE(Fixture, "the canonical text is what it is said to be") {
  std::string text;
  write_trace_text(store, run, [&text](std::string_view line) { text += line; });
  CHECK(text ==
        "document \"a, \\\"quoted\\\".txt\" \"text\" finished 512 2000 1990 300\n"
        "segment 0 0 512 0 2000 511 1997 6.666666666666667e-08 366.6666666666667 0.1 31 0.2\n"
        "document \"b.txt\" \"text\" finished 512 2000 1990 300\n"
        "segment 0 0 512 0 2000 511 1997 6.666666666666667e-08 - 0.1 31 -\n");
  CHECK(trace_digest(store, run).size() == 64);
  CHECK(error_of([&] { trace_digest(store, run + 1); }) == Errc::not_found);
}

TEST_CASE_FIXTURE(Fixture, "the digest tells results apart, not times or the order of documents") {
  Store other = Store::open(folder / "other.db");
  const int64_t same = Fixture::begin(other, {"b.txt", "a, \"quoted\".txt"}, 99);
  CHECK(trace_digest(other, same) == trace_digest(store, run));
  const int64_t renamed = Fixture::begin(other, {"c.txt", "a, \"quoted\".txt"}, 99);
  CHECK(trace_digest(other, renamed) != trace_digest(store, run));
  sql(folder / "other.db", "UPDATE segment SET nll = 6.666666666666668e-08 WHERE document = 1");
  CHECK(trace_digest(other, same) != trace_digest(store, run));
}

TEST_CASE_FIXTURE(Fixture, "CSV has a row a segment and quotes what needs it") {
  CHECK(exported(ExportFormat::csv) ==
        "run,document,source,seg,token_from,token_to,byte_from,byte_to,scored_tokens,scored_bytes,nll,nll_reset,"
        "nll_head,scored_head,nll_head_reset,ms\r\n"
        "1,\"a, \"\"quoted\"\".txt\",text,0,0,512,0,2000,511,1997,6.666666666666667e-08,366.6666666666667,0.1,31,0.2,"
        "12.5\r\n"
        "1,b.txt,text,0,0,512,0,2000,511,1997,6.666666666666667e-08,,0.1,31,,12.5\r\n");
}

TEST_CASE_FIXTURE(Fixture, "JSON holds the run, its documents and their segments") {
  const Json all = Json::parse(exported(ExportFormat::json));
  CHECK(all["run"]["run"] == 1);
  CHECK(all["run"]["status"] == "finished");
  CHECK(all["run"]["config"]["rmt"]["memory_tokens"] == 10);
  CHECK(all["totals"]["segments"] == 2);
  CHECK(all["totals"]["nll_reset"].is_null());
  REQUIRE(all["documents"].size() == 2);
  CHECK(all["documents"][0]["name"] == "a, \"quoted\".txt");
  CHECK(all["documents"][0]["totals"]["scored_tokens"] == 511);
  REQUIRE(all["documents"][1]["segments"].size() == 1);
  CHECK(all["documents"][1]["segments"][0]["nll"].get<double>() == kAwkward);
  CHECK(all["documents"][1]["segments"][0]["nll_reset"].is_null());
  CHECK(all["documents"][0]["segments"][0]["nll_reset"].get<double>() == 1100.0 / 3.0);
}

TEST_CASE_FIXTURE(Fixture, "JSON of a run without documents is still JSON") {
  run = store.begin_run(sample_spec());
  const Json none = Json::parse(exported(ExportFormat::json));
  CHECK(none["documents"].empty());
  CHECK(none["totals"]["ppl"].is_null());
  store.add_document(run, "unread.txt", "text");
  CHECK(Json::parse(exported(ExportFormat::json))["documents"][0]["segments"].empty());
}

TEST_CASE_FIXTURE(Fixture, "JSON lines can be told apart by their type") {
  std::istringstream lines(exported(ExportFormat::jsonl));
  std::vector<std::string> types;
  for (std::string line; std::getline(lines, line);) types.push_back(Json::parse(line)["type"].get<std::string>());
  CHECK(types == std::vector<std::string>{"run", "document", "segment", "document", "segment"});
}

TEST_CASE_FIXTURE(Fixture, "a name that is not UTF-8 does not stop an export") {
  store.add_document(run, "caf\xe9.txt", "text");
  for (const ExportFormat format : {ExportFormat::csv, ExportFormat::json, ExportFormat::jsonl}) {
    CHECK_FALSE(exported(format).empty());
  }
  CHECK(Json::parse(exported(ExportFormat::json))["documents"][2]["name"] == "caf\xef\xbf\xbd.txt");
}

TEST_CASE_FIXTURE(Fixture, "an unknown run or format is refused") {
  std::string text;
  const auto write = [&text](std::string_view piece) { text += piece; };
  CHECK(error_of([&] { export_run(store, run + 1, ExportFormat::csv, write); }) == Errc::not_found);
  CHECK(text.empty());
  CHECK(parse_export_format("jsonl") == ExportFormat::jsonl);
  CHECK_FALSE(parse_export_format("xml").has_value());
}

TEST_CASE("figures follow from sums") {
  Totals totals{.documents = 2,
                .finished = 2,
                .scored_tokens = 100,
                .scored_bytes = 400,
                .nll = 100 * std::log(8.0),
                .nll_reset = 100 * std::log(16.0)};
  CHECK(perplexity(totals) == doctest::Approx(8));
  CHECK(bits_per_byte(totals) == doctest::Approx(0.75));
  REQUIRE(memory_gain(totals).has_value());
  CHECK(*memory_gain(totals) == doctest::Approx(std::log(2.0)));
  totals.words = 50;
  totals.chars = 300;
  REQUIRE(word_perplexity(totals).has_value());
  CHECK(*word_perplexity(totals) == doctest::Approx(64));
  REQUIRE(bits_per_char(totals).has_value());
  CHECK(*bits_per_char(totals) == doctest::Approx(1));
  totals.finished = 1;
  CHECK_FALSE(word_perplexity(totals).has_value());
  CHECK_FALSE(bits_per_char(totals).has_value());
  CHECK(std::isnan(perplexity({})));
  CHECK(std::isnan(bits_per_byte({})));
  CHECK_FALSE(memory_gain({}).has_value());
}

}  // namespace
}  // namespace rmt::store::test
