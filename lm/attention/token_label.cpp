#include "lm/attention/token_label.h"

#include <fmt/format.h>

#include <string_view>

#include "corpora/tokenizers/code_point.h"

namespace rmt::lm {

namespace {

void append_label(std::string& label, std::string_view bytes) {
  const auto byte = static_cast<unsigned char>(bytes.front());
  if (byte == ' ')
    label += "▁";
  else if (byte == '\n')
    label += "⏎";
  else if (byte == '\t')
    label += "⇥";
  else if (bytes.size() == 1 && (byte < 0x20 || byte >= 0x7f))
    label += fmt::format("<0x{:02X}>", byte);
  else
    label += bytes;
}

}  // namespace

std::string token_label(const corpora::Tokenizer& tokenizer, int32_t id) {
  // Byte-level pieces are spelled in an alphabet of their own; the others' spelling is what one reads.
  const bool byte_level = tokenizer.info().kind == "byte-bpe";
  const std::string text = byte_level ? tokenizer.decode({&id, 1}) : tokenizer.piece(id);
  std::string label;
  for (size_t at = 0; at < text.size();) {
    const size_t length = corpora::code_point_at(text, at).bytes;
    append_label(label, std::string_view(text).substr(at, length));
    at += length;
  }
  return label.empty() ? fmt::format("<{}>", id) : label;
}

}  // namespace rmt::lm
