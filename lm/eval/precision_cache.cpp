#include "lm/eval/precision_cache.h"

#include <fstream>
#include <nlohmann/json.hpp>

#include "model/error.h"
#include "model/weights/atomic_file.h"

namespace rmt::lm {

namespace fs = std::filesystem;
using nlohmann::json;

namespace {

constexpr int kFormat = 1;

json read_entries(const fs::path& file) {
  std::ifstream in(file);
  const json content = json::parse(in, nullptr, /*allow_exceptions=*/false);
  if (!content.is_object() || content.value("format", 0) != kFormat) return json::object();
  return content.value("entries", json::object());
}

}  // namespace

PrecisionEntry PrecisionCache::find(const std::string& key) const try {
  const json entries = read_entries(file_);
  PrecisionEntry entry;
  if (!entries.contains(key)) return entry;
  entries.at(key).at("tokens_per_s").get_to(entry.tokens_per_second);
  entries.at(key).at("ppl").get_to(entry.perplexity);
  return entry;
} catch (const json::exception&) {
  return {};
}

void PrecisionCache::store(const std::string& key, PrecisionEntry entry) const try {
  while (entry.perplexity.size() > kMostSamples) entry.perplexity.erase(entry.perplexity.begin());
  json entries = read_entries(file_);
  entries[key] = {{"tokens_per_s", entry.tokens_per_second}, {"ppl", entry.perplexity}};
  fs::create_directories(file_.parent_path());
  model::AtomicFile out(file_.string());
  out.write(json{{"format", kFormat}, {"entries", entries}}.dump(1) + "\n");
  out.commit();
} catch (const json::exception&) {
} catch (const model::Error&) {
} catch (const fs::filesystem_error&) {
}

fs::path precision_cache_file(const std::string& xdg_cache_home, const std::string& home) {
  const fs::path base = xdg_cache_home.empty() ? fs::path(home) / ".cache" : fs::path(xdg_cache_home);
  return base / "rmt-lm" / "precision.json";
}

}  // namespace rmt::lm
