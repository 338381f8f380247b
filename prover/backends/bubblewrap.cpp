#include "prover/backends/bubblewrap.h"

#include <array>
#include <filesystem>

#include "prover/backends/executables.h"
#include "prover/backends/run_child.h"

namespace rmt::prover {
namespace {

/// Where programs and the libraries they load are, on one system or another.
constexpr auto kSystemFolders = std::to_array<const char*>(
    {"/usr", "/bin", "/lib", "/lib64", "/etc/ld.so.cache", "/etc/alternatives", "/nix/store", "/gnu/store"});

/// Lean's server does not start without knowing the local time zone.
constexpr const char* kTimeZone = "/etc/localtime";
constexpr const char* kUtc = "/usr/share/zoneinfo/UTC";

std::vector<std::string> jail_of(const std::string& program, const std::vector<std::string>& folders) {
  std::vector<std::string> words = {
      program, "--unshare-all", "--die-with-parent", "--new-session", "--cap-drop", "ALL", "--proc", "/proc",
      "--dev", "/dev",          "--tmpfs",           "/tmp"};
  for (const char* const folder : kSystemFolders) words.insert(words.end(), {"--ro-bind-try", folder, folder});
  words.insert(words.end(), {"--ro-bind-try", std::filesystem::exists(kTimeZone) ? kTimeZone : kUtc, kTimeZone});
  for (const std::string& folder : folders) words.insert(words.end(), {"--ro-bind", folder, folder});
  words.insert(words.end(), {"--chdir", "/tmp", "--"});
  return words;
}

}  // namespace

Bubblewrap Bubblewrap::find() {
  Bubblewrap jail;
  const auto program = find_executable("bwrap");
  if (!program) {
    jail.why_not_ = "bubblewrap is not installed (Debian: apt-get install bubblewrap)";
    return jail;
  }
  jail.program_ = *program;
  std::string complaint;
  try {
    const Run run = run_child(jail.around({.arguments = {"/bin/true"}}, {}), "", {.wall = std::chrono::seconds(10)});
    if (run.ended == Run::Ended::itself && run.end.code == 0) return jail;
    complaint = run.errors.empty() ? to_string(run.end) : run.errors.substr(0, run.errors.find('\n'));
  } catch (const ChildError& error) {
    complaint = error.what();
  }
  jail.program_.clear();
  jail.why_not_ = "bubblewrap does not work here: " + complaint;
  return jail;
}

ChildCommand Bubblewrap::around(const ChildCommand& command, const std::vector<std::string>& folders) const {
  ChildCommand jailed = command;
  jailed.folder.clear();
  jailed.arguments = jail_of(program_, folders);
  jailed.arguments.insert(jailed.arguments.end(), command.arguments.begin(), command.arguments.end());
  return jailed;
}

}  // namespace rmt::prover
