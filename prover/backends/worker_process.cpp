#include "prover/backends/worker_process.h"

#include <utility>

#include "prover/lean_backend.h"

namespace rmt::prover {
namespace {

constexpr std::chrono::seconds kStart{60};  // to load a library, which may be a large one on a cold disk
constexpr std::chrono::seconds kSlack{10};  // beyond the worker's own limits, before it counts as hung
constexpr size_t kErrors = 2000;

std::string last_line(const std::string& text) {
  const size_t end = text.find_last_not_of('\n');
  if (end == std::string::npos) return {};
  const size_t start = text.rfind('\n', end);
  return text.substr(start == std::string::npos ? 0 : start + 1, end - start);
}

ChildCommand command_of(const std::string& program) {
  ChildCommand command{.arguments = {program}};
  command.environment = inherited_environment({"LD_LIBRARY_PATH", "LANG", "LC_*"});
  command.dies_with_thread = true;
  return command;
}

}  // namespace

WorkerProcess::WorkerProcess(const std::string& program, const Settings& settings) try : limits_(settings.limits) {
  process_ = std::make_unique<ChildProcess>(command_of(program));
  send(to_wire(settings));
  greeting_ = from_wire<Greeting>(next_frame(kStart));
  if (!greeting_.error.empty()) throw LeanUnavailable(greeting_.error);
} catch (const ChildError& error) {
  throw LeanUnavailable(std::string(error.what()) + ". ./quickstart builds it.");
} catch (const WorkerDied& error) {
  throw LeanUnavailable(error.what());
} catch (const WireError& error) {
  throw LeanUnavailable(program + " is of another version: " + error.what() + ". Build rmt-lm anew.");
}

Done WorkerProcess::answer(Request request, const std::function<void(Reply)>& tell, const std::stop_token& stop) try {
  request.id = ++last_id_;
  send(to_wire(request));
  const std::stop_callback cancel(
      stop, [&] { process_->write(framed(to_wire(Cancel{request.id})), std::chrono::steady_clock::now() + kSlack); });
  auto patience = std::chrono::seconds(limits_.context_wall_s) + kSlack;
  while (true) {
    auto message = from_wire<std::variant<Reply, Done>>(next_frame(patience));
    if (auto* reply = std::get_if<Reply>(&message)) {
      // A context that went down with an item is elaborated once more.
      patience = std::chrono::seconds(limits_.item_wall_s + limits_.context_wall_s) + kSlack;
      tell(std::move(*reply));
      continue;
    }
    const Done& done = std::get<Done>(message);
    if (done.id != request.id) fail("answered another request");
    if (first_resident_ == 0) first_resident_ = done.resident;
    return done;
  }
} catch (const WireError& error) {
  fail(error.what());
} catch (const FrameTooLong& error) {
  throw RejectedInput(std::string("too long for a worker: ") + error.what());
}

void WorkerProcess::send(const std::string& message) {
  const auto until = std::chrono::steady_clock::now() + kStart;
  if (process_->write(framed(message), until) != ChildProcess::Written::all) fail("reads no more");
}

std::string WorkerProcess::next_frame(std::chrono::seconds patience) try {
  const auto until = std::chrono::steady_clock::now() + patience;
  while (true) {
    if (std::optional<std::string> frame = frames_.next()) return *std::move(frame);
    const ChildProcess::Output output = process_->read(until);
    frames_.append(output.out);
    errors_ += output.errors;
    if (errors_.size() > kErrors) errors_.erase(0, errors_.size() - kErrors);
    if (output.end && output.out.empty()) fail("ended");
    if (std::chrono::steady_clock::now() > until && frames_.waiting() == 0) fail("fell silent");
  }
} catch (const FrameError& error) {
  fail(error.what());
}

void WorkerProcess::fail(const std::string& how) {
  process_->kill();
  std::string text = "the Lean worker " + how;
  if (const std::string said = last_line(errors_); !said.empty()) text += ": " + said;
  throw WorkerDied(text);
}

}  // namespace rmt::prover
