// A document scored while it is sent has the rows that an evaluation of the file stores: the same cuts, the same
// counts, and the same sums to 1e-6.
#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "lm/engine/scheduler.h"
#include "lm/engine/score_rows.h"
#include "lm/streams/recurrent_model.h"
#include "tests/lm/engine/job_record.h"
#include "tests/lm/evaluation.h"
#include "tests/support/doctest.h"
#include "tests/support/drawn_weights.h"

namespace rmt::tests {
namespace {

constexpr int64_t kLength = 40, kMemory = 3;

lm::LoadedModel loaded(model::Architecture architecture) {
  const std::shared_ptr<const model::Backbone> backbone = random_backbone(architecture);
  lm::LoadedModel loaded;
  loaded.name = "drawn";
  loaded.tokenizer = byte_tokenizer();
  loaded.rmt = {.memory_tokens = kMemory, .segment_length = kLength};
  loaded.initial_memory = model::make_initial_memory(*backbone, kMemory, 2);
  loaded.state_fingerprint = "test";
  loaded.backbone = backbone;
  return loaded;
}

// Sends the text in small pieces, and hands the scores back when all are there.
std::vector<store::SegmentRow> served(engine::Generator& generator, const corpora::Tokenizer& tokenizer,
                                      const std::string& text, store::DocumentRow& end) {
  engine::ScoreRows rows(tokenizer,
                         {.name = "upload", .segment_length = kLength, .bos = std::nullopt, .reset_too = true});
  engine::Job job;
  job.more_to_come = true;
  job.scoring.wanted = true;
  job.scoring.reset_too = true;
  job.use_cache = false;
  const auto record = std::make_shared<JobRecord>();
  const engine::JobId id = generator.submit(job, record);
  for (size_t at = 0; at < text.size(); at += 7) CHECK(generator.feed(id, rows.push(text.substr(at, 7)), false));
  CHECK(generator.feed(id, rows.finish(), true));
  record->end();
  std::vector<store::SegmentRow> all;
  for (const engine::ScoredTokens& scored : record->scored) {
    const auto more = rows.scored(scored);
    all.insert(all.end(), more.begin(), more.end());
  }
  CHECK(rows.complete());
  end = rows.end();
  return all;
}

bool near(double a, double b) {
  return std::abs(a - b) <= 1e-6 * std::max(1.0, std::abs(b));
}

void check_equal(const store::SegmentRow& live, const store::SegmentRow& offline) {
  CHECK(live.index == offline.index);
  CHECK(live.token_from == offline.token_from);
  CHECK(live.token_to == offline.token_to);
  CHECK(live.byte_from == offline.byte_from);
  CHECK(live.byte_to == offline.byte_to);
  CHECK(live.scored_tokens == offline.scored_tokens);
  CHECK(live.scored_bytes == offline.scored_bytes);
  CHECK(live.scored_head == offline.scored_head);
  CHECK(near(live.nll, offline.nll));
  CHECK(near(live.nll_reset.value(), offline.nll_reset.value()));
  CHECK(near(live.nll_head, offline.nll_head));
  CHECK(near(live.nll_head_reset.value(), offline.nll_head_reset.value()));
}

TEST_CASE("live scoring stores what an evaluation stores") {
  for (const auto architecture : {model::Architecture::gpt2, model::Architecture::llama}) {
    const lm::LoadedModel model = loaded(architecture);
    const model::RmtDecoder decoder(model.backbone, model.rmt, model.initial_memory);
    lm::EvalSettings settings = settings_with(true);
    settings.cut.segment_length = kLength;
    const std::vector<Text> texts = some_texts();
    const Heard heard =
        evaluate({.backbone = model.backbone, .decoder = &decoder, .tokenizer = model.tokenizer.get(), .texts = texts},
                 settings);
    engine::Scheduler scheduler(std::make_unique<lm::RecurrentModel>(model), *model.tokenizer, {});
    for (const Text& text : texts) {
      CAPTURE(text.id);
      store::DocumentRow end;
      const auto live = served(scheduler, *model.tokenizer, text.text, end);
      const auto found = heard.rows.find(text.id);
      REQUIRE(live.size() == (found == heard.rows.end() ? 0 : found->second.size()));
      for (size_t i = 0; i < live.size(); ++i) check_equal(live[i], found->second[i].row);
      const auto document =
          std::ranges::find(heard.documents, text.id, [](const lm::DocumentScore& score) { return score.name.id; });
      REQUIRE(document != heard.documents.end());
      CHECK(end.tokens == document->tokens);
      CHECK(end.bytes == document->bytes);
      CHECK(end.words == document->main.scored.words);
      CHECK(end.chars == document->main.scored.chars);
    }
  }
}

}  // namespace
}  // namespace rmt::tests
