#include "web/server/metrics.h"

#include <algorithm>

#include "lm/store/number_text.h"

namespace rmt::web {
namespace {

void describe(std::string& out, std::string_view name, std::string_view kind, std::string_view help) {
  out.append("# HELP ").append(name).append(" ").append(help).append("\n");
  out.append("# TYPE ").append(name).append(" ").append(kind).append("\n");
}

void sample(std::string& out, std::string_view name, double value) {
  out.append(name).append(" ").append(store::shortest(value)).append("\n");
}

void single(std::string& out, std::string_view name, std::string_view kind, std::string_view help, double value) {
  describe(out, name, kind, help);
  sample(out, name, value);
}

std::string label_value(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    if (c == '\\' || c == '"') escaped.push_back('\\');
    if (c == '\n')
      escaped += "\\n";
    else
      escaped.push_back(c);
  }
  return escaped;
}

void write_engine(std::string& out, const engine::GeneratorLoad& load) {
  const auto counter = [&](const char* name, const char* help, auto value) {
    single(out, name, "counter", help, static_cast<double>(value));
  };
  const auto gauge = [&](const char* name, const char* help, auto value) {
    single(out, name, "gauge", help, static_cast<double>(value));
  };
  counter("rmtlm_prompt_tokens_total", "Tokens of prompts and documents read.", load.read_tokens);
  counter("rmtlm_cached_prompt_tokens_total", "Tokens not read because a reading of them was kept.",
          load.cached_tokens);
  counter("rmtlm_generated_tokens_total", "Tokens generated.", load.generated_tokens);
  counter("rmtlm_jobs_total", "Jobs done.", load.jobs_done);
  counter("rmtlm_model_ticks_total", "Steps of the model's scheduler.", load.ticks);
  counter("rmtlm_model_busy_seconds_total", "Time the model was at work.", load.busy_s);
  gauge("rmtlm_queued_jobs", "Jobs that wait to begin.", load.queued_jobs);
  gauge("rmtlm_queued_tokens", "Tokens of prompts still to be read.", load.queued_tokens);
  gauge("rmtlm_reading_jobs", "Jobs that read.", load.reading_jobs);
  gauge("rmtlm_generating_streams", "Continuations being generated.", load.generating_lanes);
  gauge("rmtlm_cached_readings", "Readings kept for prompts that begin alike.", load.cached_readings);
  gauge("rmtlm_accepting", "1 while new jobs are taken in.", load.accepting ? 1 : 0);
}

}  // namespace

void DurationHistogram::add(double seconds) {
  const auto bound = std::ranges::lower_bound(kBounds, seconds);
  ++counts_[static_cast<size_t>(bound - kBounds.begin())];
  sum_ += seconds;
}

void DurationHistogram::write(std::string& out, std::string_view name, std::string_view help) const {
  describe(out, name, "histogram", help);
  const std::string base(name);
  uint64_t below = 0;
  for (size_t i = 0; i < counts_.size(); ++i) {
    below += counts_[i];
    const std::string bound = i < kBounds.size() ? store::shortest(kBounds[i]) : "+Inf";
    sample(out, base + "_bucket{le=\"" + bound + "\"}", static_cast<double>(below));
  }
  sample(out, base + "_sum", sum_);
  sample(out, base + "_count", static_cast<double>(below));
}

void Metrics::request_began() {
  const std::lock_guard lock(mutex_);
  ++in_flight_;
}

void Metrics::request_ended(std::string_view route, unsigned status, double seconds) {
  const std::lock_guard lock(mutex_);
  --in_flight_;
  ++answers_[{std::string(route), status}];
  request_seconds_.add(seconds);
}

void Metrics::first_token(double seconds_after_request) {
  const std::lock_guard lock(mutex_);
  first_token_seconds_.add(seconds_after_request);
}

void Metrics::next_token(double seconds_after_token) {
  const std::lock_guard lock(mutex_);
  token_seconds_.add(seconds_after_token);
}

std::string Metrics::text(const engine::GeneratorInfo& info, const engine::GeneratorLoad& load,
                          std::span<const Measure> measures) const {
  std::string out;
  describe(out, "rmtlm_model_info", "gauge", "The model served; always 1.");
  out += "rmtlm_model_info{model=\"" + label_value(info.model) + "\",dtype=\"" + label_value(info.dtype) +
         "\",device=\"" + label_value(info.device) + "\"} 1\n";
  write_engine(out, load);
  for (const Measure& measure : measures) single(out, measure.name, measure.type, measure.help, measure.value);

  const std::lock_guard lock(mutex_);
  single(out, "rmtlm_requests_in_flight", "gauge", "Requests being answered.", static_cast<double>(in_flight_));
  describe(out, "rmtlm_requests_total", "counter", "Requests answered, by route and status.");
  for (const auto& [key, count] : answers_) {
    sample(
        out,
        "rmtlm_requests_total{route=\"" + label_value(key.first) + "\",status=\"" + std::to_string(key.second) + "\"}",
        static_cast<double>(count));
  }
  request_seconds_.write(out, "rmtlm_request_duration_seconds", "From a request's head to its answer's end.");
  first_token_seconds_.write(out, "rmtlm_time_to_first_token_seconds", "From a request to its first generated token.");
  token_seconds_.write(out, "rmtlm_time_per_token_seconds", "Between two generated tokens of a stream.");
  return out;
}

}  // namespace rmt::web
