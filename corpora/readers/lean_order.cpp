#include "corpora/readers/lean_order.h"

#include <algorithm>
#include <functional>
#include <map>
#include <queue>
#include <set>

#include "corpora/error.h"
#include "corpora/readers/paths.h"

namespace rmt::corpora {

namespace {

// Finds the source roots: the folders from which modules are named.
class SourceRoots {
 public:
  explicit SourceRoots(const std::vector<LeanFile>& files) {
    for (size_t i = 0; i < files.size(); ++i) places_.emplace(files[i].path, i);
    for (const LeanFile& file : files) {
      for (const std::string& folder : folders_above(file.path)) weigh(file, folder);
    }
  }

  /// The place among the files of each that `file` imports.
  std::set<size_t> imports_of(const LeanFile& file) const {
    const auto folders = folders_above(file.path);
    // The last of equals is the outermost.
    const auto root = std::max_element(folders.rbegin(), folders.rend(),
                                       [&](const auto& a, const auto& b) { return evidence(a) < evidence(b); });
    std::set<size_t> imports;
    for (const std::string& import : file.imports) {
      const auto found = places_.find(path_in(*root, import));
      if (found != places_.end()) imports.insert(found->second);
    }
    return imports;
  }

 private:
  struct Weight {
    int64_t resolved = 0;
    int64_t files = 0;
  };

  void weigh(const LeanFile& file, const std::string& folder) {
    Weight& weight = weights_[folder];
    ++weight.files;
    for (const std::string& import : file.imports) {
      const auto found = places_.find(path_in(folder, import));
      // Projects keep additions to Mathlib in P/Mathlib/X.lean, which imports Mathlib.X: seen from P, itself.
      if (found != places_.end()) weight.resolved += found->first == file.path ? -1 : 1;
    }
  }

  // Imports resolved for each file below the folder.
  double evidence(const std::string& folder) const {
    const Weight& weight = weights_.at(folder);
    return static_cast<double>(weight.resolved) / static_cast<double>(weight.files);
  }

  std::map<std::string, size_t> places_;
  std::map<std::string, Weight> weights_;
};

// One cycle among the files that still wait for another, by name.
std::string describe_cycle(const std::vector<LeanFile>& files, const std::vector<std::set<size_t>>& imports,
                           const std::vector<size_t>& waiting) {
  const auto still_waits = [&](size_t file) { return waiting[file] > 0; };
  size_t at = 0;
  while (!still_waits(at)) ++at;
  std::vector<size_t> trail;
  while (std::find(trail.begin(), trail.end(), at) == trail.end()) {
    trail.push_back(at);
    at = *std::find_if(imports[at].begin(), imports[at].end(), still_waits);
  }
  std::string cycle;
  for (auto file = std::find(trail.begin(), trail.end(), at); file != trail.end(); ++file) {
    cycle += files[*file].path + " → ";
  }
  return cycle + files[at].path;
}

}  // namespace

std::vector<std::string> in_import_order(std::vector<LeanFile> files) {
  std::sort(files.begin(), files.end(), [](const LeanFile& a, const LeanFile& b) { return a.path < b.path; });
  const SourceRoots roots(files);
  std::vector<std::set<size_t>> imports(files.size()), importers(files.size());
  std::vector<size_t> waiting(files.size());  // imports not yet in the order
  for (size_t i = 0; i < files.size(); ++i) {
    imports[i] = roots.imports_of(files[i]);
    for (const size_t import : imports[i]) importers[import].insert(i);
    waiting[i] = imports[i].size();
  }
  std::priority_queue<size_t, std::vector<size_t>, std::greater<>> ready;  // sorted by name: smallest first
  for (size_t i = 0; i < files.size(); ++i) {
    if (waiting[i] == 0) ready.push(i);
  }
  std::vector<std::string> order;
  while (!ready.empty()) {
    const size_t next = ready.top();
    ready.pop();
    order.push_back(files[next].path);
    for (const size_t importer : importers[next]) {
      if (--waiting[importer] == 0) ready.push(importer);
    }
  }
  if (order.size() < files.size()) {
    throw Error(Errc::malformed,
                "Lean files import each other in a circle: " + describe_cycle(files, imports, waiting) +
                    "; remove one of these imports, or name the files one by one");
  }
  return order;
}

}  // namespace rmt::corpora
