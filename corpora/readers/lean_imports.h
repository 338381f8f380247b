// The order of Lean files: what a file imports, and files sorted so that imports come first.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace rmt::corpora {

/// The modules the header of a Lean 4 file imports, as paths: `public import Mathlib.Data.Nat` gives
/// "Mathlib/Data/Nat.lean". Reads past comments, `module` and `prelude`; stops at the first command.
std::vector<std::string> lean_imports(std::string_view source);

struct LeanFile {
  std::string path;                  ///< normal: no ".", "..", or doubled '/'
  std::vector<std::string> imports;  ///< as lean_imports() gives them
};

/// The paths, each after those of the files it imports; among files that could come next, the first by
/// name. An import means the file of that name under the nearest folder that holds both (so projects
/// with several source roots work); one that is not among the files is not waited for. Throws
/// Error(malformed) naming the files of a cycle.
std::vector<std::string> in_import_order(const std::vector<LeanFile>& files);

}  // namespace rmt::corpora
