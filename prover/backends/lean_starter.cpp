#include "prover/backends/lean_starter.h"

#include <utility>

#include "prover/backends/run_child.h"

namespace rmt::prover {
namespace {

constexpr uint64_t kFileSize = uint64_t{64} << 20;
constexpr RunLimits kAsking{.wall = std::chrono::minutes(1), .output = 1 << 16};

}  // namespace

LeanStarter::LeanStarter(LeanInstallation lean, const LeanLimits& limits)
    : lean_(std::move(lean)), jail_(Bubblewrap::find()) {
  if (limits.jail_required && !jail_.is_there())
    throw LeanUnavailable("Lean does not run text of others without a jail, since Lean's commands can run any code: " +
                          jail_.why_not());
}

ChildCommand LeanStarter::with(const std::vector<std::string>& arguments, std::chrono::seconds cpu) const {
  ChildCommand command;
  command.arguments = {lean_.program};
  command.arguments.insert(command.arguments.end(), arguments.begin(), arguments.end());
  command.environment = lean_.environment;
  command.folder = "/";  // in no Lake project
  command.limits = {.cpu = cpu, .file_size = kFileSize};
  command.dies_with_thread = true;
  return jail_.is_there() ? jail_.around(command, lean_.folders) : command;
}

std::vector<std::string> LeanStarter::known_options(const std::vector<std::string>& options) const {
  std::string complaint;
  const auto accepts = [&](std::vector<std::string> some) {
    some.emplace_back("--stdin");
    try {
      const Run run = run_child(with(some), "", kAsking);
      complaint = run.errors.empty() ? to_string(run, kAsking) : run.errors.substr(0, run.errors.find('\n'));
      return run.ended == Run::Ended::itself && run.end.code == 0;
    } catch (const ChildError& error) {
      throw LeanUnavailable(error.what());
    }
  };
  if (accepts(options)) return options;
  if (!accepts({})) throw LeanUnavailable(lean_.program + " cannot read an empty file: " + complaint);
  std::vector<std::string> known;
  for (const std::string& option : options)
    if (accepts({option})) known.push_back(option);
  return known;
}

}  // namespace rmt::prover
