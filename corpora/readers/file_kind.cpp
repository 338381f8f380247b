#include "corpora/readers/file_kind.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <utility>

namespace rmt::corpora {

namespace {

constexpr std::array<std::pair<std::string_view, FileKind>, 11> kEndings = {{
    {".txt", FileKind::text},
    {".text", FileKind::text},
    {".md", FileKind::markdown},
    {".markdown", FileKind::markdown},
    {".tex", FileKind::tex},
    {".ltx", FileKind::tex},
    {".latex", FileKind::tex},
    {".lean", FileKind::lean},
    {".jsonl", FileKind::records},
    {".ndjson", FileKind::records},
    {".tar", FileKind::package},
}};

std::string lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? char(c + 32) : c; });
  return out;
}

}  // namespace

FileName file_name(std::string_view path) {
  std::string name = lower(path.substr(path.find_last_of('/') + 1));
  if (name.ends_with(".tgz")) return {FileKind::package, true};
  FileName result;
  const bool gzip = name.ends_with(".gz");
  for (const std::string_view ending : {".gz", ".zst"}) {
    if (!name.ends_with(ending)) continue;
    name.resize(name.size() - ending.size());
    result.compressed = true;
    break;
  }
  for (const auto& [ending, kind] : kEndings) {
    if (name.ends_with(ending)) result.kind = kind;
  }
  // "2304.11062.gz" and "math0309136.gz", but not "table.csv.gz".
  const size_t dot = name.rfind('.');
  const bool ending = dot != std::string::npos && dot + 1 < name.size() && name[dot + 1] >= 'a' && name[dot + 1] <= 'z';
  if (gzip && !ending) result.kind = FileKind::package;
  return result;
}

bool is_tar(std::string_view head) {
  if (head.size() < kTarHeaderBytes || head[0] == '\0') return false;
  // The header holds, in octal, the sum of its own bytes with that field taken as spaces.
  constexpr size_t kSumAt = 148, kSumLength = 8;
  int64_t sum = 0, stated = 0;
  for (size_t i = 0; i < kTarHeaderBytes; ++i) {
    const bool in_field = i >= kSumAt && i < kSumAt + kSumLength;
    sum += in_field ? ' ' : static_cast<unsigned char>(head[i]);
  }
  bool digits = false;
  for (const char c : head.substr(kSumAt, kSumLength)) {
    if (c == ' ' && !digits) continue;
    if (c < '0' || c > '7') break;
    digits = true;
    stated = stated * 8 + (c - '0');
  }
  return digits && stated == sum;
}

}  // namespace rmt::corpora
