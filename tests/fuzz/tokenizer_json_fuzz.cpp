// A tokenizer.json from anywhere: refused with an Error, or a tokenizer that keeps its promises.
#include <cstdint>
#include <string_view>

#include "corpora/error.h"
#include "corpora/tokenizers/tokenizer_json.h"
#include "tests/fuzz/tokenizer_promises.h"

using namespace rmt::corpora;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  try {
    const TokenizerJson json({reinterpret_cast<const char*>(data), size}, "input");
    const auto tokenizer = json.make({});
    check_promises(*tokenizer, "the n\u00e4xt  (word) 12\n\n it's\t\u4e2d\u6587 e\u0301 <a> end");
  } catch (const Error&) {
  }
  return 0;
}
