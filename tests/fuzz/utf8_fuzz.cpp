// Bytes as plain text: what comes out is valid, does not depend on how the bytes arrived, and the
// strict reader accepts exactly what the lossy one leaves alone.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <optional>
#include <string>

#include "corpora/error.h"
#include "corpora/readers/utf8.h"
#include "corpora/readers/utf8_feed.h"

using namespace rmt::corpora;

namespace {

class Trickle final : public ByteSource {
 public:
  Trickle(std::string content, size_t step) : content_(std::move(content)), step_(step) {}
  size_t read(std::span<char> to) override {
    const size_t take = std::min({to.size(), step_, content_.size() - from_});
    std::memcpy(to.data(), content_.data() + from_, take);
    from_ += take;
    return take;
  }

 private:
  std::string content_;
  size_t step_;
  size_t from_ = 0;
};

void require(bool holds) {
  if (!holds) std::abort();
}

std::optional<std::string> text_of(const std::string& bytes, size_t step, bool lossy) {
  ReadOptions options;
  options.lossy = lossy;
  Utf8Text source(std::make_unique<Trickle>(bytes, step), "input", options);
  try {
    std::string text, chunk;
    while (source.next(chunk)) {
      require(!chunk.empty() && utf8_prefix(chunk).valid == chunk.size());
      text += chunk;
    }
    return text;
  } catch (const Error&) {
    return std::nullopt;
  }
}

// The same by pushing the pieces.
std::optional<std::string> fed(const std::string& bytes, size_t step) {
  Utf8Feed feed("input");
  try {
    std::string text;
    for (size_t at = 0; at < bytes.size(); at += step) {
      const std::string piece = feed.push(std::string_view(bytes).substr(at, step));
      require(utf8_prefix(piece).valid == piece.size());
      text += piece;
    }
    feed.finish();
    return text;
  } catch (const Error&) {
    return std::nullopt;
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string content(reinterpret_cast<const char*>(data), size);
  // The reader looks at its first bytes together; behind a prefix the content arrives as it comes.
  for (const std::string& bytes : {content, std::string(kSignatureBytes, 'x') + content}) {
    const auto strict = text_of(bytes, SIZE_MAX, false), lossy = text_of(bytes, SIZE_MAX, true);
    for (const size_t step : {1, 3}) {
      require(text_of(bytes, step, false) == strict);
      require(text_of(bytes, step, true) == lossy);
      require(fed(bytes, step) == strict);
    }
    if (strict) require(lossy == strict);
    if (lossy) require(strict || utf8_prefix(bytes).valid < bytes.size());
    require(repaired_utf8(repaired_utf8(bytes)) == repaired_utf8(bytes));
  }
  return 0;
}
