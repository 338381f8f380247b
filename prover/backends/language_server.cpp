#include "prover/backends/language_server.h"

#include <algorithm>
#include <utility>

namespace rmt::prover {
namespace {

using nlohmann::json;
using Clock = std::chrono::steady_clock;
using Severity = Diagnostic::Severity;

/// No file: Lean is given the text, and finds modules by its search path alone.
constexpr const char* kDocument = "file:///rmt-lm/Proof.lean";
constexpr std::chrono::milliseconds kLook{250};
constexpr size_t kComplaints = 4096;

int clamped(const json& number) {
  return static_cast<int>(std::clamp<int64_t>(number.get<int64_t>(), 0, 1 << 30));
}

ServerDiagnostic diagnostic_in(const json& value) {
  // Lean cuts ranges to the first line where the editor wants that; the full one is beside it.
  const json& range = value.contains("fullRange") ? value.at("fullRange") : value.at("range");
  const json &from = range.at("start"), &to = range.at("end");
  const int severity = value.value("severity", 1);
  return {severity == 1   ? Severity::error
          : severity == 2 ? Severity::warning
                          : Severity::information,
          clamped(from.at("line")),
          clamped(from.at("character")),
          clamped(to.at("line")),
          clamped(to.at("character")),
          value.at("message").get<std::string>()};
}

}  // namespace

LanguageServer::LanguageServer(ChildCommand command, ServerLimits limits) : limits_(limits) {
  command.dies_with_thread = true;
  listener_ = std::jthread([this, command = std::move(command)] { listen(command); });
  {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return child_ || lost_; });
    if (lost_) throw ServerLost(*lost_);
  }
  try {
    greet();
  } catch (...) {
    child_->kill();  // or its listener would listen for ever
    throw;
  }
}

void LanguageServer::greet() {
  const Instant until = Clock::now() + limits_.start;
  try {
    request("initialize", {{"processId", nullptr}, {"rootUri", nullptr}, {"capabilities", json::object()}}, until);
    await_answer(until, limits_.start, {});
    send({{"jsonrpc", "2.0"}, {"method", "initialized"}, {"params", json::object()}}, until);
  } catch (const ServerSlow&) {
    throw ServerLost("Lean's server does not answer");
  }
}

LanguageServer::~LanguageServer() {
  const std::lock_guard lock(mutex_);
  if (child_) child_->kill();
}

void LanguageServer::lose(const std::string& why) {
  const std::lock_guard lock(mutex_);
  if (!lost_) lost_ = why;
  changed_.notify_all();
}

/// The listener's life: starts the process, hears it, and knows how it ended.
void LanguageServer::listen(const ChildCommand& command) {
  std::unique_ptr<ChildProcess> started;
  try {
    started = std::make_unique<ChildProcess>(command);
  } catch (const ChildError& error) {
    return lose(error.what());
  }
  ChildProcess& child = *started;
  {
    const std::lock_guard lock(mutex_);
    child_ = std::move(started);
    changed_.notify_all();
  }
  MessageReader reader;
  Instant next_look = Clock::now() + kLook;
  try {
    for (;;) {
      const ChildProcess::Output heard = child.read(next_look);
      reader.append(heard.out);
      while (const auto message = reader.next()) hear(*message);
      {
        const std::lock_guard lock(mutex_);
        complaints_ += heard.errors;
        if (complaints_.size() > kComplaints) complaints_.erase(0, complaints_.size() - kComplaints);
      }
      if (heard.end) break;
      watch_memory(next_look);
    }
  } catch (const std::exception& error) {  // ProtocolError, or JSON of a shape that nobody sends
    lose(error.what());
  }
  child.kill();
  std::optional<ChildEnd> end;
  while (!end) end = child.wait(Clock::now() + std::chrono::seconds(1));
  std::string why = "Lean's server ended with " + to_string(*end);
  if (!complaints_.empty()) why += ": " + complaints_.substr(0, complaints_.find('\n'));
  lose(why);
}

void LanguageServer::watch_memory(Instant& next_look) {
  if (Clock::now() < next_look) return;
  next_look = Clock::now() + kLook;
  if (limits_.resident == 0 || child_->resident() <= limits_.resident) return;
  lose("Lean's memory went beyond " + std::to_string(limits_.resident >> 20) + " MiB");
  child_->kill();
}

