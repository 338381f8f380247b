#include "lm/eval/tactic_report.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

namespace rmt::lm {

namespace {

using nlohmann::json;

std::string name_of(const SegmentsBefore& before) {
  if (!before.to) return before.from == 0 ? "all" : fmt::format("{}+", before.from);
  return before.from == *before.to ? fmt::format("{}", before.from) : fmt::format("{}-{}", before.from, *before.to);
}

std::string share_cell(double share, const Interval& interval) {
  return fmt::format("{:.2f} [{:.2f}, {:.2f}]", 100 * share, 100 * interval.low, 100 * interval.high);
}

std::string gain_cell(double gain, const std::optional<Interval>& interval, int digits) {
  if (!interval) return fmt::format("{:+.{}f}", gain, digits);
  return fmt::format("{:+.{}f} [{:+.{}f}, {:+.{}f}]", gain, digits, interval->low, digits, interval->high, digits);
}

std::string header(const Identity& identity, bool with_reset) {
  const std::string main = label(identity, Line::main), reset = label(identity, Line::reset);
  std::string line =
      fmt::format("{:>9} {:>9} {:>9}  {:<23} {:>10}", "segments", "lines", "tokens", main + ", %", "ppl");
  if (with_reset)
    line += fmt::format("  {:<23} {:>10}  {:<25} {}", reset + ", %", "ppl", "difference, points", "nats/token");
  return line + "\n";
}

std::string row_line(const TacticRow& row) {
  const auto figures = [](const TacticFigures& of) {
    return fmt::format("  {:<23} {:>10.3f}", share_cell(of.share, of.share_95), of.ppl);
  };
  std::string line = fmt::format("{:>9} {:>9} {:>9}", name_of(row.before), row.lines, row.tokens) + figures(row.main);
  if (row.reset && row.gain) {
    const auto points = [](const Interval& share) { return Interval{100 * share.low, 100 * share.high}; };
    std::optional<Interval> share_95;
    if (row.gain->share_95) share_95 = points(*row.gain->share_95);
    line += figures(*row.reset) + fmt::format("  {:<25} {}", gain_cell(100 * row.gain->share, share_95, 2),
                                              gain_cell(row.gain->nats_per_token, row.gain->nats_95, 4));
  }
  return line + "\n";
}

json interval_json(const std::optional<Interval>& interval) {
  return interval ? json{interval->low, interval->high} : json(nullptr);
}

json figures_json(const TacticFigures& figures) {
  return {{"exact", figures.exact},
          {"exact_share", figures.share},
          {"exact_share_95", interval_json(figures.share_95)},
          {"nll_per_token", figures.nll_per_token},
          {"ppl", figures.ppl}};
}

json row_json(const TacticRow& row) {
  json object = figures_json(row.main);
  object["lines"] = row.lines;
  object["tokens"] = row.tokens;
  if (row.reset) object["memory_reset"] = figures_json(*row.reset);
  if (row.gain) {
    object["exact_share_gain"] = row.gain->share;
    object["exact_share_gain_95"] = interval_json(row.gain->share_95);
    object["memory_gain"] = row.gain->nats_per_token;
    object["memory_gain_95"] = interval_json(row.gain->nats_95);
  }
  return object;
}

}  // namespace

std::string tactic_table(const Identity& identity, std::span<const TacticRow> rows) {
  const bool with_reset = rows.back().reset.has_value();
  std::string out =
      "\nlines of tactic proofs foretold word for word, every token the likeliest, by segments read before the line\n";
  out += header(identity, with_reset);
  for (const TacticRow& row : rows) out += row_line(row);
  out += "[95 %: Wilson's over lines";
  if (with_reset && rows.back().gain->share_95) out += "; of differences: bootstrap over documents, 1000 resamples";
  return out + "]\n";
}

nlohmann::json to_json(std::span<const TacticRow> rows) {
  json object = row_json(rows.back());
  json& bins = object["by_segments_before"] = json::array();
  for (const TacticRow& row : rows.first(rows.size() - 1)) {
    json& bin = bins.emplace_back(row_json(row));
    bin["segments_before"] = {row.before.from, row.before.to ? json(*row.before.to) : json(nullptr)};
  }
  return object;
}

}  // namespace rmt::lm
