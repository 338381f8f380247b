// What a folder holds for a reader, and in which order it is read.
#pragma once

#include <string>
#include <vector>

#include "corpora/document.h"
#include "corpora/readers/file_kind.h"

namespace rmt::corpora {

/// A file that a reader opens: one document, or one file of records.
struct Readable {
  std::string path;
  FileKind kind = FileKind::unknown;
  std::string root;  ///< of a .tex file: the folder its includes may not leave
};

/// Walks `folder` by name, folders and files alike. Of the kinds in file_kind.h:
/// - a .tex file is a document unless another one includes it, or it has no \begin{document} and lies
///   beside or below one that has: a folder with a main file is one document, its tree;
/// - .lean files come last, in import order; a lakefile is not one of them;
/// - other kinds are documents, or files of records, where they stand.
/// Hidden files and folders (.git, .lake) and linked folders are passed over; files of other kinds are
/// counted in one notice. Throws Error: not_found when nothing is left to read, malformed on a cycle
/// of Lean imports, io.
std::vector<Readable> readables_of_folder(const std::string& folder, const ReadOptions& options);

}  // namespace rmt::corpora
