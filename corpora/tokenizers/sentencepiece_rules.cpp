#include "corpora/tokenizers/sentencepiece_rules.h"

#include <cstdint>
#include <optional>

#include "corpora/error.h"

namespace rmt::corpora {

namespace {

// A protocol buffer message, field by field.
class Fields {
 public:
  Fields(std::string_view file, std::string_view message, const std::string& where)
      : file_(file), rest_(message), where_(where) {}

  struct Field {
    uint64_t number = 0;
    uint64_t value = 0;      // of a varint
    std::string_view bytes;  // of a string or message
  };

  std::optional<Field> next() {
    if (rest_.empty()) return std::nullopt;
    const uint64_t tag = varint();
    Field field;
    field.number = tag >> 3;
    switch (tag & 7) {
      case 0: field.value = varint(); break;
      case 1: take(8); break;
      case 2: field.bytes = take(varint()); break;
      case 5: take(4); break;
      default: broken("has a field of a kind that does not exist");
    }
    return field;
  }

  Fields inside(const Field& field) const { return Fields(file_, field.bytes, where_); }

 private:
  uint64_t varint() {
    uint64_t value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      const auto byte = static_cast<unsigned char>(take(1).front());
      value |= uint64_t{byte & 0x7fu} << shift;
      if (byte < 0x80) return value;
    }
    broken("has a number that does not end");
  }

  std::string_view take(uint64_t count) {
    if (count > rest_.size()) broken("ends inside a field");
    const std::string_view taken = rest_.substr(0, count);
    rest_.remove_prefix(count);
    return taken;
  }

  [[noreturn]] void broken(const std::string& what) const {
    throw Error(Errc::malformed, where_ + ": no sentencepiece model: the protocol buffer " + what + " at byte " +
                                     std::to_string(rest_.data() - file_.data()));
  }

  std::string_view file_, rest_;
  const std::string& where_;
};

// Numbers are those of sentencepiece_model.proto.
void read_trainer(Fields fields, SentencePieceRules& rules) {
  while (const auto field = fields.next()) {
    if (field->number == 3 && field->value >= 1 && field->value <= 4)
      rules.model = static_cast<SentencePieceRules::Model>(field->value);
    if (field->number == 24) rules.space_as_suffix = field->value != 0;
    if (field->number == 35) rules.byte_fallback = field->value != 0;
    if (field->number == 44) rules.unknown_text = field->bytes;
  }
}

void read_normalizer(Fields fields, SentencePieceRules& rules) {
  while (const auto field = fields.next()) {
    if (field->number == 2) rules.maps_characters = !field->bytes.empty();
    if (field->number == 3) rules.add_dummy_prefix = field->value != 0;
    if (field->number == 4) rules.remove_extra_whitespaces = field->value != 0;
    if (field->number == 5) rules.escape_whitespaces = field->value != 0;
  }
}

void read_denormalizer(Fields fields, SentencePieceRules& rules) {
  while (const auto field = fields.next())
    if (field->number == 2) rules.maps_decoded_text = !field->bytes.empty();
}

}  // namespace

SentencePieceRules read_sentencepiece_rules(std::string_view model, const std::string& where) {
  SentencePieceRules rules;
  Fields fields(model, model, where);
  while (const auto field = fields.next()) {
    if (field->number == 2) read_trainer(fields.inside(*field), rules);
    if (field->number == 3) read_normalizer(fields.inside(*field), rules);
    if (field->number == 5) read_denormalizer(fields.inside(*field), rules);
  }
  return rules;
}

}  // namespace rmt::corpora
