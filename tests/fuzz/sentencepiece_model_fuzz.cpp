// A sentencepiece .model from anywhere: refused with an Error, or a tokenizer that keeps its promises.
#include <cstdint>
#include <string_view>

#include "corpora/error.h"
#include "corpora/tokenizers/sentencepiece.h"
#include "tests/fuzz/tokenizer_promises.h"

using namespace rmt::corpora;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  try {
    const SentencePiece tokenizer({reinterpret_cast<const char*>(data), size}, {}, "input");
    check_promises(tokenizer, "the n\u00e4xt  word 12\n\n it's\t\u4e2d\u2581 end");
  } catch (const Error&) {
  }
  return 0;
}
