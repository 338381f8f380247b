// From a Lean 4 file to the theorem somebody wants proved in it, without a Lean.
#pragma once

#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "prover/theorem.h"

namespace rmt::prover {

/// The file has no such hole; what() says what it has instead.
class SourceError : public std::runtime_error {
 public:
  /// From 1; 0 where it is about the whole file. Columns in code points.
  SourceError(const std::string& what, int line, int column) : std::runtime_error(what), line_(line), column_(column) {}
  int line() const { return line_; }
  int column() const { return column_; }

 private:
  int line_, column_;
};

/// A `sorry` that tactics may replace.
struct Hole {
  int line = 1, column = 1;  ///< from 1; columns in code points
  std::string declaration;   ///< the name it is in; "example" where it has none
};

/// In the file's order; not those in comments, strings, names and macros. Throws SourceError for what is no UTF-8.
std::vector<Hole> holes(std::string_view file);

/// A hole made ready, and what its theorem leaves out.
struct OpenedHole {
  Theorem theorem;
  Hole hole;
  std::string rest;  ///< the file behind the declaration: file_of(theorem, script) + rest is the file with the proof
};

/// The first hole, or the first of that line. A tactic `sorry` is cut out of its block; one that stands for a term
/// becomes `by` with a block, in parentheses where something follows. Line ends come out as "\n". Throws SourceError.
OpenedHole open_hole(std::string_view file, std::optional<int> line = std::nullopt);

inline Theorem hole_at(std::string_view file, std::optional<int> line = std::nullopt) {
  return open_hole(file, line).theorem;
}

}  // namespace rmt::prover
