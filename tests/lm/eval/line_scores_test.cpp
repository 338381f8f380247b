// Whole lines scored from their tokens: which tokens are a line's, and what is known of models that foretell some
// lines.
#include <cmath>
#include <nlohmann/json.hpp>

#include "lm/eval/line_parts.h"
#include "lm/eval/line_scorer.h"
#include "lm/eval/tactic_report.h"
#include "tests/lm/evaluation.h"
#include "tests/support/doctest.h"

namespace rmt::tests {
namespace {

using lm::LinePart;
using lm::ScoredLine;
using lm::SegmentNll;

bool same(const LinePart& a, const LinePart& b) {
  return a.from == b.from && a.to == b.to && a.goes_on == b.goes_on && a.ends == b.ends;
}

/// Segments whose ids stand for so many bytes.
std::vector<corpora::Segment> segments_of(const std::vector<std::vector<uint32_t>>& bytes) {
  std::vector<corpora::Segment> segments;
  int64_t at = 0;
  for (const std::vector<uint32_t>& some : bytes) {
    corpora::Segment& segment = segments.emplace_back();
    segment.index = static_cast<int64_t>(segments.size()) - 1;
    segment.ids.assign(some.size(), 0);
    segment.bytes = some;
    segment.byte_from = at;
    for (const uint32_t count : some) at += count;
    segment.byte_to = at;
  }
  return segments;
}

std::vector<std::vector<LinePart>> parts_of(const std::string& text, const std::vector<std::vector<uint32_t>>& bytes) {
  lm::LineParts lines;
  lines.add(text);
  std::vector<std::vector<LinePart>> parts;
  for (const corpora::Segment& segment : segments_of(bytes)) parts.push_back(lines.take(segment));
  return parts;
}

TEST_CASE("a token belongs to a line that any of its bytes does") {
  const auto parts = parts_of("by\n  simp\n  rfl\nd\n", {{2, 4, 3, 3, 4, 2}});
  REQUIRE(parts[0].size() == 2);
  CHECK(same(parts[0][0], {1, 4, false, true}));
  CHECK(same(parts[0][1], {4, 5, false, true}));  // not the one that only holds blanks before it
}

TEST_CASE("a token may be of two lines, and one without bytes is of the line around it") {
  const auto parts = parts_of("by\n  a\n  b\n", {{2, 0, 4, 0, 4, 0, 1}});
  REQUIRE(parts[0].size() == 2);
  CHECK(same(parts[0][0], {2, 5, false, true}));
  CHECK(same(parts[0][1], {4, 7, false, true}));
}

TEST_CASE("a line goes on over the borders of segments") {
  const auto parts = parts_of("by\n  abcdefgh\n  i\nj\n", {{3, 2, 1}, {1, 1}, {2, 1}, {3, 2, 2, 2}});
  REQUIRE(parts.size() == 4);
  for (const auto& part : parts) REQUIRE(part.size() == (&part == &parts[3] ? 2 : 1));
  CHECK(same(parts[0][0], {2, 3, false, false}));
  CHECK(same(parts[1][0], {0, 2, true, false}));
  CHECK(same(parts[2][0], {0, 2, true, false}));
  CHECK(same(parts[3][0], {0, 1, true, true}));
  CHECK(same(parts[3][1], {2, 3, false, true}));
}

SegmentNll scores(std::vector<double> nll, std::vector<bool> top1, int64_t first_scored = 0) {
  return {std::move(nll), first_scored, std::move(top1)};
}

TEST_CASE("a line is exact when all of its tokens were likeliest, in whichever segments they are") {
  lm::LineScorer scorer;
  const SegmentNll first = scores({1, 2, 4}, {true, true, false}, 1), second = scores({8, 16, 32}, {true, true, true});
  const std::vector<LinePart> begins = {{1, 3, false, true}, {2, 4, false, false}},
                              ends = {{0, 1, true, true}, {1, 3, false, true}};
  CHECK((scorer.score(begins, first, nullptr) == std::vector<ScoredLine>{{2, {true, 3}, {}}}));
  CHECK((scorer.score(ends, second, nullptr) == std::vector<ScoredLine>{{3, {false, 14}, {}}, {2, {true, 48}, {}}}));
}

TEST_CASE("what was begun and turns out to be no line is forgotten") {
  lm::LineScorer scorer;
  const SegmentNll all = scores({1, 2}, {false, false}), good = scores({4, 8}, {true, true});
  CHECK(scorer.score(std::vector<LinePart>{{0, 2, false, false}}, all, nullptr).empty());
  CHECK(scorer.score(std::vector<LinePart>{}, all, nullptr).empty());
  CHECK((scorer.score(std::vector<LinePart>{{0, 2, false, true}}, good, nullptr) ==
         std::vector<ScoredLine>{{2, {true, 12}, {}}}));
}

TEST_CASE("the memory reset has a score of its own") {
  lm::LineScorer scorer;
  const SegmentNll main = scores({1, 2}, {true, true}), reset = scores({4, 8}, {true, false});
  CHECK((scorer.score(std::vector<LinePart>{{0, 2, false, true}}, main, &reset) ==
         std::vector<ScoredLine>{{2, {true, 3}, lm::LineScore{false, 12}}}));
}

/// Foretells each byte by the one before alone, and gives the likeliest two thirds.
ByteLogits successors(const std::string& text) {
  ByteLogits logits{};
  for (size_t i = 0; i + 1 < text.size(); ++i)
    logits[static_cast<unsigned char>(text[i])][static_cast<unsigned char>(text[i + 1])] = std::log(2 * 255.0);
  return logits;
}

/// A proof of many lines; a model of bytes foretells those that say "simp", and no other.
std::string proof(int lines) {
  std::string text = "example : P := by\n";
  for (int i = 0; i < lines; ++i) text += i % 3 == 2 ? "  ring\n" : "  simp\n";
  return text;
}

lm::EvalSettings with_lines(bool gain, size_t batch = 1) {
  lm::EvalSettings settings = settings_with(gain, batch);
  settings.cut.tactic_lines = true;
  return settings;
}

Heard run(const ByteLogits& logits, const std::vector<Text>& texts, const lm::EvalSettings& settings,
          size_t chunk = 1000) {
  const auto backbone = markov_backbone(model::Architecture::llama, logits);
  const auto decoder = small_decoder(backbone, 2, settings.cut.segment_length);
  const auto tokenizer = byte_tokenizer();
  return evaluate(
      {.backbone = backbone, .decoder = &decoder, .tokenizer = tokenizer.get(), .texts = texts, .chunk = chunk},
      settings);
}

TEST_CASE("a model that foretells some lines is credited with these, wherever segments and chunks end") {
  const ByteLogits logits = successors(" simp\n");
  for (const int64_t length : {1, 3, 16, 1000})
    for (const size_t chunk : {size_t{1}, size_t{5}, size_t{1000}}) {
      lm::EvalSettings settings = with_lines(true);
      settings.cut.segment_length = length;
      settings.ahead = chunk == 5 ? 4 : 1;  // segments in a step, as on a GPU
      const Heard heard = run(logits, {{"a", proof(30), ""}}, settings, chunk);
      const lm::TacticRow all = heard.result.tactics().rows().back();
      CHECK(all.lines == 30);
      CHECK(all.tokens == 150);
      CHECK(all.main.exact == 20);
      CHECK(all.reset->exact == 20);
      CHECK(all.main.ppl == doctest::Approx(all.reset->ppl));
    }
}

TEST_CASE("lines are told by the segments that were read before the one they end in") {
  const std::string text = proof(40);  // 18 bytes, then 7 a line, in segments of 16
  const std::vector<lm::TacticRow> rows =
      run(successors(" simp\n"), {{"a", text, ""}}, with_lines(false)).result.tactics().rows();
  std::map<int64_t, int64_t> expected;  // by the first number of a row
  for (int64_t line = 1; line <= 40; ++line) {
    const int64_t before = (18 + 7 * line - 1) / 16;
    const auto row = std::ranges::find_if(lm::kSegmentsBefore, [&](const lm::SegmentsBefore& some) {
      return before >= some.from && (!some.to || before <= *some.to);
    });
    expected[row->from] += 1;
  }
  CHECK(rows.size() == expected.size() + 1);
  for (size_t i = 0; i + 1 < rows.size(); ++i) CHECK(rows[i].lines == expected.at(rows[i].before.from));
  CHECK(rows.back().lines == 40);
  CHECK(!rows.back().reset);
}

TEST_CASE("the losses are those of an evaluation that counts no lines, bit for bit") {
  const Stage stage;
  std::vector<Text> texts = some_texts();
  texts.push_back({"lean", proof(40), ""});
  const Heard plain = evaluate(stage.setup(texts), settings_with(true, 3));
  const Heard counting = evaluate(stage.setup(texts), with_lines(true, 3));
  CHECK(plain.result.tactics().empty());
  CHECK(!counting.result.tactics().empty());
  for (const auto& [id, rows] : plain.rows) CHECK(same_rows(rows, counting.rows.at(id)));
}

TEST_CASE("no figure depends on the batch, and documents left out do not count") {
  const Stage stage;
  std::vector<Text> texts;
  for (int i = 1; i < 6; ++i) texts.push_back({"d" + std::to_string(i), proof(7 * i), i == 3 ? "broken" : ""});
  lm::EvalSettings settings = with_lines(true);
  settings.skip_broken = true;
  const auto figures = [&](size_t batch) {
    settings.batch = batch;
    return to_json(evaluate(stage.setup(texts), settings).result.tactics().rows()).dump();
  };
  const std::string alone = figures(1);
  CHECK(figures(2) == alone);
  CHECK(figures(5) == alone);
  CHECK(nlohmann::json::parse(alone)["lines"] == 7 * (1 + 2 + 4 + 5));
}

TEST_CASE("what carrying a memory gains is a difference with an error bar over documents") {
  lm::TacticTally tally;
  CHECK(tally.empty());
  const ScoredLine gained{2, {true, 1}, lm::LineScore{false, 3}}, even{2, {true, 1}, lm::LineScore{true, 1}};
  for (int64_t document = 0; document < 10; ++document)
    tally.add(document, 20, std::vector<ScoredLine>{document % 2 == 0 ? gained : even, even});
  tally.add(3, 0, std::vector<ScoredLine>{even});
  const std::vector<lm::TacticRow> rows = tally.rows();
  REQUIRE(rows.size() == 3);
  CHECK(rows[0].before.from == 0);
  CHECK(!rows[0].gain->share_95);  // of one document
  const lm::TacticRow& late = rows[1];
  CHECK(late.before.from == 17);
  CHECK(late.lines == 20);
  CHECK(late.main.exact == 20);
  CHECK(late.reset->exact == 15);
  CHECK(late.reset->share == 0.75);
  CHECK(late.gain->share == 0.25);
  CHECK(late.gain->nats_per_token == doctest::Approx(10.0 / 40));
  CHECK(late.gain->share_95->low > 0);
  CHECK(late.gain->share_95->low < 0.25);
  CHECK(late.gain->share_95->high > 0.25);
  CHECK(late.main.ppl == doctest::Approx(std::exp(0.5)));
  CHECK(rows[2].lines == 21);
}

}  // namespace
}  // namespace rmt::tests
