#include "prover/worker/jail.h"

#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstddef>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

namespace rmt::prover {
namespace {

#if defined(__x86_64__)
constexpr uint32_t kArchitecture = AUDIT_ARCH_X86_64;
#elif defined(__aarch64__)
constexpr uint32_t kArchitecture = AUDIT_ARCH_AARCH64;
#else
#error "the jail knows the system calls of x86-64 and of AArch64 only"
#endif

// What Lean's runtime needs to compute, with threads, and to talk through open pipes.
constexpr std::array kAllowed = {
    SYS_read,
    SYS_write,
    SYS_close,
    SYS_futex,
    SYS_brk,
    SYS_munmap,
    SYS_mremap,
    SYS_madvise,
    SYS_clock_gettime,
    SYS_clock_getres,
    SYS_gettimeofday,
    SYS_nanosleep,
    SYS_clock_nanosleep,
    SYS_sched_yield,
    SYS_sched_getaffinity,
    SYS_getrusage,
    SYS_getpid,
    SYS_getppid,
    SYS_gettid,
    SYS_rt_sigaction,
    SYS_rt_sigreturn,
    SYS_rt_sigprocmask,
    SYS_sigaltstack,
    SYS_set_robust_list,
    SYS_rseq,
    SYS_set_tid_address,
    SYS_restart_syscall,
    SYS_getrandom,
    SYS_exit,
    SYS_exit_group,
    SYS_pipe2,
    SYS_dup3,
};

constexpr uint32_t kNamespaces =
    CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET;

// A program of the kernel's packet filter over one system call, written from the top.
class Filter {
 public:
  Filter() {
    load(offsetof(seccomp_data, arch));
    add(BPF_JMP | BPF_JEQ | BPF_K, kArchitecture, 1, 0);
    answer(SECCOMP_RET_KILL_PROCESS);
    load(offsetof(seccomp_data, nr));
  }

  void allow(long call) {
    only_for(call, 1);
    answer(SECCOMP_RET_ALLOW);
  }
  void refuse_with(long call, int error) {
    only_for(call, 1);
    answer(SECCOMP_RET_ERRNO | static_cast<uint32_t>(error));
  }
  /// Allowed where argument `index` has none of `bits`, by its lower half.
  void allow_without(long call, int index, uint32_t bits) {
    only_for(call, 4);
    load_argument(index);
    add(BPF_JMP | BPF_JSET | BPF_K, bits, 1, 0);
    answer(SECCOMP_RET_ALLOW);
    answer(SECCOMP_RET_ERRNO | EPERM);
  }
  /// Allowed where argument `index` has all of `bits`.
  void allow_with(long call, int index, uint32_t bits) {
    only_for(call, 5);
    load_argument(index);
    add(BPF_ALU | BPF_AND | BPF_K, bits, 0, 0);
    add(BPF_JMP | BPF_JEQ | BPF_K, bits, 0, 1);
    answer(SECCOMP_RET_ALLOW);
    answer(SECCOMP_RET_ERRNO | EPERM);
  }
  /// Allowed where argument `index` is `value`; other tests of the same call may follow.
  void allow_equal(long call, int index, uint32_t value) {
    only_for(call, 4);
    load_argument(index);
    add(BPF_JMP | BPF_JEQ | BPF_K, value, 0, 1);
    answer(SECCOMP_RET_ALLOW);
    load(offsetof(seccomp_data, nr));
  }

  void install() {
    answer(SECCOMP_RET_ERRNO | EPERM);
    const sock_fprog program{static_cast<unsigned short>(steps_.size()), steps_.data()};
    if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0)
      throw JailError("the kernel refuses a seccomp filter: " + std::generic_category().message(errno));
  }

 private:
  void add(int code, uint32_t k, uint8_t if_true, uint8_t if_false) {
    steps_.push_back({static_cast<uint16_t>(code), if_true, if_false, k});
  }
  void load(size_t offset) { add(BPF_LD | BPF_W | BPF_ABS, static_cast<uint32_t>(offset), 0, 0); }
  void load_argument(int index) { load(offsetof(seccomp_data, args) + sizeof(uint64_t) * static_cast<size_t>(index)); }
  void answer(uint32_t what) { add(BPF_RET | BPF_K, what, 0, 0); }
  /// The next `steps` are for this call; others go on behind them.
  void only_for(long call, uint8_t steps) { add(BPF_JMP | BPF_JEQ | BPF_K, static_cast<uint32_t>(call), 0, steps); }

  std::vector<sock_filter> steps_;
};

void limit(__rlimit_resource resource, rlim_t value, const char* what) {
  const rlimit both{value, value};
  if (setrlimit(resource, &both) != 0)
    throw JailError(std::string("no limit of ") + what + ": " + std::generic_category().message(errno));
}

Filter system_calls(Forking forking) {
  Filter filter;
  for (const long call : kAllowed) filter.allow(call);
  filter.allow_without(SYS_mmap, 2, PROT_EXEC);
  filter.allow_without(SYS_mprotect, 2, PROT_EXEC);
  filter.refuse_with(SYS_clone3, ENOSYS);  // its flags are out of sight; the C library then uses clone
  if (forking == Forking::allowed) {
    filter.allow_without(SYS_clone, 0, kNamespaces);
    filter.allow(SYS_wait4);
    filter.allow_equal(SYS_prctl, 0, PR_SET_SECCOMP);
    filter.allow_equal(SYS_prctl, 0, PR_SET_NO_NEW_PRIVS);
    filter.allow_equal(SYS_prctl, 0, PR_SET_PDEATHSIG);
  } else {
    filter.allow_with(SYS_clone, 0, CLONE_THREAD);
  }
  filter.allow_equal(SYS_prlimit64, 0, 0);  // our own limits
  return filter;
}

}  // namespace

void enter_jail(uint64_t address_space, Forking forking) {
  limit(RLIMIT_AS, address_space, "address space");
  limit(RLIMIT_CORE, 0, "core dumps");
  limit(RLIMIT_FSIZE, 0, "file sizes");
  limit(RLIMIT_NOFILE, 80, "open files");
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
    throw JailError("privileges cannot be given up: " + std::generic_category().message(errno));
  system_calls(forking).install();
}

std::optional<std::string> jail_obstacle(uint64_t address_space) {
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) return "no pipe to a process";
  const pid_t child = fork();
  if (child == 0) {
    try {
      enter_jail(address_space, Forking::forbidden);
    } catch (const JailError& error) {
      const std::string_view what = error.what();
      (void)!write(ends[1], what.data(), what.size());
    }
    _exit(0);
  }
  close(ends[1]);
  std::string obstacle(500, '\0');
  const ssize_t count = child < 0 ? 0 : read(ends[0], obstacle.data(), obstacle.size());
  close(ends[0]);
  int status = 0;
  if (child > 0) waitpid(child, &status, 0);
  if (child < 0 || status != 0) return "no process could enter the jail";
  if (count <= 0) return std::nullopt;
  obstacle.resize(static_cast<size_t>(count));
  return obstacle;
}

void allow_cpu_seconds(int seconds) {
  rusage used{};
  getrusage(RUSAGE_SELF, &used);
  rlimit now{};
  getrlimit(RLIMIT_CPU, &now);
  const auto until = static_cast<rlim_t>(used.ru_utime.tv_sec + used.ru_stime.tv_sec + 1 + seconds);
  now.rlim_cur = now.rlim_max == RLIM_INFINITY ? until : std::min(until, now.rlim_max);
  setrlimit(RLIMIT_CPU, &now);
}

void die_with(pid_t parent) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) _exit(1);
}

}  // namespace rmt::prover
