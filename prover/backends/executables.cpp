#include "prover/backends/executables.h"

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <string_view>

namespace rmt::prover {

bool is_executable(const std::string& path) {
  std::error_code ignored;
  return std::filesystem::is_regular_file(path, ignored) && access(path.c_str(), X_OK) == 0;
}

std::optional<std::string> find_executable(const std::string& name) {
  if (name.find('/') != std::string::npos) {
    if (is_executable(name)) return name;
    return std::nullopt;
  }
  const char* const variable = std::getenv("PATH");  // NOLINT(concurrency-mt-unsafe): nothing of ours sets variables
  std::string_view folders = variable != nullptr ? variable : "/usr/bin:/bin";
  while (!folders.empty()) {
    const std::string_view folder = folders.substr(0, folders.find(':'));
    folders.remove_prefix(std::min(folder.size() + 1, folders.size()));
    if (folder.empty()) continue;  // the current folder, as an old custom has it, is nobody's intention
    std::string path = std::string(folder) + "/" + name;
    if (is_executable(path)) return path;
  }
  return std::nullopt;
}

}  // namespace rmt::prover
