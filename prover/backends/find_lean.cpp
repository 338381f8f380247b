#include "prover/backends/find_lean.h"

#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <sstream>

#include "lm/store/sha256.h"
#include "prover/backends/executables.h"
#include "prover/backends/run_child.h"

namespace rmt::prover {
namespace {

namespace fs = std::filesystem;

/// Elan may have to fetch a toolchain first, and Lake a project's dependencies.
constexpr RunLimits kAsking{.wall = std::chrono::minutes(5), .output = 1 << 20};

std::string variable(const char* name) {
  const char* const value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): nothing of ours sets variables
  return value != nullptr ? value : "";
}

/// What Lean, Elan and Lake look at; nothing that is a secret.
std::map<std::string, std::string> lean_environment() {
  return inherited_environment({"PATH", "HOME", "LANG", "LC_*", "TMPDIR", "ELAN_*", "LEAN_*", "LAKE_*",
                                "LD_LIBRARY_PATH", "SSL_CERT_*", "http_proxy", "https_proxy", "no_proxy"});
}

std::string first_line(std::string_view text) {
  return std::string(text.substr(0, text.find('\n')));
}

/// What a program prints. Throws LeanUnavailable.
std::string answer_of(const ChildCommand& command) {
  const std::string& program = command.arguments[0];
  try {
    const Run run = run_child(command, "", kAsking);
    if (run.ended == Run::Ended::itself && run.end.code == 0) return run.out;
    throw LeanUnavailable(program + " does not work: " + to_string(run, kAsking) +
                          (run.errors.empty() ? "" : ": " + first_line(run.errors)));
  } catch (const ChildError& error) {
    throw LeanUnavailable(error.what());
  }
}

/// "Lean (version 4.35.0, x86_64-unknown-linux-gnu, commit …)".
std::string version_in(const std::string& program, const std::string& answer) {
  constexpr std::string_view kMark = "version ";
  const size_t at = answer.find(kMark);
  if (!answer.starts_with("Lean") || at == std::string::npos)
    throw LeanUnavailable(program + " is not Lean 4: it says \"" + first_line(answer) + "\"");
  const size_t from = at + kMark.size();
  std::string version = answer.substr(from, answer.find_first_of(",) \n", from) - from);
  if (!version.starts_with("4."))
    throw LeanUnavailable(program + " is Lean " + version + ", and Lean 4 is needed: see https://lean-lang.org");
  return version;
}

std::vector<std::string> entries(const std::string& path_list) {
  std::vector<std::string> entries;
  std::istringstream stream(path_list);
  for (std::string entry; std::getline(stream, entry, ':');)
    if (!entry.empty() && fs::exists(entry)) entries.push_back(fs::absolute(entry).lexically_normal());
  return entries;
}

/// The outermost of these, so that none is below another.
std::vector<std::string> without_inner(std::vector<std::string> folders) {
  std::ranges::sort(folders);
  std::vector<std::string> outer;
  for (const std::string& folder : folders)
    if (folder != "/" && (outer.empty() || (folder != outer.back() && !folder.starts_with(outer.back() + "/"))))
      outer.push_back(folder);
  return outer;
}

std::string library_of(const std::vector<std::string>& module_folders) {
  const bool has_mathlib = std::ranges::any_of(module_folders, [](const std::string& folder) {
    return fs::exists(fs::path(folder) / "Mathlib.olean") || fs::is_directory(fs::path(folder) / "Mathlib");
  });
  return has_mathlib ? "Mathlib" : "Init";
}

/// Where the dynamic linker finds the program's libraries, but for the system's own folders.
std::vector<std::string> library_folders(const std::string& program, std::map<std::string, std::string> environment) {
  environment["LD_TRACE_LOADED_OBJECTS"] = "1";
  std::vector<std::string> folders;
  std::istringstream lines(answer_of({.arguments = {program}, .environment = environment}));
  for (std::string line; std::getline(lines, line);) {
    const size_t from = line.find("=> /");
    if (from == std::string::npos) continue;
    const fs::path library = line.substr(from + 3, line.rfind(" (") - from - 3);
    const std::string folder = library.parent_path().lexically_normal();
    if (!folder.starts_with("/lib") && !folder.starts_with("/usr/lib")) folders.push_back(folder);
  }
  return folders;
}

/// Asks a program that is Lean or chooses one (Elan's shim, in `folder`) for everything.
LeanInstallation installation(const std::string& program, std::map<std::string, std::string> environment,
                              const std::string& origin, const std::string& folder = {}) {
  LeanInstallation lean;
  lean.origin = origin;
  lean.environment = std::move(environment);
  const auto ask = [&](const std::string& option) {
    return answer_of({.arguments = {program, option}, .environment = lean.environment, .folder = folder});
  };
  lean.version = version_in(program, ask("--version"));
  const fs::path prefix = first_line(ask("--print-prefix"));
  const fs::path own = prefix / "bin" / "lean";
  lean.program = is_executable(own) ? own.string() : fs::absolute(program).string();
  const auto modules = lean.environment.find("LEAN_PATH");
  if (modules != lean.environment.end()) lean.folders = entries(modules->second);
  lean.library = library_of(lean.folders);
  lean.folders.push_back(fs::weakly_canonical(lean.program).parent_path().parent_path());
  if (fs::is_directory(prefix)) lean.folders.push_back(fs::absolute(prefix).lexically_normal());
  std::ranges::copy(library_folders(lean.program, lean.environment), std::back_inserter(lean.folders));
  lean.folders = without_inner(std::move(lean.folders));
  return lean;
}

std::optional<fs::path> project_above(const fs::path& path) {
  for (fs::path folder = fs::absolute(path).lexically_normal();; folder = folder.parent_path()) {
    if (fs::exists(folder / "lakefile.toml") || fs::exists(folder / "lakefile.lean")) return folder;
    if (folder == folder.parent_path()) return std::nullopt;
  }
}

/// Lake tells by its environment which Lean a project uses and where its compiled modules are.
LeanInstallation of_project(const fs::path& project, const std::string& origin) {
  auto lake = find_executable("lake");
  if (const std::string elan = variable("HOME") + "/.elan/bin/lake"; !lake && is_executable(elan)) lake = elan;
  if (!lake)
    throw LeanUnavailable(project.string() + " is a Lake project, and there is no `lake`: install Lean by elan, " +
                          "https://lean-lang.org/install");
  const std::string answer = answer_of({.arguments = {*lake, "env", "/usr/bin/env", "-0"},
                                        .environment = lean_environment(),
                                        .folder = project.string()});
  std::map<std::string, std::string> environment;
  std::istringstream stream(answer);
  for (std::string entry; std::getline(stream, entry, '\0');)
    if (const size_t equals = entry.find('='); equals != std::string::npos)
      environment.emplace(entry.substr(0, equals), entry.substr(equals + 1));
  const std::string own = environment["LEAN_SYSROOT"] + "/bin/lean";
  if (is_executable(own)) return installation(own, environment, origin, project);
  const auto on_path = find_executable("lean");
  if (!on_path) throw LeanUnavailable("`lake env` in " + project.string() + " names no Lean");
  return installation(*on_path, environment, origin, project);
}

std::optional<fs::path> built_lean(const LeanPlaces& places) {
  if (!places.built.empty()) {
    if (is_executable(fs::path(places.built) / "bin" / "lean")) return fs::path(places.built);
    return std::nullopt;
  }
  std::error_code ignored;
  const fs::path here = fs::read_symlink("/proc/self/exe", ignored).parent_path();
  for (const char* const folder : {"../lean", "../lib/rmt-lm/lean", "lean"})
    if (is_executable(here / folder / "bin" / "lean")) return fs::weakly_canonical(here / folder);
  return std::nullopt;
}

/// Of all modules with their names: two libraries that differ anywhere have different ones.
std::string digest_of_modules(const fs::path& folder) {
  std::map<std::string, fs::path> modules;
  std::error_code error;
  for (fs::recursive_directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error))
    if (entry->path().extension() == ".olean") modules[entry->path().lexically_relative(folder)] = entry->path();
  store::Sha256 digest;
  for (const auto& [name, path] : modules) {
    std::ifstream file(path, std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
    digest.update(name).update(std::to_string(bytes.size())).update(bytes);
  }
  return store::hex(digest.finish());
}

/// Whether the folder is one that a build of this program made, or a copy of it.
bool is_ours(const fs::path& folder) {
  return is_executable(folder / "bin" / "lean") && fs::exists(folder / "lib" / "lean" / "Rmt.olean");
}

LeanInstallation ours(const fs::path& folder, const std::string& origin) {
  // A user's Lean elsewhere leads by these to modules of another version.
  std::map<std::string, std::string> environment = lean_environment();
  std::erase_if(environment,
                [](const auto& entry) { return entry.first.starts_with("LEAN_") || entry.first.starts_with("LAKE_"); });
  LeanInstallation lean = installation(folder / "bin" / "lean", environment, origin);
  lean.is_ours = true;
  lean.library = "rmt core";
  lean.library_sha256 = digest_of_modules(folder / "lib" / "lean");
  return lean;
}

LeanInstallation at_path(const fs::path& path, const std::string& origin) {
  std::error_code ignored;
  if (!fs::exists(path, ignored)) throw LeanUnavailable(origin + ": there is no " + path.string());
  if (!fs::is_directory(path, ignored)) {
    const fs::path folder = fs::weakly_canonical(path).parent_path().parent_path();
    if (path.filename() == "lean" && is_ours(folder)) return ours(folder, origin);
    if (!is_executable(path)) throw LeanUnavailable(origin + ": " + path.string() + " cannot be executed");
    return installation(fs::absolute(path), lean_environment(), origin);
  }
  if (is_ours(path)) return ours(fs::weakly_canonical(path), origin);
  if (is_executable(path / "bin" / "lean")) return installation(path / "bin" / "lean", lean_environment(), origin);
  if (const auto project = project_above(path)) return of_project(*project, origin);
  throw LeanUnavailable(origin + ": " + path.string() + " is neither a toolchain (no bin/lean) nor in a Lake project");
}

}  // namespace

LeanInstallation find_lean(const LeanPlaces& places) {
  if (!places.asked_for.empty()) return at_path(places.asked_for, "--lean");
  if (const std::string path = variable("RMTLM_LEAN"); !path.empty()) return at_path(path, "$RMTLM_LEAN");
  std::string tried;
  for (const std::string& program : {find_executable("lean").value_or(""), variable("HOME") + "/.elan/bin/lean"}) {
    if (!is_executable(program)) continue;
    try {
      return installation(program, lean_environment(), program);
    } catch (const LeanUnavailable& error) {  // an Elan without a toolchain is common
      tried += std::string(tried.empty() ? "" : "; ") + error.what();
    }
  }
  if (const auto folder = built_lean(places)) return ours(*folder, "built with rmt-lm");
  throw LeanUnavailable("there is no Lean: " + (tried.empty() ? "none on $PATH nor in ~/.elan" : tried) +
                        ", and none was built with this program. Install one from https://lean-lang.org/install, name "
                        "one by --lean or $RMTLM_LEAN, or run ./quickstart again, which builds one");
}

}  // namespace rmt::prover
