// A document scored while it is sent, against the same document read whole: the definitions of an evaluation.
#include "lm/engine/score_rows.h"

#include <cmath>
#include <limits>
#include <memory>
#include <stdexcept>

#include "corpora/error.h"
#include "corpora/readers/utf8.h"
#include "corpora/tasks/random_stream.h"
#include "lm/eval/document_stream.h"
#include "lm/store/figures.h"
#include "tests/corpora/group_tokenizer.h"
#include "tests/corpora/tokenizers/fixtures.h"
#include "tests/support/doctest.h"

using namespace rmt::engine;
using namespace rmt::tests;
using rmt::corpora::RandomStream;
using rmt::store::SegmentRow;

namespace {

constexpr int32_t kBos = 7;

// A model for which all that was read before counts.
struct ScriptedModel {
  uint64_t seen = 1;
  int64_t tokens = 0;

  ScoredToken next(int32_t id, bool reset_too) {
    ScoredToken token{.id = id, .logprob = std::nullopt, .logprob_reset = std::nullopt, .top = {}};
    RandomStream random(seen, static_cast<uint64_t>(id));
    if (tokens > 0) token.logprob = -static_cast<float>(random.below(1000)) / 100;
    if (tokens > 0 && reset_too) token.logprob_reset = *token.logprob - static_cast<float>(random.below(10)) / 10;
    seen = random.next();
    tokens += 1;
    return token;
  }
};

struct Document {
  std::vector<SegmentRow> rows;
  rmt::corpora::Units read, scored;
};

// By the definitions: the text cut as an evaluation cuts it, and each sum written out.
Document offline(const std::string& text, const Tokenizer& tokenizer, const ScoreRows::Settings& settings) {
  rmt::lm::DocumentStream stream(std::make_unique<rmt::corpora::MemoryText>(text), tokenizer,
                                 {.segment_length = settings.segment_length, .bos = settings.bos});
  Document document;
  ScriptedModel model;
  while (const auto metered = stream.next()) {
    const auto& segment = metered->segment;
    SegmentRow row{.index = segment.index,
                   .token_from = segment.token_from,
                   .token_to = segment.token_to,
                   .byte_from = segment.byte_from,
                   .byte_to = segment.byte_to};
    if (settings.reset_too) row.nll_reset = row.nll_head_reset = 0;
    for (size_t i = 0; i < segment.ids.size(); ++i) {
      const ScoredToken token = model.next(segment.ids[i], settings.reset_too);
      if (!token.logprob) continue;
      document.scored += metered->units[i];
      row.scored_tokens += 1;
      row.scored_bytes += metered->units[i].bytes;
      row.nll -= static_cast<double>(*token.logprob);
      if (settings.reset_too) *row.nll_reset -= static_cast<double>(*token.logprob_reset);
      if (i >= 32) continue;
      row.scored_head += 1;
      row.nll_head -= static_cast<double>(*token.logprob);
      if (settings.reset_too) *row.nll_head_reset -= static_cast<double>(*token.logprob_reset);
    }
    document.rows.push_back(row);
  }
  document.read = stream.read();
  return document;
}

// The same over a connection: pieces of the text and of the scores come as they come.
struct Connection {
  Connection(const Tokenizer& tokenizer, const ScoreRows::Settings& wanted, uint64_t seed)
      : settings(wanted), rows(tokenizer, wanted), random(seed, 6) {}

  void send(const std::string& text, uint64_t longest_piece) {
    for (size_t at = 0; at < text.size();) {
      const auto length = static_cast<size_t>(1 + random.below(longest_piece));
      enter(rows.push(std::string_view(text).substr(at, length)));
      at += length;
      if (random.below(2) == 0) score(static_cast<size_t>(random.below(pending.size() + 1)));
    }
    enter(rows.finish());
    score(pending.size());
    append(rows.scored({}));
  }

  void enter(const std::vector<int32_t>& ids) { pending.insert(pending.end(), ids.begin(), ids.end()); }

  void score(size_t count) {
    ScoredTokens scored{.segment = 0, .token_from = 0, .tokens = {}, .ms = 0.5};
    for (size_t i = 0; i < count; ++i) scored.tokens.push_back(model.next(pending[i], settings.reset_too));
    pending.erase(pending.begin(), pending.begin() + static_cast<std::ptrdiff_t>(count));
    append(rows.scored(scored));
    REQUIRE(rows.in_flight() == static_cast<int64_t>(pending.size()));
  }

  void append(const std::vector<SegmentRow>& more) { stored.insert(stored.end(), more.begin(), more.end()); }

