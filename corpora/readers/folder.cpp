#include "corpora/readers/folder.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <set>

#include "corpora/error.h"
#include "corpora/readers/bytes.h"
#include "corpora/readers/lean_imports.h"
#include "corpora/readers/lean_order.h"
#include "corpora/readers/tex_main.h"

namespace rmt::corpora {

namespace fs = std::filesystem;

namespace {

constexpr size_t kLeanHeaderBytes = size_t{4} << 20;  // a root module may import some ten thousand others

std::string join(const std::string& folder, const std::string& path) {
  return (fs::path(folder) / path).string();
}

bool is_plain(const std::string& file, FileKind kind) {
  const FileName name = file_name(file);
  return name.kind == kind && !name.compressed;
}

// Regular files below `folder` by name, as paths from there.
void walk(const fs::path& folder, const std::string& below, std::vector<std::string>& found) {
  std::error_code error;
  std::vector<fs::directory_entry> entries;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
    entries.push_back(*entry);
  }
  if (error) throw Error(Errc::io, folder.string() + ": cannot be listed: " + error.message());
  std::sort(entries.begin(), entries.end(),
            [](const auto& a, const auto& b) { return a.path().filename().native() < b.path().filename().native(); });
  for (const fs::directory_entry& entry : entries) {
    const std::string name = entry.path().filename().string();
    if (name.starts_with('.')) continue;
    if (entry.is_directory(error) && !entry.is_symlink(error)) walk(entry.path(), below + name + "/", found);
    if (entry.is_regular_file(error)) found.push_back(below + name);
  }
}

TexProfiles profiles_of(const std::string& folder, const std::vector<std::string>& files) {
  TexProfiles profiles;
  for (const std::string& file : files) {
    if (!is_plain(file, FileKind::tex)) continue;
    const auto bytes = open_file(join(folder, file));
    profiles.emplace(file, tex_profile(*bytes));
  }
  return profiles;
}

// Lean sources in import order. Paths are absolute while sorting: an import may name a file from a
// source root above `folder`.
std::vector<std::string> lean_files(const std::string& folder, const std::vector<std::string>& files) {
  const std::string root = fs::absolute(folder).lexically_normal().string();
  const size_t prefix = root.size() + !root.ends_with('/');
  std::vector<LeanFile> sources;
  for (const std::string& file : files) {
    if (!is_plain(file, FileKind::lean) || file.substr(file.rfind('/') + 1) == "lakefile.lean") continue;
    const auto bytes = open_file(join(folder, file));
    sources.push_back({join(root, file), lean_imports(read_up_to(*bytes, kLeanHeaderBytes))});
  }
  std::vector<std::string> order = in_import_order(std::move(sources));
  for (std::string& path : order) path.erase(0, prefix);
  return order;
}

// Endings and how many files have them, most first: "14 .png, 2 .pdf".
std::string tally(const std::vector<std::string>& files) {
  std::map<std::string, int> counts;
  for (const std::string& file : files) {
    const std::string ending = fs::path(file).extension().string();
    ++counts[ending.empty() ? "without an ending" : ending];
  }
  std::vector<std::pair<int, std::string>> sorted;
  sorted.reserve(counts.size());
  for (const auto& [ending, count] : counts) sorted.emplace_back(-count, ending);
  std::sort(sorted.begin(), sorted.end());
  std::string text;
  for (size_t i = 0; i < sorted.size() && i < 5; ++i) {
    text += (i == 0 ? "" : ", ") + std::to_string(-sorted[i].first) + " " + sorted[i].second;
  }
  return text + (sorted.size() > 5 ? ", …" : "");
}

}  // namespace

std::vector<Readable> readables_of_folder(const std::string& folder, const ReadOptions& options) {
  std::vector<std::string> files;
  walk(folder, "", files);
  const std::set<std::string> tex = document_files(profiles_of(folder, files));

  std::vector<Readable> readables;
  std::vector<std::string> unknown;
  for (const std::string& file : files) {
    const FileName name = file_name(file);
    if (name.kind == FileKind::unknown) {
      unknown.push_back(file);
    } else if (!is_plain(file, FileKind::lean) && (!is_plain(file, FileKind::tex) || tex.contains(file))) {
      readables.push_back({join(folder, file), name.kind, folder});
    }
  }
  for (const std::string& file : lean_files(folder, files)) {
    readables.push_back({join(folder, file), FileKind::lean, folder});
  }
  if (readables.empty()) {
    throw Error(Errc::not_found, folder +
                                     ": nothing to read in this folder: no .txt, .md, .tex, .lean, .jsonl, "
                                     ".jsonl.zst or arXiv .tar.gz among its " +
                                     std::to_string(files.size()) + " files");
  }
  if (!unknown.empty()) options.on_notice({folder, "passed over files of other kinds: " + tally(unknown)});
  return readables;
}

}  // namespace rmt::corpora
