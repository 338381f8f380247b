// A tar archive, also inside gzip: a package is read within its limits or refused.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "corpora/error.h"
#include "corpora/readers/arxiv_package.h"
#include "corpora/readers/compressed.h"

using namespace rmt::corpora;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string bytes(reinterpret_cast<const char*>(data), size);
  const bool packed = is_gzip(bytes);
  std::unique_ptr<ByteSource> source = bytes_of(std::move(bytes));
  if (packed) source = gunzip(std::move(source), "input");
  constexpr int64_t kText = 1 << 20;
  try {
    const TexMembers members =
        read_package(std::move(source), "input", {.members = 100, .total_bytes = 8 << 20, .text_bytes = kText});
    int64_t kept = 0;
    for (const auto& [path, content] : members) {
      if (path.empty() || path.starts_with('/') || path.starts_with("../") || path == "..") std::abort();
      kept += static_cast<int64_t>(content.size());
    }
    if (kept > kText) std::abort();
  } catch (const Error&) {
  }
  return 0;
}
