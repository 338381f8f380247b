// The recipe file of a memory task. recipes/README.md lists every key.
#pragma once

#include <filesystem>

#include "lm/task/task_recipe.h"

namespace rmt::app {

/// `kind` is the task asked for. Throws UsageError with file and line.
lm::TaskRecipe read_task_recipe(const std::filesystem::path& path, corpora::TaskKind kind);

}  // namespace rmt::app
