// The program as a process of its own: run to its end, or killed in the middle of its work.
#pragma once

#include <string>
#include <vector>

namespace rmt::tests {

struct Outcome {
  int code = -1;    ///< exit code; -1 when a signal ended it
  int signal = 0;   ///< that ended it
  std::string out;  ///< standard output
};

/// `rmt-lm` with these arguments, reading nothing, with its standard error in a file.
class Process {
 public:
  /// `file_limit` > 0: no file may grow beyond so many KiB, and a write that would fails. `environment`: more
  /// variables, as NAME=VALUE.
  Process(const std::vector<std::string>& arguments, const std::string& error_file, long file_limit = 0,
          const std::string& input = "", const std::vector<std::string>& environment = {});
  ~Process();
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  /// Waits until it has printed so many lines, or has ended. False if it ended first.
  bool wait_for_lines(int64_t lines);
  void send(int signal) const;
  Outcome finish();

 private:
  bool read_more();

  int pid_ = -1, pipe_ = -1;
  std::string out_;
};

}  // namespace rmt::tests
