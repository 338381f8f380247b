#include "tests/e2e/process.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>

namespace rmt::tests {

namespace {

[[noreturn]] void become_program(const std::vector<std::string>& arguments, const std::string& error_file,
                                 long file_limit, const std::string& input, const std::vector<std::string>& environment,
                                 int out) {
  for (const std::string& variable : environment) putenv(const_cast<char*>(variable.c_str()));
  dup2(out, STDOUT_FILENO);
  dup2(open(error_file.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600), STDERR_FILENO);
  dup2(open(input.empty() ? "/dev/null" : input.c_str(), O_RDONLY), STDIN_FILENO);
  if (file_limit > 0) {
    const rlimit limit{static_cast<rlim_t>(file_limit) * 1024, static_cast<rlim_t>(file_limit) * 1024};
    setrlimit(RLIMIT_FSIZE, &limit);
    signal(SIGXFSZ, SIG_IGN);
  }
  std::vector<char*> words{const_cast<char*>(RMTLM_PROGRAM)};
  for (const std::string& argument : arguments) words.push_back(const_cast<char*>(argument.c_str()));
  words.push_back(nullptr);
  execv(RMTLM_PROGRAM, words.data());
  _exit(127);
}

}  // namespace

Process::Process(const std::vector<std::string>& arguments, const std::string& error_file, long file_limit,
                 const std::string& input, const std::vector<std::string>& environment) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) std::abort();
  pid_ = fork();
  if (pid_ < 0) std::abort();
  if (pid_ == 0) become_program(arguments, error_file, file_limit, input, environment, ends[1]);
  close(ends[1]);
  pipe_ = ends[0];
}

Process::~Process() {
  if (pid_ > 0) {
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
  }
  close(pipe_);
}

bool Process::read_more() {
  char buffer[4096];
  const ssize_t got = read(pipe_, buffer, sizeof buffer);
  if (got <= 0) return false;
  out_.append(buffer, static_cast<size_t>(got));
  return true;
}

bool Process::wait_for_lines(int64_t lines) {
  while (std::count(out_.begin(), out_.end(), '\n') < lines)
    if (!read_more()) return false;
  return true;
}

void Process::send(int signal) const {
  kill(pid_, signal);
}

Outcome Process::finish() {
  while (read_more()) {
  }
  int status = 0;
  waitpid(pid_, &status, 0);
  pid_ = -1;
  return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, WIFSIGNALED(status) ? WTERMSIG(status) : 0, out_};
}

}  // namespace rmt::tests
