// The models ./quickstart fetches or finds in the repository, by name.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rmt::lm {

/// smollm2-135m, minilm-l6, smollm2-rmt, reader-8m, prover-7m, task-memorize, task-detect, task-reasoning, task-recall.
std::vector<std::string> bundled_model_names();

/// The path of a bundled model; nothing for any other name. `folder` empty: build/deps/models of the
/// build tree this program was built in. Throws model::Error(not_found), saying how to get it, when the
/// name is known but the files are not there.
std::optional<std::filesystem::path> find_bundled_model(std::string_view name, const std::filesystem::path& folder);

}  // namespace rmt::lm
