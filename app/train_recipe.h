// A recipe file: TOML, with keys named like options. recipes/README.md lists every key.
#pragma once

#include <filesystem>

#include "lm/train/recipe.h"

namespace rmt::app {

/// Throws UsageError with file and line: unreadable, not TOML, an unknown key (with the closest known one), a value
/// of the wrong kind or out of range; and with all of lm::problems().
lm::Recipe read_recipe(const std::filesystem::path& path);

}  // namespace rmt::app
