#include "prover/worker/context_process.h"

#include <poll.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <system_error>
#include <utility>

#include "prover/backends/process_tree.h"

namespace rmt::prover {
namespace {

constexpr std::chrono::milliseconds kGlance{50};  // between looks at the clock
constexpr std::chrono::milliseconds kLook{100};   // between looks at the memory
constexpr int kGrace = 2;                         // seconds, for a context whose item was ended
constexpr size_t kContextOutput = 16;             // times an item's
constexpr uint64_t kNoRequest = 0;

// Appends what there is; false at the end of the pipe.
bool read_some(int descriptor, FrameBuffer& frames) {
  std::array<char, 65536> bytes;  // NOLINT(cppcoreguidelines-pro-type-member-init)
  const ssize_t count = read(descriptor, bytes.data(), bytes.size());
  if (count < 0 && errno == EINTR) return true;
  if (count <= 0) return false;
  frames.append({bytes.data(), static_cast<size_t>(count)});
  return true;
}

Killed death_of(int status, int cpu_seconds) {
  if (!WIFSIGNALED(status))
    return {KillCause::crash, "Lean ended by itself, with exit code " + std::to_string(WEXITSTATUS(status))};
  const int signal = WTERMSIG(status);
  if (signal == SIGXCPU) return {KillCause::cpu, std::to_string(cpu_seconds) + " s of CPU time are used up"};
  const char* name = sigdescr_np(signal);
  return {KillCause::crash,
          "Lean was ended by signal " + std::to_string(signal) + " (" + (name != nullptr ? name : "unknown") + ")"};
}

}  // namespace

ContextProcess::ContextProcess(const LoadedLibrary& library, const Request& request, const WorkerLimits& limits)
    : limits_(limits), context_(request.context), options_(request.options), frames_(limits.output * kContextOutput) {
  std::array<int, 2> ends{};
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0)
    throw std::system_error(errno, std::generic_category(), "no pipe to a process for Lean");
  channel_ = Descriptor(ends[0]);
  const Descriptor theirs(ends[1]);
  const pid_t parent = getpid();
  id_ = fork();
  if (id_ < 0) throw std::system_error(errno, std::generic_category(), "no process for Lean");
  if (id_ == 0) be_context(library, request, limits, theirs.get(), parent);
}

ContextProcess::~ContextProcess() {
  end_process();
}

const Reply& ContextProcess::reply(Inbox& inbox, uint64_t request) {
  if (reply_) return *reply_;
  auto answer = await(patience(limits_.context_wall_s, "the text above the theorem"), inbox, request);
  if (auto* why = std::get_if<Killed>(&answer)) {
    reply_ = Reply{.killed = lose(std::move(*why))};
  } else
    try {
      reply_ = from_wire<Reply>(std::get<std::string>(answer));
      lost_ = reply_->killed.has_value();
    } catch (const WireError& error) {
      reply_ = Reply{.killed = lose({KillCause::crash, error.what()})};
    }
  return *reply_;
}

std::optional<Killed> ContextProcess::run(const Batch& batch, const std::function<void(Reply)>& tell, Inbox& inbox,
                                          uint64_t request) try {
  if (!write_frame(channel_.get(), to_wire(batch))) return lose({KillCause::crash, "the context's process is gone"});
  size_t done = 0;
  looked_ = Clock::now();
  while (true) {
    auto answer = await(patience(limits_.item_wall_s, "a script"), inbox, request);
    if (auto* why = std::get_if<Killed>(&answer)) return end_batch(std::move(*why), inbox);
    auto message = from_wire<std::variant<Reply, BatchEnd>>(std::get<std::string>(answer));
    if (const auto* end = std::get_if<BatchEnd>(&message)) {
      if (done == batch.items.size()) return std::nullopt;
      return end->killed ? *end->killed : death_of(end->status, limits_.item_cpu_s);
    }
    auto& reply = std::get<Reply>(message);
    if (done == batch.items.size() || reply.item != batch.first + done) throw WireError("a reply to another item");
    tell(std::move(reply));
    done += 1;
  }
} catch (const WireError& error) {
  return lose({KillCause::crash, error.what()});
}

ContextProcess::Patience ContextProcess::patience(int seconds, const std::string& what) {
  return {Clock::now() + std::chrono::seconds(seconds), what + " takes longer than " + std::to_string(seconds) + " s"};
}

// The next frame, or why there will be none.
std::variant<std::string, Killed> ContextProcess::await(const Patience& patience, Inbox& inbox, uint64_t request) try {
  while (true) {
    if (std::optional<std::string> frame = frames_.next()) return *std::move(frame);
    if (std::optional<Killed> why = trouble(patience, inbox, request)) return *std::move(why);
    std::array<pollfd, 2> waiting{{{channel_.get(), POLLIN, 0}, {inbox.descriptor(), POLLIN, 0}}};
    poll(waiting.data(), waiting.size(), static_cast<int>(kGlance.count()));
    if (waiting[0].revents != 0 && !read_some(channel_.get(), frames_)) {
      lost_ = true;
      return death_of(end_process(), limits_.context_cpu_s);
    }
  }
} catch (const FrameTooLong&) {
  return lose(
      {KillCause::output, "more than " + std::to_string(kContextOutput * limits_.output) + " bytes of messages"});
}

std::optional<Killed> ContextProcess::trouble(const Patience& patience, Inbox& inbox, uint64_t request) {
  if (request != kNoRequest && inbox.is_cancelled(request)) return Killed{KillCause::cancelled, "cancelled"};
  if (Clock::now() > patience.until) return Killed{KillCause::wall, patience.exhausted};
  if (has_grown_too_large())
    return Killed{KillCause::memory, "more than " + std::to_string(limits_.resident >> 20) + " MB of memory"};
  return std::nullopt;
}

bool ContextProcess::has_grown_too_large() {
  if (Clock::now() < looked_ + kLook) return false;
  looked_ = Clock::now();
  return std::ranges::any_of(process_tree(id_),
                             [&](pid_t process) { return resident_bytes({process}) > limits_.resident; });
}

// Ends the batch's process and leaves the context's.
Killed ContextProcess::end_batch(Killed why, Inbox& inbox) {
  if (lost_) return why;
  for (const pid_t process : process_tree(id_))
    if (process != id_) kill(process, SIGKILL);
  const Patience grace = patience(kGrace, "the end of a script");
  while (true) {
    const auto answer = await(grace, inbox, kNoRequest);
    if (std::holds_alternative<Killed>(answer)) return lose(std::move(why));
    const auto message = from_wire<std::variant<Reply, BatchEnd>>(std::get<std::string>(answer));
    if (std::holds_alternative<BatchEnd>(message)) return why;
  }
}

// Its status: of the death it died by itself, where it did.
int ContextProcess::end_process() {
  int status = 0;
  if (id_ < 0) return status;
  kill_tree(id_);
  while (waitpid(id_, &status, 0) < 0 && errno == EINTR) continue;
  id_ = -1;
  return status;
}

Killed ContextProcess::lose(Killed why) {
  lost_ = true;
  end_process();
  return why;
}

}  // namespace rmt::prover
