// A vocab.txt, then a byte 0, then a text.
#include <cstdint>
#include <string_view>

#include "corpora/error.h"
#include "corpora/tokenizers/wordpiece.h"
#include "tests/fuzz/tokenizer_promises.h"

using namespace rmt::corpora;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const size_t end = std::min(input.find('\0'), input.size());
  try {
    const WordPiece tokenizer(read_vocab_txt(input.substr(0, end), {}, "input"), "input");
    check_promises(tokenizer, input.substr(std::min(end + 1, input.size())));
  } catch (const Error&) {
  }
  return 0;
}
