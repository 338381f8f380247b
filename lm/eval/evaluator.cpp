#include "lm/eval/evaluator.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <iterator>
#include <stdexcept>

#include "lm/engine/segment_row.h"
#include "model/error.h"

namespace rmt::lm {

namespace {

using Clock = std::chrono::steady_clock;

ScoredRow row_of(const MeteredSegment& metered, SegmentNll nll, std::optional<SegmentNll> reset) {
  const corpora::Segment& segment = metered.segment;
  ScoredRow scored;
  for (auto i = static_cast<size_t>(nll.first_scored); i < metered.units.size(); ++i) scored.scored += metered.units[i];
  std::optional<std::span<const double>> nll_reset;
  if (reset) nll_reset = reset->token_nll;
  scored.row =
      engine::segment_row({segment.index, segment.token_from, segment.token_to, segment.byte_from, segment.byte_to},
                          scored.scored, nll.first_scored, nll.token_nll, nll_reset);
  scored.first_scored = nll.first_scored;
  scored.token_nll = std::move(nll.token_nll);
  if (reset) scored.token_nll_reset = std::move(reset->token_nll);
  return scored;
}

void refuse_nan(const DocumentRun& document, const ScoredRow& row) {
  if (!std::isnan(row.row.nll) && !std::isnan(row.row.nll_reset.value_or(0))) return;
  throw model::Error(model::Errc::malformed,
                     "document " + document.id() + ", tokens " + std::to_string(row.row.token_from) + " to " +
                         std::to_string(row.row.token_to) +
                         ": the model's loss is not a number. Its weights are damaged, or the arithmetic is too narrow "
                         "for them (try --dtype fp32)");
}

}  // namespace

Evaluator::Evaluator(const model::Backbone& backbone, const model::RmtDecoder* decoder,
                     const corpora::Tokenizer& tokenizer, EvalSettings settings)
    : backbone_(backbone), tokenizer_(tokenizer), settings_(std::move(settings)) {
  if (settings_.batch < 1) throw std::invalid_argument("at least one document is in flight");
  if (settings_.protocol != Protocol::rmt) return;
  if (decoder == nullptr) throw std::invalid_argument("the rmt protocol needs the recurrent wrapper");
  main_.emplace(*decoder, settings_.memory, settings_.seed);
  if (settings_.gain) reset_.emplace(*decoder, MemoryPolicy::reset, settings_.seed);
}

EvalOutcome Evaluator::run(const OpenReader& open, EvalListener& listener, const Recording* recording,
                           const std::function<bool()>& stop) {
  DocumentQueue queue(open, settings_.batch);
  Slots slots(settings_.batch);
  for (;;) {
    if (stop()) return EvalOutcome::interrupted;
    fill(slots, queue, listener, recording);
    if (std::none_of(slots.begin(), slots.end(), [](const auto& slot) { return slot != nullptr; }))
      return EvalOutcome::finished;

    std::vector<Work> work = read(slots, listener, recording);
    score(work);
    if (recording != nullptr) commit(work, *recording);
    for (const Work& item : work) {
      for (const ScoredRow& row : item.rows) listener.on_row(*item.document, row);
      if (!item.segment.last) continue;
      listener.on_document_end(item.document->score());
      std::find_if(slots.begin(), slots.end(), [&](const auto& slot) { return slot.get() == item.document; })->reset();
    }
  }
}

// Opens the next documents in the free slots. What an earlier process finished only passes through.
void Evaluator::fill(Slots& slots, DocumentQueue& queue, EvalListener& listener, const Recording* recording) const {
  for (size_t i = 0; i < slots.size(); ++i) {
    while (!slots[i]) {
      auto document = queue.take(i);
      if (!document) break;
      slots[i] = std::make_unique<DocumentRun>(std::move(*document), tokenizer_, backbone_, settings_, recording);
      try {
        slots[i]->resume([&](const ScoredRow& row) { listener.on_row(*slots[i], row); });
      } catch (const corpora::Error& error) {
        leave_out(slots[i], error, listener);
        continue;
      }
      if (!slots[i]->finished_before()) continue;
      listener.on_document_end(slots[i]->score());
      slots[i].reset();
    }
  }
}

// The next segment of every document in flight. Documents without one (empty, or broken) leave their slot.
std::vector<Evaluator::Work> Evaluator::read(Slots& slots, EvalListener& listener, const Recording* recording) const {
  std::vector<Work> work;
  for (auto& slot : slots) {
    if (!slot) continue;
    try {
      if (auto segment = slot->next_segment()) {
        work.push_back({slot.get(), std::move(*segment), {}});
        continue;
      }
      if (recording != nullptr) recording->store.commit({}, {}, slot->finished_rows());
      listener.on_document_end(slot->score());
      slot.reset();
    } catch (const corpora::Error& error) {
      leave_out(slot, error, listener);
    }
  }
  return work;
}

// To be called in a handler of `error`.
void Evaluator::leave_out(Slots::value_type& slot, const corpora::Error& error, EvalListener& listener) const {
  if (!settings_.skip_broken) throw;
  listener.on_broken(*slot, error.what());
  slot.reset();
}

void Evaluator::score(std::vector<Work>& work) const {
  const auto start = Clock::now();
  if (main_ && !work.empty()) score_recurrent(work);
  for (Work& item : work) {
    for (const Series series : {Series::main, Series::strided}) {
      if (!item.document->has_windows(series)) continue;
      auto rows = item.document->score_windows(series, item.segment);
      std::move(rows.begin(), rows.end(), std::back_inserter(item.rows));
    }
    note_read(item.document->state(), item.segment.segment);
  }
  const double ms = std::chrono::duration<double, std::milli>(Clock::now() - start).count();
  for (Work& item : work) {
    for (ScoredRow& row : item.rows) {
      refuse_nan(*item.document, row);
      row.row.ms = ms;
      item.document->add(row);
    }
  }
}

void Evaluator::score_recurrent(std::vector<Work>& work) const {
  const auto step = [&](const SegmentScorer& scorer, std::optional<ScoreState> ReadingState::*which) {
    std::vector<const corpora::Segment*> segments;
    std::vector<ScoreState*> states;
    for (Work& item : work) {
      std::optional<ScoreState>& state = item.document->state().*which;
      if (!state) state = scorer.start();
      segments.push_back(&item.segment.segment);
      states.push_back(&*state);
    }
    return scorer.step(segments, states);
  };
  std::vector<SegmentNll> main = step(*main_, &ReadingState::main);
  std::vector<SegmentNll> reset;
  if (reset_) reset = step(*reset_, &ReadingState::reset);
  for (size_t i = 0; i < work.size(); ++i) {
    std::optional<SegmentNll> beside;
    if (reset_) beside = std::move(reset[i]);
    work[i].rows.push_back(row_of(work[i].segment, std::move(main[i]), std::move(beside)));
  }
}

// One transaction: the rows of this step, the states after it, the documents it ends.
void Evaluator::commit(const std::vector<Work>& work, const Recording& recording) const {
  std::vector<store::SegmentRow> rows;
  std::vector<store::StateRow> states;
  std::vector<store::DocumentRow> finished;
  for (const Work& item : work) {
    for (const ScoredRow& scored : item.rows) rows.push_back(scored.row);
    if (item.segment.last) {
      const auto ended = item.document->finished_rows();
      finished.insert(finished.end(), ended.begin(), ended.end());
    } else if (!item.rows.empty()) {
      states.push_back(item.document->state_row());
    }
  }
  if (!rows.empty() || !finished.empty()) recording.store.commit(rows, states, finished);
}

}  // namespace rmt::lm
