#include "lm/eval/result.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace rmt::lm {

namespace {

double nll_of(const TraceBin& bin) {
  return bin.nll;
}
double reset_of(const TraceBin& bin) {
  return bin.nll_reset;
}
double gain_of(const TraceBin& bin) {
  return bin.nll_reset - bin.nll;
}
double tokens_of(const TraceBin& bin) {
  return bin.tokens;
}
double bytes_of(const TraceBin& bin) {
  return bin.bytes;
}

TraceBin bin_of(const ScoreSum& sum) {
  return {sum.nll.value(), sum.nll_reset.value(), static_cast<double>(sum.scored.tokens),
          static_cast<double>(sum.scored.bytes)};
}

double mean(double nll, int64_t tokens) {
  return tokens > 0 ? nll / static_cast<double>(tokens) : std::nan("");
}

template <class F>
std::optional<Interval> mapped(std::optional<Interval> interval, F f) {
  if (!interval) return std::nullopt;
  return Interval{f(interval->low), f(interval->high)};
}

}  // namespace

ResultCollector::ResultCollector(int64_t segment_length)
    : segment_length_(segment_length), main_profile_(segment_length), reset_profile_(segment_length) {}

void ResultCollector::on_row(const DocumentName& document, const ScoredRow& scored) {
  const store::SegmentRow& row = scored.row;
  const TraceBin bin{row.nll, row.nll_reset.value_or(0), static_cast<double>(row.scored_tokens),
                     static_cast<double>(row.scored_bytes)};
  if (scored.window) {
    add_spread(scored.series == Series::main ? main_trace_ : strided_trace_, bin, row.token_from, row.token_to,
               segment_length_);
    return;
  }
  main_trace_.add(row.index, bin);
  replayed_ |= scored.replayed;
  main_profile_.add(scored.first_scored, scored.token_nll);
  if (scored.token_nll_reset) reset_profile_.add(scored.first_scored, *scored.token_nll_reset);
  tactics_.add(document.number, row.index, scored.tactic_lines);
}

void ResultCollector::on_document_end(const DocumentScore& score) {
  kept_.push_back({score.name.number, score.main, score.strided});
}

void ResultCollector::on_broken(const DocumentName& document, const std::string&) {
  ++broken_;
  tactics_.leave_out(document.number);
}

// Documents end in an order that depends on the batch; sums and draws must not.
std::vector<const ResultCollector::Kept*> ResultCollector::in_order() const {
  std::vector<const Kept*> order;
  for (const Kept& kept : kept_) order.push_back(&kept);
  std::sort(order.begin(), order.end(), [](const Kept* a, const Kept* b) { return a->number < b->number; });
  return order;
}

int64_t ResultCollector::documents_unscored() const {
  return std::count_if(kept_.begin(), kept_.end(), [](const Kept& kept) { return kept.main.scored.tokens == 0; });
}

bool ResultCollector::has(Line line) const {
  if (line == Line::main) return true;
  return std::any_of(kept_.begin(), kept_.end(), [&](const Kept& kept) {
    return line == Line::reset ? kept.main.has_reset : kept.strided.has_value();
  });
}

Resampled ResultCollector::resampled() const {
  if (documents() - documents_unscored() > 1) return Resampled::documents;
  const bool one_trace = documents() - documents_unscored() == 1 && broken_ == 0;
  return one_trace && main_trace_.bins().size() >= 8 ? Resampled::segment_blocks : Resampled::nothing;
}

std::vector<Share> ResultCollector::shares(Line line, double (*part)(const TraceBin&),
                                           double (*whole)(const TraceBin&)) const {
  std::vector<Share> shares;
  const auto add = [&](const TraceBin& bin) {
    if (bin.tokens > 0) shares.push_back({part(bin), whole(bin)});
  };
  if (resampled() == Resampled::segment_blocks) {
    for (const TraceBin& bin : trace(line == Line::strided ? Series::strided : Series::main).bins()) add(bin);
  } else {
    for (const Kept* kept : in_order())
      add(bin_of(line == Line::strided ? kept->strided.value_or(ScoreSum{}) : kept->main));
  }
  return shares;
}

std::optional<Interval> ResultCollector::interval(Line line, double (*part)(const TraceBin&),
                                                  double (*whole)(const TraceBin&)) const {
  switch (resampled()) {
    case Resampled::documents: return bootstrap(shares(line, part, whole));
    case Resampled::segment_blocks: return block_bootstrap(shares(line, part, whole));
    case Resampled::nothing: break;
  }
  return std::nullopt;
}

Total ResultCollector::total(Line line) const {
  ScoreSum sum;
  for (const Kept* kept : in_order()) {
    if (line != Line::strided)
      sum.add(kept->main);
    else if (kept->strided)
      sum.add(*kept->strided);
  }
  const bool reset = line == Line::reset;
  const double head = (reset ? sum.nll_head_reset : sum.nll_head).value();
  Total total;
  total.scored = sum.scored;
  total.nll = (reset ? sum.nll_reset : sum.nll).value();
  total.values = figures(total.nll, sum.scored);
  total.nll_head = mean(head, sum.head_tokens);
  total.nll_rest = mean(total.nll - head, sum.scored.tokens - sum.head_tokens);
  const auto nll = reset ? reset_of : nll_of;
  total.ppl = mapped(interval(line, nll, tokens_of), [](double nats) { return std::exp(nats); });
  total.bits_per_byte = mapped(interval(line, nll, bytes_of), [](double nats) { return nats / std::numbers::ln2; });
  if (!reset && sum.recipe_tokens > 0 && sum.recipe_tokens != sum.scored.tokens)
    total.recipe_ppl = std::exp(sum.recipe_nll.value() / static_cast<double>(sum.recipe_tokens));
  return total;
}

std::optional<Gain> ResultCollector::gain() const {
  ScoreSum sum;
  for (const Kept* kept : in_order()) sum.add(kept->main);
  const auto gain = sum.memory_gain();
  if (!gain) return std::nullopt;
  return Gain{*gain, interval(Line::main, gain_of, tokens_of)};
}

std::vector<double> ResultCollector::profile(Line line) const {
  if (replayed_ || line == Line::strided) return {};
  return (line == Line::main ? main_profile_ : reset_profile_).means();
}

}  // namespace rmt::lm
