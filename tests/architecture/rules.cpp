#include "tests/architecture/rules.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <string_view>

namespace rmt::architecture {
namespace {

constexpr size_t kLongestSource = 600;

std::string finding(const SourceFile& file, int line, const std::string& what) {
  return file.path + ":" + std::to_string(line) + ": " + what;
}

/// The module a path belongs to: its first folder, but lm/store and lm/engine, which stand below lm.
std::string module_of(std::string_view path) {
  for (const std::string_view part : {"lm/store", "lm/engine"})
    if (path.starts_with(part) && path.substr(part.size()).starts_with('/')) return std::string(part);
  return std::string(path.substr(0, path.find('/')));
}

/// What each module may include besides itself. tests/ and bench/ may include everything.
const std::map<std::string, std::set<std::string>>& arrows() {
  static const std::map<std::string, std::set<std::string>> arrows = {
      {"corpora", {}},
      {"lm/store", {}},
      {"model", {}},
      {"lm/engine", {"corpora", "lm/store"}},
      {"lm", {"lm/engine", "model", "corpora", "lm/store"}},
      {"prover", {"lm/engine", "corpora", "lm/store"}},
      {"web", {"prover", "lm/engine", "corpora", "lm/store"}},
      {"app", {"web", "prover", "lm", "lm/engine", "model", "corpora", "lm/store"}},
  };
  return arrows;
}

bool may_include(const std::string& module, const std::string& path) {
  const auto allowed = arrows().find(module);
  if (allowed == arrows().end()) return true;
  const std::string target = module_of(path);
  return target == module || allowed->second.contains(target);
}

bool is_torch(std::string_view path) {
  constexpr std::array<std::string_view, 4> kFolders = {"torch/", "ATen/", "c10/", "caffe2/"};
  return std::ranges::any_of(kFolders, [&](std::string_view folder) { return path.starts_with(folder); });
}

using Index = std::map<std::string, const SourceFile*>;

Index index_of(const std::vector<SourceFile>& files) {
  Index index;
  for (const SourceFile& file : files) index[file.path] = &file;
  return index;
}

/// The chain of files by which `file` reaches a libtorch header, ending with it; empty if it does not.
std::vector<std::string> way_to_torch(const SourceFile& file, const Index& index, std::set<std::string>& seen) {
  for (const Include& include : file.includes) {
    if (!include.quoted && is_torch(include.path)) return {include.path};
    const auto inner = index.find(include.path);
    if (!include.quoted || inner == index.end() || !seen.insert(include.path).second) continue;
    std::vector<std::string> way = way_to_torch(*inner->second, index, seen);
    if (way.empty()) continue;
    way.insert(way.begin(), include.path);
    return way;
  }
  return {};
}

/// True when `from` includes `target`, by any way.
bool reaches(const SourceFile& from, const std::string& target, const Index& index, std::set<std::string>& seen) {
  return std::ranges::any_of(from.includes, [&](const Include& include) {
    if (!include.quoted) return false;
    if (include.path == target) return true;
    const auto inner = index.find(include.path);
    return inner != index.end() && seen.insert(include.path).second && reaches(*inner->second, target, index, seen);
  });
}

bool has_empty_name(const std::string& path) {
  constexpr std::array<std::string_view, 5> kNames = {"util", "utils", "common", "helpers", "misc"};
  return std::ranges::any_of(kNames, [&](std::string_view name) {
    const std::string folder = std::string(name) + "/";
    return path.starts_with(folder) || path.find("/" + folder) != std::string::npos;
  });
}

}  // namespace

Findings foreign_includes(const std::vector<SourceFile>& files) {
  const Index index = index_of(files);
  Findings findings;
  for (const SourceFile& file : files) {
    const std::string module = module_of(file.path);
    for (const Include& include : file.includes) {
      if (!include.quoted) continue;
      if (!index.contains(include.path)) {
        findings.push_back(finding(file, include.line, "no file " + include.path + " from the root"));
      } else if (!may_include(module, include.path)) {
        findings.push_back(finding(file, include.line, module + " must not include " + include.path));
      }
    }
  }
  return findings;
}

Findings torch_includes(const std::vector<SourceFile>& files) {
  static const std::set<std::string> kWithoutTorch = {"corpora", "lm/store", "lm/engine", "prover", "web"};
  const Index index = index_of(files);
  Findings findings;
  for (const SourceFile& file : files) {
    for (const Include& include : file.includes) {
      const bool whole = include.path == "torch/torch.h" && !file.path.starts_with("lm/train/");
      if (whole || include.path == "ATen/ATen.h") {
        findings.push_back(finding(file, include.line, include.path + " takes seconds: include what is used"));
      }
    }
    if (!kWithoutTorch.contains(module_of(file.path))) continue;
    std::set<std::string> seen;
    std::string way;
    for (const std::string& step : way_to_torch(file, index, seen)) way += " -> " + step;
    if (!way.empty()) findings.push_back(finding(file, 1, "reaches libtorch" + way));
  }
  return findings;
}

Findings direct_doctest(const std::vector<SourceFile>& files) {
  static const std::set<std::string> kAllowed = {"tests/support/doctest.h", "tests/support/main.cpp",
                                                 "tests/architecture/overridden_check.cpp"};
  Findings findings;
  for (const SourceFile& file : files) {
    if (kAllowed.contains(file.path)) continue;
    for (const Include& include : file.includes) {
      if (include.quoted || !include.path.starts_with("doctest")) continue;
      findings.push_back(finding(file, include.line, "include tests/support/doctest.h instead"));
    }
  }
  return findings;
}

Findings include_cycles(const std::vector<SourceFile>& files) {
  const Index index = index_of(files);
  Findings findings;
  for (const SourceFile& file : files) {
    std::set<std::string> seen;
    if (reaches(file, file.path, index, seen)) findings.push_back(finding(file, 1, "includes itself"));
  }
  return findings;
}

Findings house_rules(const std::vector<SourceFile>& files) {
  // Put together here, or this file would break the rule.
  static const std::array<std::string, 2> kUnfinished = {std::string("TO") + "DO", std::string("FIX") + "ME"};
  Findings findings;
  for (const SourceFile& file : files) {
    if (has_empty_name(file.path)) findings.push_back(finding(file, 1, "a folder is named for its subject"));
    for (size_t i = 0; i < file.lines.size(); ++i) {
      for (const std::string& mark : kUnfinished) {
        if (file.lines[i].find(mark) == std::string::npos) continue;
        findings.push_back(finding(file, static_cast<int>(i) + 1, "a mark of unfinished work: " + mark));
      }
    }
    const bool once = std::ranges::find(file.lines, "#pragma once") != file.lines.end();
    if (file.is_header() && !once) findings.push_back(finding(file, 1, "a header without #pragma once"));
    const bool is_code = file.is_header() || file.path.ends_with(".cpp");
    if (is_code && file.lines.size() > kLongestSource) {
      findings.push_back(finding(file, static_cast<int>(file.lines.size()), "over 600 lines: two subjects"));
    }
  }
  return findings;
}

}  // namespace rmt::architecture
