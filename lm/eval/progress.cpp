#include "lm/eval/progress.h"

#include <fmt/format.h>

#include <array>
#include <cmath>
#include <filesystem>
#include <nlohmann/json.hpp>

namespace rmt::lm {

namespace {

constexpr double kTerminalInterval = 0.2, kEventInterval = 10;  // seconds

bool is_plain_text(const std::filesystem::path& path) {
  constexpr std::array<std::string_view, 6> kNames = {".txt", ".md", ".tex", ".lean", ".rst", ""};
  const std::string extension = path.extension().string();
  return std::find(kNames.begin(), kNames.end(), extension) != kNames.end();
}

std::string short_count(double value) {
  if (value >= 1e6) return fmt::format("{:.2f} M", value / 1e6);
  if (value >= 1e4) return fmt::format("{:.0f} k", value / 1e3);
  return fmt::format("{:.0f}", value);
}

std::string clock_time(double seconds) {
  const auto whole = static_cast<int64_t>(std::llround(seconds));
  if (whole >= 3600) return fmt::format("{}:{:02}:{:02}", whole / 3600, whole / 60 % 60, whole % 60);
  return fmt::format("{}:{:02}", whole / 60, whole % 60);
}

}  // namespace

std::optional<int64_t> plain_text_bytes(const std::vector<std::string>& paths) {
  namespace fs = std::filesystem;
  int64_t total = 0;
  const auto add = [&](const fs::path& file) {
    std::error_code error;
    total += static_cast<int64_t>(fs::file_size(file, error));
    return !error && is_plain_text(file);
  };
  for (const std::string& path : paths) {
    std::error_code error;
    if (!fs::is_directory(path, error)) {
      if (!add(path)) return std::nullopt;
      continue;
    }
    for (fs::recursive_directory_iterator at(path, error), end; !error && at != end; at.increment(error))
      if (at->is_regular_file(error) && !add(at->path())) return std::nullopt;
    if (error) return std::nullopt;
  }
  return total;
}

EvalProgress::EvalProgress(Options options)
    : options_(std::move(options)), started_(options_.seconds()), shown_(started_) {}

void EvalProgress::on_row(const DocumentName& document, const ScoredRow& scored) {
  if (scored.series != Series::main) return;
  const store::SegmentRow& row = scored.row;
  scored_ += row.scored_tokens;
  nll_.add(row.nll);
  int64_t& bytes = bytes_in_flight_[document.number];
  if (scored.replayed) {
    bytes_before_ += row.byte_to - bytes;
  } else {
    segments_ += 1;
    tokens_ += row.token_to - row.token_from;
  }
  bytes = row.byte_to;
  show();
}

void EvalProgress::on_document_end(const DocumentScore& score) {
  bytes_in_flight_.erase(score.name.number);
  bytes_of_ended_ += score.bytes;
  documents_ += 1;
}

void EvalProgress::on_broken(const DocumentName& document, const std::string&) {
  const auto bytes = bytes_in_flight_.extract(document.number);
  if (!bytes.empty()) bytes_of_ended_ += bytes.mapped();
}

void EvalProgress::clear() {
  if (line_shown_) options_.write("\r\x1b[K");
  line_shown_ = false;
}

double EvalProgress::tokens_per_second() const {
  const double elapsed = options_.seconds() - started_;
  return elapsed > 0 ? static_cast<double>(tokens_) / elapsed : 0;
}

void EvalProgress::show() {
  const double now = options_.seconds();
  if (now - shown_ < (options_.terminal ? kTerminalInterval : kEventInterval)) return;
  shown_ = now;
  options_.write(options_.terminal ? "\r\x1b[K" + line() : event() + "\n");
  line_shown_ = options_.terminal;
}

std::string EvalProgress::line() const {
  std::string line = fmt::format("{} segments  {} tokens  {:.0f} tokens/s", segments_,
                                 short_count(static_cast<double>(tokens_)), tokens_per_second());
  if (documents_ > 0) line = fmt::format("{} documents  ", documents_) + line;
  if (scored_ > 0) line += fmt::format("  ppl {:.3f}", std::exp(nll_.value() / static_cast<double>(scored_)));
  if (const auto left = seconds_left()) line += "  ETA " + clock_time(*left);
  return line;
}

std::string EvalProgress::event() const {
  nlohmann::json event = {{"event", "progress"},
                          {"documents", documents_},
                          {"segments", segments_},
                          {"tokens", tokens_},
                          {"tokens_per_s", tokens_per_second()},
                          {"ppl", nullptr},
                          {"eta_s", nullptr}};
  if (scored_ > 0) event["ppl"] = std::exp(nll_.value() / static_cast<double>(scored_));
  if (const auto left = seconds_left()) event["eta_s"] = std::round(*left);
  return event.dump();
}

int64_t EvalProgress::bytes_done() const {
  int64_t bytes = bytes_of_ended_;
  for (const auto& [number, in_flight] : bytes_in_flight_) bytes += in_flight;
  return bytes;
}

// By the bytes read since this process started, which took the time that has passed.
std::optional<double> EvalProgress::seconds_left() const {
  const int64_t done = bytes_done(), here = done - bytes_before_;
  if (!options_.total_bytes || here <= 0) return std::nullopt;
  const auto left = static_cast<double>(std::max<int64_t>(0, *options_.total_bytes - done));
  return left * (options_.seconds() - started_) / static_cast<double>(here);
}

}  // namespace rmt::lm
