// The order in which Lean files are read: what is imported comes first.
#pragma once

#include <string>
#include <vector>

namespace rmt::corpora {

struct LeanFile {
  std::string path;                  ///< normal: no ".", "..", or doubled '/'
  std::vector<std::string> imports;  ///< as lean_imports() gives them
};

/// The paths, each after those of the files it imports; among files that could come next, the first by
/// name. The folder from which a file names modules is found by where imports lead: of the folders above
/// it, the one that resolves most imports for each file below. An import that is not among the files is
/// not waited for. Throws Error(malformed) naming the files of a cycle.
std::vector<std::string> in_import_order(std::vector<LeanFile> files);

}  // namespace rmt::corpora
