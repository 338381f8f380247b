#include "corpora/readers/tex_main.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <sstream>
#include <tuple>

#include "corpora/error.h"
#include "corpora/readers/file_kind.h"
#include "corpora/readers/paths.h"

namespace rmt::corpora {

namespace {

// 00README.XXX: lines "FILE toplevelfile". 00README.json: {"sources": [{"filename", "usage": "toplevel"}]}.
std::optional<std::string> named_by_readme(const TexMembers& members) {
  if (const auto file = members.find("00README.XXX"); file != members.end()) {
    std::istringstream lines(file->second);
    for (std::string line; std::getline(lines, line);) {
      std::istringstream words(line);
      std::string name, role;
      if (words >> name >> role && role == "toplevelfile") return name;
    }
  }
  if (const auto file = members.find("00README.json"); file != members.end()) {
    const auto json = nlohmann::json::parse(file->second, nullptr, /*allow_exceptions=*/false);
    if (!json.is_object() || !json.contains("sources") || !json["sources"].is_array()) return std::nullopt;
    for (const auto& source : json["sources"]) {
      if (!source.is_object() || !source.contains("usage") || source["usage"] != "toplevel") continue;
      if (source.contains("filename") && source["filename"].is_string()) return source["filename"].get<std::string>();
    }
  }
  return std::nullopt;
}

bool may_be_main(const std::string& path) {
  const bool no_ending = path.find('.', path.rfind('/') + 1) == std::string::npos;
  return file_name(path).kind == FileKind::tex || no_ending;
}

// Smaller is a better main file.
using Rank = std::tuple<int, int, std::ptrdiff_t>;

Rank rank_of(const std::string& path, const TexProfile& profile) {
  constexpr std::array<std::string_view, 2> kNames = {"main.tex", "ms.tex"};
  const auto name = std::find(kNames.begin(), kNames.end(), path.substr(path.rfind('/') + 1));
  const int role = profile.has_class && profile.has_begin ? 0 : profile.has_class ? 1 : profile.has_begin ? 2 : 3;
  return {role, static_cast<int>(name - kNames.begin()), std::count(path.begin(), path.end(), '/')};
}

TexProfiles profiles_of(const TexMembers& members) {
  TexProfiles profiles;
  for (const auto& [path, content] : members) {
    if (!may_be_main(path)) continue;
    const auto bytes = bytes_of(content);
    TexProfile profile = tex_profile(*bytes);
    // A README or a Makefile has no ending either.
    const bool spoken_for = profile.has_class || profile.has_begin || file_name(path).kind == FileKind::tex;
    if (spoken_for && !profile.is_part) profiles.emplace(path, std::move(profile));
  }
  return profiles;
}

}  // namespace

TexProfile tex_profile(ByteSource& bytes) {
  TexProfile profile;
  TexScanner scanner;
  std::string pending, more;
  for (bool at_end = false; !at_end;) {
    more = read_up_to(bytes, kChunkBytes);
    at_end = more.empty();
    pending += more;
    size_t from = 0;
    for (;;) {
      const TexPiece piece = scanner.next(std::string_view(pending).substr(from), at_end);
      if (piece.kind == TexPiece::Kind::more) break;
      from += piece.length;
      if (piece.kind == TexPiece::Kind::begin_document) profile.has_begin = true;
      if (piece.kind == TexPiece::Kind::include) profile.includes.push_back(piece.include);
      if (piece.kind != TexPiece::Kind::document_class) continue;
      const bool part = piece.name == "subfiles" || piece.name == "standalone";
      (part ? profile.is_part : profile.has_class) = true;
    }
    pending.erase(0, from);
  }
  return profile;
}

std::set<std::string> included_paths(const TexProfiles& profiles) {
  std::set<std::string> paths;
  for (const auto& [path, profile] : profiles) {
    for (const TexInclude& include : profile.includes) {
      if (include.file.empty()) continue;
      const std::string name = path_in(include.directory, include.file);
      for (const std::string& folder : folders_above(path)) {
        const auto target = path_within_root(folder, name);
        if (!target || *target == path || *target + ".tex" == path) continue;
        paths.insert(*target);
        paths.insert(*target + ".tex");
      }
    }
  }
  return paths;
}

std::set<std::string> document_files(const TexProfiles& profiles) {
  const auto included = included_paths(profiles);
  std::set<std::string> folders_with_main, documents, all;
  for (const auto& [path, profile] : profiles) {
    if (profile.has_begin && !profile.is_part) folders_with_main.insert(directory_of(path));
    all.insert(path);
  }
  for (const auto& [path, profile] : profiles) {
    const auto above = folders_above(path);
    const bool in_project =
        std::any_of(above.begin(), above.end(), [&](const auto& folder) { return folders_with_main.contains(folder); });
    const bool is_main = profile.has_begin && !profile.is_part;
    if (!included.contains(path) && (is_main || !in_project)) documents.insert(path);
  }
  return documents.empty() ? all : documents;
}

std::string find_main_file(const std::string& package, const TexMembers& members, const ReadOptions& options) {
  if (const auto named = named_by_readme(members); named && members.contains(*named)) return *named;

  const auto profiles = profiles_of(members);
  const auto included = included_paths(profiles);
  std::vector<std::pair<Rank, std::string>> candidates;
  for (const bool skip_included : {true, false}) {
    for (const auto& [path, profile] : profiles) {
      if (!skip_included || !included.contains(path)) candidates.emplace_back(rank_of(path, profile), path);
    }
    if (!candidates.empty()) break;  // files that all include each other: take the best of them
  }
  if (candidates.empty()) {
    throw Error(Errc::not_found, package + ": no file with \\documentclass, and no other .tex file, among its " +
                                     std::to_string(members.size()) + " text files; is it the source package?");
  }
  std::sort(candidates.begin(), candidates.end());
  const std::string& chosen = candidates.front().second;
  if (candidates.size() > 1 && candidates[0].first == candidates[1].first) {
    options.on_notice(
        {package, chosen + " is read as the main file; " + candidates[1].second + " could be it as well"});
  }
  return chosen;
}

}  // namespace rmt::corpora
