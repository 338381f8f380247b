#include "prover/backends/child_start.h"

#include <fcntl.h>
#include <linux/close_range.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>

namespace rmt::prover {
namespace {

/// How far the child came when it failed.
enum class Step : int { folder, limits, program };

struct Failure {
  Step step;
  int error;
};

/// Everything the child needs, made before the fork: behind it, in a program of many threads, nothing may allocate or
/// take a lock.
struct Plan {
  std::vector<char*> arguments, environment;
  const char* folder;
  ChildLimits limits;
  ChildPipes pipes;
  int report;    // where a Failure is told; closed by a successful exec
  pid_t parent;  // 0 where the child need not die with it
};

void limit(int resource, rlim_t soft, rlim_t hard, int report) {
  const rlimit value{soft, hard};
  if (setrlimit(static_cast<__rlimit_resource_t>(resource), &value) == 0) return;
  const Failure failure{Step::limits, errno};
  (void)!write(report, &failure, sizeof failure);
  _exit(127);
}

void set_limits(const ChildLimits& limits, int report) {
  limit(RLIMIT_CORE, 0, 0, report);
  const auto seconds = static_cast<rlim_t>(limits.cpu.count());
  if (seconds > 0) limit(RLIMIT_CPU, seconds, seconds + 1, report);
  if (limits.address_space > 0) limit(RLIMIT_AS, limits.address_space, limits.address_space, report);
  if (limits.file_size > 0) limit(RLIMIT_FSIZE, limits.file_size, limits.file_size, report);
  // Where memory runs out, the kernel takes this process before ours.
  const int score = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
  if (score >= 0) {
    (void)!write(score, "500", 3);
    close(score);
  }
}

/// Nothing of ours stays open in the program, whoever opened it and however.
void close_the_rest_at_exec() {
  if (syscall(SYS_close_range, 3U, ~0U, CLOSE_RANGE_CLOEXEC) == 0) return;
  const long most = sysconf(_SC_OPEN_MAX);
  for (int number = 3; number < most && number < 65536; ++number) fcntl(number, F_SETFD, FD_CLOEXEC);
}

[[noreturn]] void fail(const Plan& plan, Step step) {
  const Failure failure{step, errno};
  (void)!write(plan.report, &failure, sizeof failure);
  _exit(127);
}

[[noreturn]] void become_program(const Plan& plan) {
  setsid();
  if (plan.parent != 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != plan.parent) _exit(127);
  }
  dup2(plan.pipes.input, STDIN_FILENO);
  dup2(plan.pipes.output, STDOUT_FILENO);
  dup2(plan.pipes.errors, STDERR_FILENO);
  close_the_rest_at_exec();
  if (plan.folder != nullptr && chdir(plan.folder) != 0) fail(plan, Step::folder);
  set_limits(plan.limits, plan.report);
  for (int number = 1; number < NSIG; ++number) signal(number, SIG_DFL);
  sigset_t none;
  sigemptyset(&none);
  pthread_sigmask(SIG_SETMASK, &none, nullptr);
  execve(plan.arguments[0], plan.arguments.data(), plan.environment.data());
  fail(plan, Step::program);
}

std::vector<char*> pointers(std::vector<std::string>& words) {
  std::vector<char*> pointers;
  pointers.reserve(words.size() + 1);
  for (std::string& word : words) pointers.push_back(word.data());
  pointers.push_back(nullptr);
  return pointers;
}

std::string describe(const ChildCommand& command, const Failure& failure) {
  const std::string reason = std::strerror(failure.error);  // NOLINT(concurrency-mt-unsafe): glibc's is
  const std::string program = "cannot start " + command.arguments[0] + ": ";
  switch (failure.step) {
    case Step::folder: return program + "cannot enter " + command.folder + ": " + reason;
    case Step::limits: return program + "cannot set its limits: " + reason;
    case Step::program: break;
  }
  return program + reason;
}

/// Signals wait while the child still has our handlers.
class BlockedSignals {
 public:
  BlockedSignals() {
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before_);
  }
  ~BlockedSignals() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  BlockedSignals(const BlockedSignals&) = delete;
  BlockedSignals& operator=(const BlockedSignals&) = delete;

 private:
  sigset_t before_;
};

}  // namespace

pid_t start_child(const ChildCommand& command, const ChildPipes& pipes) {
  std::vector<std::string> arguments = command.arguments, environment;
  for (const auto& [name, value] : command.environment) environment.push_back(name + "=" + value);
  std::array<int, 2> report{};
  if (pipe2(report.data(), O_CLOEXEC) != 0) throw ChildError("no pipe for " + arguments[0] + ": out of descriptors");
  const Descriptor told(report[0]);
  // Above the three standard ones, which the child is about to replace.
  Descriptor telling(fcntl(report[1], F_DUPFD_CLOEXEC, 3));
  close(report[1]);
  const Plan plan{pointers(arguments),
                  pointers(environment),
                  command.folder.empty() ? nullptr : command.folder.c_str(),
                  command.limits,
                  pipes,
                  telling.get(),
                  command.dies_with_thread ? getpid() : 0};
  pid_t child = -1;
  {
    const BlockedSignals blocked;
    child = fork();
    if (child == 0) become_program(plan);
  }
  if (child < 0) throw ChildError("cannot start " + arguments[0] + ": the system has no room for another process");
  telling.reset();
  Failure failure{};
  ssize_t got = 0;
  do got = read(told.get(), &failure, sizeof failure);
  while (got < 0 && errno == EINTR);
  if (got == 0) return child;
  waitpid(child, nullptr, 0);
  throw ChildError(describe(command, failure));
}

}  // namespace rmt::prover
