// Paths as text, with '/' between their parts: none of these look at a disk.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rmt::corpora {

/// `path` as seen from `directory`, with "." and ".." worked out; nothing when it is absolute or
/// leaves the root.
std::optional<std::string> path_within_root(std::string_view directory, std::string_view path);

/// The part of a path before its last '/', empty where it has none.
std::string directory_of(std::string_view path);

/// The folders a path lies in, from the nearest: "a/b/c" gives "a/b", "a", "".
std::vector<std::string> folders_above(std::string_view path);

/// `name` in `folder`, which may be empty.
std::string path_in(const std::string& folder, const std::string& name);

}  // namespace rmt::corpora
