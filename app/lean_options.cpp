#include "app/lean_options.h"

#include <chrono>
#include <filesystem>

namespace rmt::app {
namespace {

namespace fs = std::filesystem;

bool is_lake_project(const fs::path& folder) {
  return fs::exists(folder / "lakefile.toml") || fs::exists(folder / "lakefile.lean");
}

/// The folder of the file where a Lake project has it; else nothing.
std::string project_of(const std::string& file) {
  const fs::path folder = fs::absolute(file).parent_path();
  for (fs::path above = folder;; above = above.parent_path()) {
    if (is_lake_project(above)) return folder.string();
    if (above == above.parent_path()) return {};
  }
}

}  // namespace

void add_lean_options(CLI::App& command, LeanOptions& options) {
  command.add_option("--lean", options.path, "A lean, its toolchain's folder, or a Lake project [the one found]")
      ->type_name("PATH")
      ->default_str("");
  command.add_option("--heartbeats", options.heartbeats, "Thousands that Lean may spend on a script")
      ->check(CLI::Range(1, 1'000'000'000));
  command.add_option("--script-seconds", options.seconds, "Time that Lean may take for a script")
      ->check(CLI::Range(0.01, 1e6));
}

prover::LeanTools open_lean(const LeanOptions& options, bool jail_required, const std::string& file) {
  prover::LeanPlaces places;
  places.asked_for = options.path;
  if (places.asked_for.empty() && !file.empty()) places.asked_for = project_of(file);
  prover::LeanLimits limits;
  limits.heartbeats = options.heartbeats;
  limits.script = std::chrono::milliseconds(static_cast<int64_t>(1e3 * options.seconds));
  limits.jail_required = jail_required;
  return prover::open_lean(places, limits);
}

std::string preamble_of(const prover::LeanInstallation& lean) {
  return lean.library == "Mathlib" ? "import Mathlib\n\n" : "";
}

}  // namespace rmt::app