  ScoreRows::Settings settings;
  ScoreRows rows;
  RandomStream random;
  ScriptedModel model;
  std::vector<int32_t> pending;
  std::vector<SegmentRow> stored;
};

void check_equal(const SegmentRow& row, const SegmentRow& expected) {
  const auto near = [](double a, double b) { return std::abs(a - b) < 1e-9; };
  CHECK(row.index == expected.index);
  CHECK(row.token_from == expected.token_from);
  CHECK(row.token_to == expected.token_to);
  CHECK(row.byte_from == expected.byte_from);
  CHECK(row.byte_to == expected.byte_to);
  CHECK(row.scored_tokens == expected.scored_tokens);
  CHECK(row.scored_bytes == expected.scored_bytes);
  CHECK(row.scored_head == expected.scored_head);
  CHECK(near(row.nll, expected.nll));
  CHECK(near(row.nll_head, expected.nll_head));
  CHECK(row.nll_reset.has_value() == expected.nll_reset.has_value());
  CHECK(near(row.nll_reset.value_or(0), expected.nll_reset.value_or(0)));
  CHECK(row.nll_head_reset.has_value() == expected.nll_head_reset.has_value());
  CHECK(near(row.nll_head_reset.value_or(0), expected.nll_head_reset.value_or(0)));
}

void check_equal(const Connection& connection, const Document& expected) {
  REQUIRE(connection.stored.size() == expected.rows.size());
  double nll = 0, reset = 0;
  for (size_t i = 0; i < expected.rows.size(); ++i) {
    check_equal(connection.stored[i], expected.rows[i]);
    nll += expected.rows[i].nll;
    reset += expected.rows[i].nll_reset.value_or(0);
  }
  CHECK(connection.rows.complete());
  const rmt::store::DocumentRow end = connection.rows.end();
  CHECK(end.finished);
  CHECK(end.tokens == expected.read.tokens);
  CHECK(end.bytes == expected.read.bytes);
  CHECK(end.chars == expected.scored.chars);
  CHECK(end.words == expected.scored.words);
  const rmt::store::Totals totals = connection.rows.totals();
  CHECK(totals.segments == static_cast<int64_t>(expected.rows.size()));
  CHECK(totals.scored_tokens == expected.scored.tokens);
  CHECK(totals.scored_bytes == expected.scored.bytes);
  CHECK(totals.words == expected.scored.words);
  CHECK(totals.nll == doctest::Approx(nll).epsilon(1e-12));
  if (totals.nll_reset) CHECK(*totals.nll_reset == doctest::Approx(reset).epsilon(1e-12));
}

std::string drawn_text(RandomStream& random, size_t characters) {
  const std::vector<std::string> alphabet = {"a", "b", "é", "→", "𝔸", " ", " ", "\n", "\t", "\u00a0"};
  std::string text;
  for (size_t i = 0; i < characters; ++i) text += random.pick(std::span(alphabet));
  return text;
}

}  // namespace

TEST_CASE("rows are those of the whole text, wherever it is cut and whenever its scores come") {
  const GroupTokenizer groups;
  const auto bytes = fixture_tokenizer("gpt2");
  const auto pieces = fixture_tokenizer("llama2");
  RandomStream random(8, 8);
  for (uint64_t round = 0; round < 120; ++round) {
    CAPTURE(round);
    const Tokenizer& tokenizer = round % 3 == 0   ? static_cast<const Tokenizer&>(groups)
                                 : round % 3 == 1 ? *bytes
                                                  : *pieces;
    const std::string text = drawn_text(random, random.below(400));
    ScoreRows::Settings settings{.name = "upload",
                                 .segment_length = static_cast<int64_t>(2 + random.below(70)),
                                 .bos = std::nullopt,
                                 .reset_too = random.below(2) == 0};
    if (random.below(2) == 0) settings.bos = kBos;
    Connection connection(tokenizer, settings, round);
    connection.send(text, random.below(2) == 0 ? 3 : 200);
    check_equal(connection, offline(text, tokenizer, settings));
  }
}

TEST_CASE("texts too short to have anything to score, and segments of one token") {
  const auto tokenizer = fixture_tokenizer("gpt2");
  for (const std::string text : {"", "a", "a b", " "}) {
    for (const int64_t length : {1, 2, 512}) {
      for (const bool bos : {false, true}) {
        if (bos && length == 1) continue;
        CAPTURE(text);
        CAPTURE(length);
        ScoreRows::Settings settings{
            .name = "upload", .segment_length = length, .bos = std::nullopt, .reset_too = true};
        if (bos) settings.bos = kBos;
        for (uint64_t seed = 0; seed < 5; ++seed) {
          Connection connection(*tokenizer, settings, seed);
          connection.send(text, 2);
          check_equal(connection, offline(text, *tokenizer, settings));
        }
      }
    }
  }
}

