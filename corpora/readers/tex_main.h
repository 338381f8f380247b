// Which file of a LaTeX project is the main one: the one to start reading from.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "corpora/document.h"
#include "corpora/readers/bytes.h"
#include "corpora/readers/tex_files.h"
#include "corpora/readers/tex_scanner.h"

namespace rmt::corpora {

/// What a file says about its role, outside comments and verbatim passages.
struct TexProfile {
  bool has_class = false;  ///< \documentclass or \documentstyle, of a class that stands for itself
  bool is_part = false;    ///< a class made to be included: subfiles, standalone
  bool has_begin = false;  ///< \begin{document}
  std::vector<TexInclude> includes;
};

/// Reads a file to its end, in the memory of one chunk.
TexProfile tex_profile(ByteSource& bytes);

using TexProfiles = std::map<std::string, TexProfile>;  // by path from the root

/// Every path that some file may mean by an include: as seen from its own folder, and from each folder
/// above it up to the root.
std::set<std::string> included_paths(const TexProfiles& profiles);

/// The files that are documents of their own: those that no other includes, without those that have no
/// \begin{document} and lie beside or below one that has. (Files that only include each other are all
/// given: to read one of them tells what is wrong.)
std::set<std::string> document_files(const TexProfiles& profiles);

/// The main file of a package: the one its 00README names; else, of the .tex files that no other
/// includes, one with a class and a \begin{document}, then with either, then any (plain TeX), and
/// among equals main.tex, ms.tex, the one nearest the root, the first by name. A choice between
/// equals is a notice. Throws Error(not_found) when no file can be it.
std::string find_main_file(const std::string& package, const TexMembers& members, const ReadOptions& options);

}  // namespace rmt::corpora
