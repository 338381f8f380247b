// The loop itself on models where every token before matters: how documents are chunked and batched
// must not show, and each score must be what the model says.
#include "lm/eval/evaluator.h"

#include <cmath>
#include <numeric>

#include "model/error.h"
#include "tests/lm/evaluation.h"
#include "tests/support/doctest.h"

namespace rmt::tests {
namespace {

using lm::EvalOutcome;
using lm::EvalSettings;
using lm::Line;
using lm::MemoryPolicy;
using lm::Protocol;
using model::Architecture;

double nll_of(const Heard& heard, Line line = Line::main) {
  return heard.result.total(line).nll;
}

TEST_CASE("without memory, a segment is scored as the plain backbone scores it") {
  const Stage stage(Architecture::gpt2, 0);
  const std::string text = random_text(40, 1).substr(0, 40);
  const Heard heard = evaluate(stage.setup({{"a", text, ""}}), settings_with());
  const std::vector<lm::ScoredRow>& rows = heard.rows.at("a");
  REQUIRE(rows.size() == 3);
  std::vector<double> last_of_segment_before;
  for (const lm::ScoredRow& row : rows) {
    std::vector<int64_t> ids;
    for (int64_t t = row.row.token_from; t < row.row.token_to; ++t)
      ids.push_back(static_cast<unsigned char>(text[static_cast<size_t>(t)]));
    const auto log_p = log_probabilities(*stage.backbone, ids);
    double expected = 0;
    if (!last_of_segment_before.empty()) expected -= last_of_segment_before[static_cast<size_t>(ids[0])];
    for (size_t i = 1; i < ids.size(); ++i) expected -= log_p[i - 1][static_cast<size_t>(ids[i])];
    CHECK(row.row.nll == doctest::Approx(expected).epsilon(1e-5));
    last_of_segment_before = log_p.back();
  }
  CHECK(rows[0].row.scored_tokens == 15);
  CHECK(rows[1].row.scored_tokens == 16);
}

TEST_CASE("windowed protocols score what the bare backbone says of their windows") {
  const Stage stage(Architecture::llama, 3, 257);
  const std::string text = random_text(75, 2).substr(0, 75);
  const lm::WindowRule rules[] = {{.protocol = Protocol::lm_eval, .window = 20, .stride = 0, .bos = false},
                                  {.protocol = Protocol::hf_strided, .window = 20, .stride = 7, .bos = false},
                                  {.protocol = Protocol::hf_strided, .window = 20, .stride = 7, .bos = true},
                                  {.protocol = Protocol::llamacpp, .window = 20, .stride = 0, .bos = true},
                                  {.protocol = Protocol::llamacpp, .window = 20, .stride = 0, .bos = false}};
  for (const lm::WindowRule& rule : rules) {
    EvalSettings settings = settings_with();
    settings.protocol = rule.protocol;
    settings.window = rule;
    settings.prefix = 256;
    const Heard heard = evaluate(stage.setup({{"a", text, ""}}), settings);
    REQUIRE(heard.rows.at("a").size() >= 2);
    for (const lm::ScoredRow& row : heard.rows.at("a")) {
      const auto window = lm::window_at(rule, row.row.index, 75, true);
      REQUIRE(window);
      std::vector<int64_t> ids;
      if (window->prefix) ids.push_back(256);
      for (int64_t t = window->from; t < window->to; ++t)
        ids.push_back(static_cast<unsigned char>(text[static_cast<size_t>(t)]));
      const auto log_p = log_probabilities(*stage.backbone, ids);
      double expected = 0;
      for (size_t i = ids.size() - static_cast<size_t>(window->scored()); i < ids.size(); ++i)
        expected -= log_p[i - 1][static_cast<size_t>(ids[i])];
      CHECK(row.row.nll == doctest::Approx(expected).epsilon(1e-5));
      CHECK(row.row.token_to == window->to);
    }
  }
}

TEST_CASE("the chunks a text comes in change no bit of the trace") {
  const Stage stage;
  Setup setup = stage.setup(some_texts());
  const Heard whole = evaluate(setup, settings_with(true));
  for (const size_t chunk : {1, 7, 64}) {
    setup.chunk = chunk;
    const Heard split = evaluate(setup, settings_with(true));
    for (const auto& [id, rows] : whole.rows) CHECK(same_rows(rows, split.rows.at(id)));
  }
}

TEST_CASE("documents side by side score as each does alone, bit for bit") {
  for (const Architecture architecture : {Architecture::gpt2, Architecture::llama}) {
    const Stage stage(architecture);
    const Heard alone = evaluate(stage.setup(some_texts()), settings_with(true, 1));
    for (const size_t batch : {2, 4, 20}) {
      EvalSettings settings = settings_with(true, batch);
      const Heard together = evaluate(stage.setup(some_texts()), settings);
      CHECK(together.rows.size() == alone.rows.size());
      for (const auto& [id, rows] : alone.rows) CHECK(same_rows(rows, together.rows.at(id)));
      CHECK(together.documents.size() == alone.documents.size());
      CHECK(nll_of(together) == nll_of(alone));
      CHECK(nll_of(together, Line::reset) == nll_of(alone, Line::reset));
      CHECK(together.result.total(Line::main).scored == alone.result.total(Line::main).scored);
      CHECK(together.result.gain()->interval->low == alone.result.gain()->interval->low);
    }
  }
}

TEST_CASE("the gain is the difference to a run with the memory reset") {
  const Stage stage;
  const Heard both = evaluate(stage.setup(some_texts()), settings_with(true));
  EvalSettings reset = settings_with();
  reset.memory = MemoryPolicy::reset;
  const Heard alone = evaluate(stage.setup(some_texts()), reset);
  CHECK(nll_of(both, Line::reset) == nll_of(alone));
  CHECK(nll_of(both) != nll_of(alone));
  REQUIRE(both.result.gain());
  const double tokens = static_cast<double>(both.result.total(Line::main).scored.tokens);
  CHECK(both.result.gain()->nats_per_token == doctest::Approx((nll_of(alone) - nll_of(both)) / tokens));
  CHECK(!alone.result.gain());
  CHECK(both.rows.at("text0")[0].row.nll == both.rows.at("text0")[0].row.nll_reset);  // nothing to carry yet
  CHECK(both.rows.at("text0")[1].row.nll != both.rows.at("text0")[1].row.nll_reset);
}

TEST_CASE("a shuffled memory is neither carried nor reset, and the same for the same seed") {
  const Stage stage;
  EvalSettings settings = settings_with();
  const double carried = nll_of(evaluate(stage.setup(some_texts()), settings));
  settings.memory = MemoryPolicy::shuffle;
  settings.seed = 5;
  const double shuffled = nll_of(evaluate(stage.setup(some_texts()), settings));
  CHECK(shuffled != carried);
  CHECK(nll_of(evaluate(stage.setup(some_texts()), settings)) == shuffled);
}

TEST_CASE("the windowed baseline in the same pass is what it is alone") {
  const Stage stage;
  EvalSettings settings = settings_with(true, 3);
  settings.strided = strided_rule();
  const Heard both = evaluate(stage.setup(some_texts()), settings);

  EvalSettings alone = settings_with();
  alone.protocol = Protocol::hf_strided;
  alone.window = strided_rule();
  const Heard strided = evaluate(stage.setup(some_texts()), alone);
  for (const auto& [id, rows] : strided.rows) CHECK(same_rows(rows, both.strided.at(id)));
  CHECK(nll_of(both, Line::strided) == nll_of(strided));
  CHECK(both.result.total(Line::strided).scored == strided.result.total(Line::main).scored);
  CHECK(both.result.total(Line::strided).recipe_ppl == strided.result.total(Line::main).recipe_ppl);
}

TEST_CASE("the head of a segment is its first 32 tokens, the first of a document left out") {
  const auto backbone = random_backbone(Architecture::llama);
  const auto decoder = small_decoder(backbone, 2, 40);
  const auto tokenizer = byte_tokenizer();
  EvalSettings settings = settings_with();
  settings.cut.segment_length = 40;
  const std::string text = random_text(90, 3).substr(0, 90);
  const Heard heard = evaluate(
      {.backbone = backbone, .decoder = &decoder, .tokenizer = tokenizer.get(), .texts = {{"a", text, ""}}}, settings);
  const auto& rows = heard.rows.at("a");
  CHECK(rows[0].row.scored_head == 31);
  CHECK(rows[1].row.scored_head == 32);
  CHECK(rows[2].row.scored_head == 10);
  CHECK(rows[1].row.nll_head ==
        doctest::Approx(std::accumulate(rows[1].token_nll.begin(), rows[1].token_nll.begin() + 32, 0.0)));
}

TEST_CASE("documents with one token or none end with nothing scored, and are counted apart") {
  const Stage stage;
  const Heard heard = evaluate(stage.setup({{"one", "x", ""}, {"none", "", ""}, {"two", "xy", ""}}), settings_with());
  CHECK(heard.result.documents() == 3);
  CHECK(heard.result.documents_unscored() == 2);
  CHECK(heard.result.total(Line::main).scored.tokens == 1);
}

TEST_CASE("with BOS every token is scored, the first from the BOS") {
  const Stage stage(Architecture::llama, 2, 257);
  EvalSettings settings = settings_with();
  settings.cut.bos = 256;
  const std::string text = random_text(40, 5).substr(0, 40);
  const Heard heard = evaluate(stage.setup({{"a", text, ""}}), settings);
  const lm::Units scored = heard.result.total(Line::main).scored;
  CHECK(scored.tokens == 40);
  CHECK(scored.bytes == 40);
  CHECK(heard.rows.at("a")[0].row.token_to == 15);
  CHECK(heard.rows.at("a")[0].row.scored_tokens == 15);
  CHECK(heard.rows.at("a")[1].row.scored_tokens == 16);
}

TEST_CASE("a document that breaks off stops the run, or is left out when that was asked for") {
  const Stage stage;
  std::vector<Text> texts = {
      {"good", random_text(60, 1), ""}, {"bad", random_text(60, 2), "broken here"}, {"fine", random_text(60, 3), ""}};
  CHECK_THROWS_WITH_AS(evaluate(stage.setup(texts), settings_with()), "bad: broken here", corpora::Error);
  for (const size_t batch : {1, 3}) {
    EvalSettings settings = settings_with(false, batch);
    settings.skip_broken = true;
    const Heard heard = evaluate(stage.setup(texts), settings);
    CHECK(heard.broken.size() == 1);
    CHECK(heard.broken.at("bad") == "bad: broken here");
    CHECK(heard.documents.size() == 2);
    CHECK(nll_of(heard) == nll_of(evaluate(stage.setup({texts[0], texts[2]}), settings_with())));
  }
}

TEST_CASE("a loss that is not a number ends the run with the place") {
  ByteLogits logits{};
  for (auto& row : logits) row.fill(std::nan(""));
  const auto backbone = markov_backbone(Architecture::llama, logits);
  const auto decoder = small_decoder(backbone, 1, 16);
  const auto tokenizer = byte_tokenizer();
  const Setup setup{
      .backbone = backbone, .decoder = &decoder, .tokenizer = tokenizer.get(), .texts = {{"a", "some text", ""}}};
  CHECK_THROWS_AS(evaluate(setup, settings_with()), model::Error);
}

}  // namespace
}  // namespace rmt::tests
