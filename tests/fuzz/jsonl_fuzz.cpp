// A .jsonl file, also inside zstd or gzip: every record is text or a broken line, and reading ends.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "corpora/error.h"
#include "corpora/readers/compressed.h"
#include "corpora/readers/jsonl.h"
#include "corpora/readers/utf8.h"

using namespace rmt::corpora;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string bytes(reinterpret_cast<const char*>(data), size);
  for (const bool lossy : {false, true}) {
    ReadOptions options;
    options.lossy = lossy;
    options.skip_broken = true;
    std::unique_ptr<ByteSource> source = bytes_of(bytes);
    if (is_zstd(bytes)) source = unzstd(std::move(source), "input");
    if (is_gzip(bytes)) source = gunzip(std::move(source), "input");
    JsonlReader reader(std::move(source), "input", options, 1 << 20);
    try {
      // A few compressed bytes may stand for endless lines.
      for (int records = 0; records < 1000; ++records) {
        const auto document = reader.next();
        if (!document) break;
        const std::string text = read_all(*document->text);
        if (utf8_prefix(text).valid != text.size() || document->id.empty()) std::abort();
      }
    } catch (const Error&) {
    }
  }
  return 0;
}
