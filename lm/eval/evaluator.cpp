#include "lm/eval/evaluator.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <iterator>
#include <stdexcept>

#include "lm/engine/segment_row.h"
#include "lm/eval/document_ledger.h"
#include "lm/eval/step_message.h"
#include "lm/processes/error.h"
#include "model/error.h"

namespace rmt::lm {

namespace {

using Clock = std::chrono::steady_clock;

ScoredRow row_of(const MeteredSegment& metered, SegmentNll nll, std::optional<SegmentNll> reset) {
  const corpora::Segment& segment = metered.segment;
  ScoredRow scored;
  Units units;
  for (auto i = static_cast<size_t>(nll.first_scored); i < metered.units.size(); ++i) units += metered.units[i];
  std::optional<std::span<const double>> nll_reset;
  if (reset) nll_reset = reset->token_nll;
  scored.row =
      engine::segment_row({segment.index, segment.token_from, segment.token_to, segment.byte_from, segment.byte_to},
                          units, nll.first_scored, nll.token_nll, nll_reset);
  scored.first_scored = nll.first_scored;
  scored.token_nll = std::move(nll.token_nll);
  if (reset) scored.token_nll_reset = std::move(reset->token_nll);
  return scored;
}

void refuse_nan(const DocumentName& document, const ScoredRow& row) {
  if (!std::isnan(row.row.nll) && !std::isnan(row.row.nll_reset.value_or(0))) return;
  throw model::Error(model::Errc::malformed,
                     "document " + document.id + ", tokens " + std::to_string(row.row.token_from) + " to " +
                         std::to_string(row.row.token_to) +
                         ": the model's loss is not a number. Its weights are damaged, or the arithmetic is too narrow "
                         "for them (try --dtype fp32)");
}

/// What all processes add, in process 0.
std::vector<DocumentStep> of_all(Processes& processes, std::vector<DocumentStep> mine) {
  if (processes.count() == 1) return mine;
  std::vector<DocumentStep> all;
  for (const std::string& bytes : processes.gather(to_bytes(mine)))
    for (DocumentStep& step : steps_of(bytes)) all.push_back(std::move(step));
  return all;
}

void require_same_documents(Processes& processes, int64_t mine) {
  if (all_say(processes, std::to_string(mine))) return;
  throw ProcessError(ProcessErrc::unlike, "Process " + std::to_string(processes.rank()) + " of " +
                                              std::to_string(processes.count()) + " found " + std::to_string(mine) +
                                              " documents, and not all found as many: some were read twice or not at "
                                              "all. Give every machine the same files.");
}

}  // namespace

Evaluator::Evaluator(const model::Backbone& backbone, const model::RmtDecoder* decoder,
                     const corpora::Tokenizer& tokenizer, EvalSettings settings)
    : backbone_(backbone), tokenizer_(tokenizer), settings_(std::move(settings)) {
  if (settings_.batch < 1) throw std::invalid_argument("at least one document is in flight");
  if (settings_.protocol != Protocol::rmt) return;
  if (decoder == nullptr) throw std::invalid_argument("the rmt protocol needs the recurrent wrapper");
  const bool top1 = settings_.cut.tactic_lines;
  main_.emplace(*decoder, settings_.memory, settings_.seed, settings_.ahead, top1);
  if (settings_.gain) reset_.emplace(*decoder, MemoryPolicy::reset, settings_.seed, settings_.ahead, top1);
}

EvalOutcome Evaluator::run(const OpenReader& open, EvalListener& listener, const Recording* recording,
                           Processes& processes, const std::function<bool()>& stop) {
  DocumentLedger ledger(settings_, recording, listener);
  ReadBefore before;
  if (recording != nullptr) before = read_before(*recording, settings_.strided.has_value());
  if (processes.count() > 1) before = read_before_of(processes.text_from_first(to_bytes(before)));
  DocumentQueue queue(open, settings_.batch, {processes.rank(), processes.count()});
  Slots slots(settings_.batch);
  for (bool asks = true;;) {
    if (processes.any(asks && stop())) return EvalOutcome::interrupted;
    Steps steps = step(slots, queue, before);
    if (!processes.any(!steps.empty())) break;
    // Documents that were read before only pass by: who stops after every step must come to the end, too.
    asks = std::any_of(steps.begin(), steps.end(), [](const DocumentStep& one) { return !one.rows.empty(); });
    steps = of_all(processes, std::move(steps));
    if (processes.rank() == 0) ledger.take(std::move(steps));
  }
  require_same_documents(processes, queue.documents());
  return EvalOutcome::finished;
}

// The next segments of every document in flight, and whatever else became known of this process's documents.
Evaluator::Steps Evaluator::step(Slots& slots, DocumentQueue& queue, const ReadBefore& before) {
  Steps steps;
  fill(slots, queue, before, steps);
  std::vector<Work> work = read(slots, steps);
  score(work);
  for (Work& item : work) {
    const bool ended = item.segments.back().last;
    if (ended) item.step.end = item.document->end();
    if (ended || item.step.broken) {
      std::find_if(slots.begin(), slots.end(), [&](const auto& slot) { return slot.get() == item.document; })->reset();
    } else if (before.recorded && !item.step.rows.empty()) {
      item.step.state = item.document->saved_state();
    }
    steps.push_back(std::move(item.step));
  }
  return steps;
}

// Opens the next documents in the free slots. What an earlier process finished only passes through.
void Evaluator::fill(Slots& slots, DocumentQueue& queue, const ReadBefore& before, Steps& steps) const {
  for (size_t i = 0; i < slots.size(); ++i) {
    while (!slots[i]) {
      auto document = queue.take(i);
      if (!document) break;
      slots[i] = std::make_unique<DocumentRun>(std::move(*document), tokenizer_, backbone_, settings_);
      const auto known = before.documents.find(slots[i]->name().id);
      if (known == before.documents.end()) continue;
      if (known->second.finished) {
        steps.push_back(slots[i]->begin_step());
        slots[i].reset();
        continue;
      }
      try {
        slots[i]->go_on(known->second, before.run);
      } catch (const corpora::Error& error) {
        leave_out(slots[i], error, steps);
      }
    }
  }
}

// The next segment of every document in flight. Documents without one (empty, or broken) leave their slot.
std::vector<Evaluator::Work> Evaluator::read(Slots& slots, Steps& steps) const {
  std::vector<Work> work;
  for (auto& slot : slots) {
    if (!slot) continue;
    try {
      if (auto segment = slot->next_segment()) {
        std::vector<MeteredSegment> segments;
        segments.push_back(std::move(*segment));
        work.push_back({slot.get(), std::move(segments), slot->begin_step()});
        read_ahead(work.back());
        continue;
      }
      steps.push_back(slot->begin_step());
      steps.back().end = slot->end();
      slot.reset();
    } catch (const corpora::Error& error) {
      leave_out(slot, error, steps);
    }
  }
  return work;
}

// What was read of a document before it broke off still counts.
void Evaluator::read_ahead(Work& item) const {
  try {
    while (static_cast<int64_t>(item.segments.size()) < settings_.ahead && !item.segments.back().last) {
      auto segment = item.document->next_segment();
      if (!segment) return;
      item.segments.push_back(std::move(*segment));
    }
  } catch (const corpora::Error& error) {
    if (!settings_.skip_broken) throw;
    item.step.broken = error.what();
  }
}

// To be called in a handler of `error`.
void Evaluator::leave_out(Slots::value_type& slot, const corpora::Error& error, Steps& steps) const {
  if (!settings_.skip_broken) throw;
  steps.push_back(slot->begin_step());
  steps.back().broken = error.what();
  slot.reset();
}

void Evaluator::score(std::vector<Work>& work) {
  const auto start = Clock::now();
  if (main_ && !work.empty()) score_recurrent(work);
  for (Work& item : work) {
    for (const MeteredSegment& metered : item.segments) {
      for (const Series series : {Series::main, Series::strided}) {
        if (!item.document->has_windows(series)) continue;
        auto rows = item.document->score_windows(series, metered);
        std::move(rows.begin(), rows.end(), std::back_inserter(item.step.rows));
      }
      note_read(item.document->state(), metered.segment);
    }
  }
  const double step_ms = std::chrono::duration<double, std::milli>(Clock::now() - start).count();
  for (Work& item : work) {
    const double ms = step_ms / static_cast<double>(item.segments.size());
    for (ScoredRow& row : item.step.rows) {
      refuse_nan(item.step.document, row);
      row.row.ms = ms;
    }
  }
}

void Evaluator::score_recurrent(std::vector<Work>& work) {
  const auto step = [&](RunScorer& scorer, std::optional<ScoreState> ReadingState::*which) {
    std::vector<SegmentRun> runs;
    for (Work& item : work) {
      std::optional<ScoreState>& state = item.document->state().*which;
      if (!state) state = scorer.start();
      SegmentRun& run = runs.emplace_back();
      run.state = &*state;
      for (const MeteredSegment& metered : item.segments) run.segments.push_back(&metered.segment);
    }
    return scorer.step(runs);
  };
  auto main = step(*main_, &ReadingState::main);
  std::vector<std::vector<SegmentNll>> reset;
  if (reset_) reset = step(*reset_, &ReadingState::reset);
  for (size_t i = 0; i < work.size(); ++i) {
    for (size_t s = 0; s < work[i].segments.size(); ++s) {
      std::optional<SegmentNll> beside;
      if (reset_) beside = std::move(reset[i][s]);
      const MeteredSegment& segment = work[i].segments[s];
      std::vector<ScoredLine> lines = work[i].document->score_lines(segment, main[i][s], beside ? &*beside : nullptr);
      ScoredRow& row = work[i].step.rows.emplace_back(row_of(segment, std::move(main[i][s]), std::move(beside)));
      row.tactic_lines = std::move(lines);
    }
  }
}

}  // namespace rmt::lm
