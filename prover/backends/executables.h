// Programs by their names.
#pragma once

#include <optional>
#include <string>

namespace rmt::prover {

bool is_executable(const std::string& path);

/// The path of the first executable file of this name in the folders of $PATH; a name with a slash is itself.
std::optional<std::string> find_executable(const std::string& name);

}  // namespace rmt::prover