TEST_CASE("figures of a document as it comes in") {
  const auto tokenizer = fixture_tokenizer("gpt2");
  ScoreRows rows(*tokenizer, {.name = "upload", .segment_length = 4, .bos = std::nullopt, .reset_too = false});
  const auto ids = rows.push("one two three four five six ");
  ScoredTokens scored;
  for (const int32_t id : ids) scored.tokens.push_back({id, -std::log(8.0F), std::nullopt, {}});
  scored.tokens.front().logprob.reset();
  rows.scored(scored);
  CHECK(rmt::store::perplexity(rows.totals()) == doctest::Approx(8));
  CHECK(!rows.complete());
  CHECK(!rows.end().finished);
}

TEST_CASE("text that is none is refused with its place") {
  const auto tokenizer = fixture_tokenizer("gpt2");
  const ScoreRows::Settings settings{.name = "upload", .segment_length = 4, .bos = std::nullopt, .reset_too = false};
  const auto refusal = [&](const std::vector<std::string>& pieces) -> std::string {
    ScoreRows rows(*tokenizer, settings);
    try {
      for (const std::string& piece : pieces) rows.push(piece);
      rows.finish();
    } catch (const rmt::corpora::Error& error) {
      CHECK(error.code() == rmt::corpora::Errc::bad_text);
      return error.what();
    }
    return "";
  };
  CHECK(refusal({"a\xE2", "\x86\x92z"}) == "");
  CHECK(refusal({"ab\xE2", "\x86"}) == "upload: byte 2 (0xE2) is not valid UTF-8; convert the text first");
  CHECK(refusal({"ab", "\xFF"}) == "upload: byte 2 (0xFF) is not valid UTF-8; convert the text first");
  CHECK(refusal({"ab", std::string(1, '\0')}).starts_with("upload: byte 2 (0x00) is NUL"));
  CHECK(refusal({"%PD", "F-1.4 text"}).starts_with("upload: not a UTF-8 text: it looks like a PDF document"));
}

TEST_CASE("a byte order mark is no part of the text, in one piece or in three") {
  const auto tokenizer = fixture_tokenizer("gpt2");
  const ScoreRows::Settings settings{.name = "upload", .segment_length = 4, .bos = std::nullopt, .reset_too = false};
  for (const uint64_t piece : {1, 100}) {
    Connection connection(*tokenizer, settings, 1);
    connection.send("\xEF\xBB\xBFsome text", piece);
    check_equal(connection, offline("some text", *tokenizer, settings));
  }
}

TEST_CASE("scores that cannot be are refused") {
  const auto tokenizer = fixture_tokenizer("gpt2");
  ScoreRows rows(*tokenizer, {.name = "upload", .segment_length = 4, .bos = std::nullopt, .reset_too = false});
  const auto ids = rows.push("one two three four five ");
  REQUIRE(ids.size() > 2);
  const auto back = [&](int32_t id, std::optional<float> logprob, std::optional<float> reset = std::nullopt) {
    ScoredTokens scored;
    scored.tokens.push_back({id, logprob, reset, {}});
    rows.scored(scored);
  };
  CHECK_THROWS_AS(back(ids[0] + 1, std::nullopt), std::logic_error);
  back(ids[0], std::nullopt);
  CHECK_THROWS_AS(back(ids[1], -1.0F, -1.0F), std::logic_error);
  CHECK_THROWS_AS(back(ids[2], std::numeric_limits<float>::quiet_NaN()), std::runtime_error);
  CHECK_THROWS_AS(ScoreRows(*tokenizer, {.name = "", .segment_length = 0, .bos = std::nullopt, .reset_too = false}),
                  std::invalid_argument);
}

TEST_CASE("what is held does not grow with the text") {
  const auto tokenizer = fixture_tokenizer("gpt2");
  Connection connection(*tokenizer, {.name = "upload", .segment_length = 16, .bos = std::nullopt, .reset_too = false},
                        1);
  int64_t most = 0;
  for (int piece = 0; piece < 2000; ++piece) {
    connection.enter(connection.rows.push("some words of a long text, "));
    most = std::max(most, connection.rows.in_flight());
    connection.score(connection.pending.size());
  }
  CHECK(most < 40);
  CHECK(connection.stored.size() > 500);
}
