#include "prover/worker/context_child.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cerrno>
#include <chrono>
#include <exception>
#include <iterator>
#include <system_error>
#include <utility>

#include "prover/worker/frame.h"
#include "prover/worker/jail.h"

namespace rmt::prover {
namespace {

using Clock = std::chrono::steady_clock;
using Severity = Diagnostic::Severity;

double ms_since(Clock::time_point start) {
  return std::chrono::duration<double, std::milli>(Clock::now() - start).count();
}

// High numbers: libuv, which is part of Lean, closes and makes anew two low ones in every process that is forked,
// whoever has them by then.
constexpr int kChannel = 64, kRepliesOut = 65, kRepliesIn = 66;

// Nothing of the parent's stays open but the way to it.
void keep_only(int channel) {
  const int null = open("/dev/null", O_RDWR | O_CLOEXEC);
  for (const int standard : {0, 1, 2}) dup2(null, standard);
  dup2(channel, kChannel);
  close_range(3, kChannel - 1, 0);
  close_range(kChannel + 1, ~0U, 0);
}

bool open_replies() {
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), 0) != 0) return false;
  const bool moved = dup3(ends[0], kRepliesOut, 0) >= 0 && dup3(ends[1], kRepliesIn, 0) >= 0;
  for (const int end : ends) close(end);
  return moved;
}

Killed no_process() {
  return {KillCause::crash, "no process for a script: " + std::generic_category().message(errno)};
}

// A module's name becomes the path of a file that is mapped and run: only plain names do.
bool is_plain(const std::string& module) {
  const auto is_letter = [](unsigned char c) { return std::isalnum(c) != 0 || c == '_' || c == '\'' || c == '.'; };
  return std::ranges::all_of(module, is_letter) && module.find("..") == std::string::npos && !module.starts_with('.');
}

LeanMessage error_at_start(const std::string& text) {
  return {.severity = Severity::error, .from = {1, 0}, .to = {1, 0}, .text = text};
}

// Nobody is at work on what was elaborated, and nobody has left a promise open.
bool is_settled(const std::string& file) {
  return file.find("Elab.async") == std::string::npos;
}

class Context {
 public:
  Context(const LoadedLibrary& library, const WorkerLimits& limits)
      : library_(library), limits_(limits), state_(library.state) {}

  void elaborate_file(const Request& request) {
    const Clock::time_point start = Clock::now();
    allow_cpu_seconds(limits_.context_cpu_s);
    const LeanHeader header = parse_header(request.context);
    Elaboration result{.commands = 0};
    load(header, result.messages);
    const bool is_whole_file = request.items.empty();
    enter_jail(limits_.address_space, is_whole_file ? Forking::forbidden : Forking::allowed);
    {
      const TaskManager tasks;
      if (!request.options.empty()) append(elaborate(request.options, state_), result);
      append(elaborate_rest(header, state_), result);
      result.axioms = added_axioms(state_);
    }
    if (!is_whole_file) {
      std::erase_if(result.messages, [](const auto& message) { return message.severity != Severity::error; });
      if (is_settled(request.context)) make_permanent(state_);
    }
    write_frame(kChannel, to_wire(Reply{.elaboration = std::move(result), .ms = ms_since(start)}));
  }

  // False when the parent wants nothing more.
  bool do_batch() {
    const std::optional<std::string> frame = read_frame(kChannel, orders_);
    if (!frame) return false;
    const auto batch = from_wire<Batch>(*frame);
    allow_cpu_seconds(limits_.context_cpu_s);
    const pid_t self = getpid();
    const pid_t child = open_replies() ? fork() : -1;
    if (child < 0) return write_frame(kChannel, to_wire(BatchEnd{.killed = no_process()}));
    if (child == 0) do_items(batch, self);
    close(kRepliesIn);
    BatchEnd end{.killed = pass_on()};
    close(kRepliesOut);
    while (waitpid(child, &end.status, 0) < 0 && errno == EINTR) continue;
    return write_frame(kChannel, to_wire(end));
  }

 private:
  void load(const LeanHeader& header, std::vector<LeanMessage>& messages) {
    if (header.imports_same(library_.header)) return append_messages(header, messages);
    for (const std::string& module : header.imports) {
      if (is_plain(module)) continue;
      return messages.push_back(error_at_start("a module of the name " + module + " is not imported"));
    }
    state_ = import_modules(header, messages);
  }

  static void append(LeanOutcome outcome, Elaboration& result) {
    std::ranges::move(outcome.messages, std::back_inserter(result.messages));
    result.commands += outcome.commands;
  }

  // Whole frames only: the child may end in the middle of one, which its status will explain.
  std::optional<Killed> pass_on() const try {
    FrameBuffer buffer(limits_.output);
    while (const std::optional<std::string> frame = read_frame(kRepliesOut, buffer)) write_frame(kChannel, *frame);
    return std::nullopt;
  } catch (const FrameTooLong&) {
    return Killed{KillCause::output, "more than " + std::to_string(limits_.output) + " bytes of messages"};
  } catch (const FrameError&) {
    return std::nullopt;
  }

  [[noreturn]] void do_items(const Batch& batch, pid_t parent) {
    die_with(parent);
    enter_jail(limits_.address_space, Forking::forbidden);
    const TaskManager tasks;
    for (size_t i = 0; i < batch.items.size(); ++i) {
      allow_cpu_seconds(limits_.item_cpu_s);
      if (!write_frame(kRepliesIn, to_wire(reply_to(batch.first + i, batch.items[i])))) break;
    }
    _exit(0);
  }

  Reply reply_to(size_t item, const std::string& text) const try {
    const Clock::time_point start = Clock::now();
    LeanState state = state_;
    LeanOutcome outcome = elaborate(text, state);
    Elaboration result{std::move(outcome.messages), outcome.commands, added_axioms(state)};
    return {.item = item, .elaboration = std::move(result), .ms = ms_since(start)};
  } catch (const std::exception& failure) {
    return {.item = item, .killed = Killed{KillCause::crash, failure.what()}};
  }

  const LoadedLibrary& library_;
  const WorkerLimits& limits_;
  LeanState state_;
  FrameBuffer orders_;
};

}  // namespace

void be_context(const LoadedLibrary& library, const Request& request, const WorkerLimits& limits, int channel,
                pid_t parent) {
  die_with(parent);
  keep_only(channel);
  try {
    Context context(library, limits);
    context.elaborate_file(request);
    while (context.do_batch()) continue;
  } catch (const std::exception& failure) {
    write_frame(kChannel, to_wire(Reply{.killed = Killed{KillCause::crash, failure.what()}}));
    _exit(1);
  }
  _exit(0);
}

}  // namespace rmt::prover
