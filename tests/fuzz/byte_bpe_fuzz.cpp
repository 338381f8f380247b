// A byte of options, merges by line, a byte 0, then a text, which comes back whole.
#include <cstdint>
#include <cstdlib>
#include <set>
#include <string>
#include <string_view>

#include "corpora/error.h"
#include "corpora/tokenizers/byte_alphabet.h"
#include "corpora/tokenizers/byte_bpe.h"
#include "tests/fuzz/tokenizer_promises.h"

using namespace rmt::corpora;

namespace {

// All bytes, and what the merges make.
ByteBpeSpec spec_of(std::string_view merges) {
  const ByteAlphabet alphabet;
  ByteBpeSpec spec;
  std::set<std::string> known;
  const auto add = [&](const std::string& piece) {
    if (known.insert(piece).second) spec.pieces.push_back(piece);
  };
  for (int byte = 0; byte < 256; ++byte) add(alphabet.spelling(static_cast<unsigned char>(byte)));
  while (!merges.empty()) {
    const size_t end = std::min(merges.find('\n'), merges.size());
    std::string merge(merges.substr(0, end));
    merges.remove_prefix(std::min(end + 1, merges.size()));
    spec.merges.push_back(merge);
    if (const size_t space = merge.find(' '); space != std::string::npos) add(merge.erase(space, 1));
  }
  return spec;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  const std::string_view input(reinterpret_cast<const char*>(data) + 1, size - 1);
  const size_t end = std::min(input.find('\0'), input.size());
  const std::string_view text = input.substr(std::min(end + 1, input.size()));
  try {
    ByteBpeSpec spec = spec_of(input.substr(0, end));
    spec.pre_tokenizer = static_cast<PreTokenizer>(data[0] & 3);
    spec.nfc = (data[0] & 4) != 0;
    spec.whole_words = (data[0] & 8) != 0;
    if ((data[0] & 16) != 0) {
      spec.added.push_back({static_cast<int32_t>(spec.pieces.size()), "a b", false});
      spec.pieces.push_back("a b");
    }
    const ByteBpe tokenizer(std::move(spec), "input");
    check_promises(tokenizer, text);
    Tokens tokens;
    tokenizer.encode(text, tokens);
    if ((data[0] & 4) == 0 && tokenizer.decode(tokens.ids) != text) std::abort();
  } catch (const Error&) {
  }
  return 0;
}