void LanguageServer::hear(const json& message) {
  const std::string method = message.value("method", "");
  const std::lock_guard lock(mutex_);
  last_heard_ = Clock::now();
  if (method == "textDocument/publishDiagnostics") {
    take_diagnostics(message.at("params"));
  } else if (method.empty() && message.value("id", json()) == json(awaited_id_)) {
    answered_ = true;
    if (message.contains("error")) refusal_ = message.at("error").value("message", "without a word");
    changed_.notify_all();
  }
}

void LanguageServer::take_diagnostics(const json& parameters) {
  if (parameters.contains("version") && parameters.at("version") != json(version_)) return;
  std::vector<ServerDiagnostic> heard;
  for (const json& diagnostic : parameters.at("diagnostics")) heard.push_back(diagnostic_in(diagnostic));
  if (parameters.value("isIncremental", false)) {
    std::ranges::move(heard, std::back_inserter(diagnostics_));
  } else {
    diagnostics_ = std::move(heard);
  }
}

void LanguageServer::send(const json& message, Instant until) {
  switch (child_->write(framed(message), until)) {
    case ChildProcess::Written::all: return;
    case ChildProcess::Written::deadline: throw ServerSlow("Lean's server does not read what it is sent");
    case ChildProcess::Written::closed: break;
  }
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, std::chrono::seconds(5), [&] { return lost_.has_value(); });
  throw ServerLost(lost_.value_or("Lean's server has closed its input"));
}

void LanguageServer::request(const std::string& method, json parameters, Instant until) {
  {
    const std::lock_guard lock(mutex_);
    ++awaited_id_;
    answered_ = false;
    refusal_.reset();
    last_heard_ = Clock::now();
  }
  send({{"jsonrpc", "2.0"}, {"id", awaited_id_}, {"method", method}, {"params", std::move(parameters)}}, until);
}

void LanguageServer::await_answer(Instant until, std::chrono::milliseconds patience, const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  const auto settled = [&] { return answered_ || lost_; };
  for (Instant limit = std::min(until, last_heard_ + patience); !settled() && Clock::now() < limit;
       limit = std::min(until, last_heard_ + patience)) {
    if (stop.stop_requested()) break;
    changed_.wait_until(lock, stop, limit, settled);
  }
  if (answered_ && !refusal_) return;
  if (lost_) throw ServerLost(*lost_);
  // The process that works for the document died; its keeper lives.
  if (refusal_) throw ServerLost("Lean's server gave up: " + *refusal_);
  if (stop.stop_requested()) throw ServerSlow("stopped");
  throw ServerSlow("no answer for " + std::to_string(patience.count()) + " ms");
}

/// What to send so that the server has `document`.
json LanguageServer::change(const CandidateDocument& document) {
  const bool known = version_ > 0 && head_ == document.head();
  const int lines = document.head_lines() + document.tail_lines();
  json message = {{"jsonrpc", "2.0"}};
  if (version_ == 0) {
    message["method"] = "textDocument/didOpen";
    message["params"] = {
        {"textDocument",
         {{"uri", kDocument}, {"languageId", "lean4"}, {"version", 1}, {"text", document.head() + document.tail()}}}};
  } else {
    json edit = {{"text", known ? document.tail() : document.head() + document.tail()}};
    if (known)
      edit["range"] = {{"start", {{"line", document.head_lines()}, {"character", 0}}},
                       {"end", {{"line", lines_}, {"character", 0}}}};
    message["method"] = "textDocument/didChange";
    message["params"] = {{"textDocument", {{"uri", kDocument}, {"version", version_ + 1}}},
                         {"contentChanges", json::array({edit})}};
  }
  head_ = document.head();
  lines_ = lines;
  return message;
}

std::vector<ServerDiagnostic> LanguageServer::elaborate(const CandidateDocument& document,
                                                        std::chrono::milliseconds patience,
                                                        const std::stop_token& stop) {
  const Instant until = Clock::now() + patience * (document.copies() + 1);
  const json message = change(document);
  {
    const std::lock_guard lock(mutex_);
    if (lost_) throw ServerLost(*lost_);
    ++version_;
    diagnostics_.clear();
  }
  send(message, until);
  request("textDocument/waitForDiagnostics", {{"uri", kDocument}, {"version", version_}}, until);
  await_answer(until, patience, stop);
  const std::lock_guard lock(mutex_);
  return std::move(diagnostics_);
}

}  // namespace rmt::prover
