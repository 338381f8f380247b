#include "corpora/readers/lean_imports.h"

#include <algorithm>
#include <map>
#include <optional>
#include <queue>
#include <set>

#include "corpora/error.h"
#include "corpora/readers/tex_files.h"

namespace rmt::corpora {

namespace {

constexpr std::string_view kQuoteOpen = "«", kQuoteClose = "»";

// Reads the header of a Lean file, word by word.
class HeaderReader {
 public:
  explicit HeaderReader(std::string_view source) : rest_(source) {}

  /// The next word, or nothing when what comes next is none.
  std::string_view word() {
    skip_blanks();
    return take(word_length());
  }

  /// `A.B.«C d»` as "A/B/C d"; empty when no name stands here.
  std::string module_path() {
    std::string path;
    skip_blanks();
    for (;;) {
      const std::string_view part = rest_.starts_with(kQuoteOpen) ? quoted() : take(word_length());
      if (part.empty()) return {};
      path += part;
      if (!rest_.starts_with('.')) return path;
      path += '/';
      rest_.remove_prefix(1);
    }
  }

  /// True when `keyword` comes next, which is then taken.
  bool accept(std::string_view keyword) {
    HeaderReader ahead = *this;
    if (ahead.word() != keyword) return false;
    *this = ahead;
    return true;
  }

 private:
  static bool is_word_byte(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '\'' ||
           c == '!' || c == '?' || static_cast<unsigned char>(c) >= 0x80;
  }
  size_t word_length() const {
    size_t end = 0;
    while (end < rest_.size() && is_word_byte(rest_[end])) ++end;
    return end;
  }
  std::string_view take(size_t length) {
    const std::string_view taken = rest_.substr(0, length);
    rest_.remove_prefix(length);
    return taken;
  }
  std::string_view quoted() {
    const size_t end = rest_.find(kQuoteClose);
    if (end == std::string_view::npos) return {};
    const std::string_view inside = take(end).substr(kQuoteOpen.size());
    rest_.remove_prefix(kQuoteClose.size());
    return inside;
  }

  void skip_blanks() {
    for (;;) {
      rest_.remove_prefix(std::min(rest_.find_first_not_of(" \t\r\n"), rest_.size()));
      if (rest_.starts_with("--")) {
        rest_.remove_prefix(std::min(rest_.find('\n'), rest_.size()));
      } else if (rest_.starts_with("/-")) {
        skip_block_comment();
      } else {
        return;
      }
    }
  }
  void skip_block_comment() {
    for (int64_t depth = 0; !rest_.empty();) {
      const bool opens = rest_.starts_with("/-"), closes = rest_.starts_with("-/");
      depth += opens - closes;
      rest_.remove_prefix(opens || closes ? 2 : 1);
      if (depth == 0) return;
    }
  }

  std::string_view rest_;
};

// The place of the file that `import` means in `importer`, by the nearest folder above both.
std::optional<size_t> resolve(const std::map<std::string, size_t>& places, const std::string& importer,
                              const std::string& import) {
  bool itself = false;
  for (std::string folder = importer; !folder.empty();) {
    const size_t slash = folder.rfind('/');
    folder.resize(slash == std::string::npos ? 0 : slash);
    const auto found = places.find(slash == std::string::npos ? import : folder + "/" + import);
    if (found == places.end()) continue;
    if (found->first != importer) return found->second;
    itself = true;
  }
  if (itself) return places.at(importer);
  return std::nullopt;
}

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

std::vector<std::string> lean_imports(std::string_view source) {
  std::vector<std::string> imports;
  if (source.starts_with("\xEF\xBB\xBF")) source.remove_prefix(3);
  HeaderReader header(source);
  header.accept("module");
  header.accept("prelude");
  for (;;) {
    header.accept("public");
    header.accept("meta");
    if (!header.accept("import")) return imports;
    header.accept("all");
    const std::string path = header.module_path();
    if (path.empty()) return imports;
    imports.push_back(path + ".lean");
  }
}

std::vector<std::string> in_import_order(const std::vector<LeanFile>& unsorted) {
  std::vector<LeanFile> files = unsorted;
  std::sort(files.begin(), files.end(), [](const LeanFile& a, const LeanFile& b) { return a.path < b.path; });
  std::map<std::string, size_t> places;
  for (size_t i = 0; i < files.size(); ++i) places.emplace(files[i].path, i);

  std::vector<std::set<size_t>> imports(files.size()), importers(files.size());
  std::vector<size_t> waiting(files.size());  // imports not yet in the order
  for (size_t i = 0; i < files.size(); ++i) {
    for (const std::string& import : files[i].imports) {
      const auto target = resolve(places, files[i].path, import);
      if (!target) continue;
      waiting[i] += imports[i].insert(*target).second;
      importers[*target].insert(i);
    }
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
