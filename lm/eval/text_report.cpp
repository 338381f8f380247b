#include "lm/eval/text_report.h"

#include <fmt/format.h>

#include <cmath>
#include <iterator>

#include "lm/eval/tactic_report.h"

namespace rmt::lm {

namespace {

constexpr int64_t kDocumentsWithTable = 8;

// Fixed columns with what the digits are worth; a dash where there is no number.
std::string number(double value, int digits) {
  if (std::isnan(value)) return "-";
  if (std::abs(value) >= 1e7) return fmt::format("{:.3e}", value);
  return fmt::format("{:.{}f}", value, digits);
}

double per_token(double nll, int64_t tokens) {
  return tokens > 0 ? nll / static_cast<double>(tokens) : std::nan("");
}

std::string with_interval(double value, const std::optional<Interval>& interval, int digits) {
  if (!interval) return number(value, digits);
  return fmt::format("{} [{}, {}]", number(value, digits), number(interval->low, digits),
                     number(interval->high, digits));
}

std::string row_header(bool with_reset, std::string_view unit) {
  std::string line = fmt::format("{:>9} {:>19} {:>9} {:>10} {:>10} {:>9} {:>9}", unit, "tokens", "nll", "ppl",
                                 "bits/byte", "first 32", "rest");
  if (with_reset) line += fmt::format(" {:>10} {:>9}", "ppl reset", "gain");
  return line + "\n";
}

std::string row_line(const store::SegmentRow& row) {
  const Figures values = figures(row.nll, {row.scored_tokens, row.scored_bytes, 0, 0});
  std::string line = fmt::format("{:>9} {:>19} {:>9} {:>10} {:>10} {:>9} {:>9}", row.index,
                                 fmt::format("{}..{}", row.token_from, row.token_to), number(values.nll_per_token, 4),
                                 number(values.ppl, 3), number(values.bits_per_byte, 4),
                                 number(per_token(row.nll_head, row.scored_head), 4),
                                 number(per_token(row.nll - row.nll_head, row.scored_tokens - row.scored_head), 4));
  if (row.nll_reset) {
    const double reset = per_token(*row.nll_reset, row.scored_tokens);
    line += fmt::format(" {:>10} {:>9}", number(std::exp(reset), 3), number(reset - values.nll_per_token, 4));
  }
  return line + "\n";
}

std::string document_line(const DocumentScore& score, bool windowed) {
  if (score.main.scored.tokens == 0)
    return fmt::format("{}: {} token{}, nothing to score\n", score.name.id, score.tokens, score.tokens == 1 ? "" : "s");
  const Figures values = figures(score.main.nll.value(), score.main.scored);
  std::string line = fmt::format("{}: {} tokens, {} bytes, {} {}; ppl {}, {} bits/byte", score.name.id, score.tokens,
                                 score.bytes, score.main.rows, windowed ? "windows" : "segments", number(values.ppl, 4),
                                 number(values.bits_per_byte, 4));
  if (const auto gain = score.main.memory_gain()) line += fmt::format(", memory gain {} nats/token", number(*gain, 5));
  return line + "\n";
}

std::string total_line(const std::string& label, const Total& total) {
  return fmt::format("{:<22} {:>10} {:>9} {:<28} {:<26} {:>10} {:>9} {:>9} {:>9}\n", label, total.scored.tokens,
                     number(total.values.nll_per_token, 4), with_interval(total.values.ppl, total.ppl, 4),
                     with_interval(total.values.bits_per_byte, total.bits_per_byte, 4),
                     number(total.values.word_ppl, 2), number(total.values.bits_per_char, 4), number(total.nll_head, 4),
                     number(total.nll_rest, 4));
}

std::string interval_note(const ResultCollector& result) {
  const int64_t scored = result.documents() - result.documents_unscored();
  switch (result.resampled()) {
    case Resampled::documents: return fmt::format("[95 %: bootstrap over {} documents, 1000 resamples]\n", scored);
    case Resampled::segment_blocks:
      return "[95 %: bootstrap over blocks of neighbouring segments of the one document, 1000 resamples]\n";
    case Resampled::nothing: break;
  }
  return "[no error bars: they need two documents, or one of eight segments]\n";
}

}  // namespace

bool is_shown(int64_t index) {
  return index < 8 || (index & (index - 1)) == 0;
}

TextReport::TextReport(const Identity& identity, std::function<void(const std::string&)> write)
    : identity_(identity), write_(std::move(write)) {}

void TextReport::on_row(const DocumentName& document, const ScoredRow& scored) {
  if (scored.series != Series::main || document.number >= kDocumentsWithTable) return;
  auto& rows = rows_[document.number];
  if (!rows.empty() && !is_shown(rows.back().index)) rows.pop_back();  // was only kept as the last so far
  rows.push_back(scored.row);
}

void TextReport::on_document_end(const DocumentScore& score) {
  const bool windowed = identity_.settings.protocol != Protocol::rmt;
  std::string block = document_line(score, windowed);
  const auto rows = rows_.extract(score.name.number);
  if (!rows.empty() && score.main.scored.tokens > 0) {
    block += row_header(score.main.has_reset, windowed ? "window" : "segment");
    int64_t expected = 0;
    for (const store::SegmentRow& row : rows.mapped()) {
      if (row.index != expected) block += fmt::format("{:>9}\n", "...");
      block += row_line(row);
      expected = row.index + 1;
    }
    block += "\n";
  }
  keep(score.name.number, std::move(block));
}

void TextReport::on_broken(const DocumentName& document, const std::string& why) {
  rows_.erase(document.number);
  keep(document.number, fmt::format("{}: left out: {}\n", document.id, why));
}

// Documents are printed in the order of the inputs, whichever ends first.
void TextReport::keep(int64_t number, std::string block) {
  blocks_.emplace(number, std::move(block));
  for (auto next = blocks_.find(next_block_); next != blocks_.end(); next = blocks_.find(++next_block_)) {
    write_(next->second);
    blocks_.erase(next);
  }
}

void TextReport::finish(const ResultCollector& result) {
  write_(totals_table(identity_, result));
  if (!result.tactics().empty()) write_(tactic_table(identity_, result.tactics().rows()));
}

std::string totals_table(const Identity& identity, const ResultCollector& result) {
  std::string out = fmt::format("\n{:<22} {:>10} {:>9} {:<28} {:<26} {:>10} {:>9} {:>9} {:>9}\n", "", "tokens", "nll",
                                "ppl", "bits/byte", "word ppl", "bits/char", "first 32", "rest");
  std::string recipes;
  for (const Line line : {Line::main, Line::reset, Line::strided}) {
    if (!result.has(line)) continue;
    const Total total = result.total(line);
    out += total_line(label(identity, line), total);
    if (total.recipe_ppl)
      recipes += fmt::format("{}: ppl {} as its recipe weights windows\n", label(identity, line),
                             number(*total.recipe_ppl, 4));
  }
  out += interval_note(result);
  if (const auto gain = result.gain())
    out += fmt::format("memory gain {} nats/token: what carrying the memory saves against resetting it\n",
                       with_interval(gain->nats_per_token, gain->interval, 5));
  out += recipes;
  const int64_t unscored = result.documents_unscored(), broken = result.broken();
  if (unscored > 0) out += fmt::format("{} documents had nothing to score\n", unscored);
  if (broken > 0) out += fmt::format("{} documents could not be read to their end and were left out\n", broken);
  for (const std::string& line : description(identity)) out += line + "\n";
  return out;
}

}  // namespace rmt::lm
