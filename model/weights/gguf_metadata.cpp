#include "model/weights/gguf_metadata.h"

#include <array>
#include <bit>
#include <cmath>
#include <utility>

#include "model/error.h"

namespace rmt::model {

static_assert(std::endian::native == std::endian::little, "weight files are little-endian");

namespace {

/// Arrays of arrays are legal; no known key nests deeper than this.
constexpr int kMaxArrayDepth = 4;

struct TypeInfo {
  const char* name;
  uint64_t bytes;  // of a value; of an empty one where they vary
};

/// Indexed by GgufType.
// clang-format off
constexpr std::array<TypeInfo, 13> kTypes = {{
    {"u8", 1}, {"i8", 1}, {"u16", 2}, {"i16", 2}, {"u32", 4}, {"i32", 4}, {"f32", 4},
    {"bool", 1}, {"string", 8}, {"array", 12}, {"u64", 8}, {"i64", 8}, {"f64", 8}}};
// clang-format on

const TypeInfo& info(GgufType type) {
  return kTypes[static_cast<size_t>(type)];
}

GgufType read_type(GgufCursor& cursor, const std::string& where) {
  const auto number = cursor.number<uint32_t>("a value's type");
  if (number >= kTypes.size())
    throw Error(Errc::malformed, where + ": byte " + std::to_string(cursor.at() - 4) + " holds value type " +
                                     std::to_string(number) + ", which does not exist");
  return static_cast<GgufType>(number);
}

void skip_value(GgufCursor& cursor, GgufType type, const std::string& where, int depth);

void skip_array(GgufCursor& cursor, const std::string& where, int depth) {
  if (depth > kMaxArrayDepth)
    throw Error(Errc::malformed, where + ": arrays nested more than " + std::to_string(kMaxArrayDepth) +
                                     " deep at byte " + std::to_string(cursor.at()));
  const GgufType element = read_type(cursor, where);
  const uint64_t count = cursor.count(info(element).bytes, "an array");
  if (element == GgufType::string || element == GgufType::array)
    for (uint64_t i = 0; i < count; ++i) skip_value(cursor, element, where, depth + 1);
  else
    cursor.take(count * info(element).bytes, "an array");
}

void skip_value(GgufCursor& cursor, GgufType type, const std::string& where, int depth) {
  if (type == GgufType::string)
    cursor.string("a string");
  else if (type == GgufType::array)
    skip_array(cursor, where, depth);
  else
    cursor.take(info(type).bytes, "a value");
}

/// Nothing for a value that is not an integer, or one above the largest int64.
std::optional<int64_t> read_integer(GgufCursor& cursor, GgufType type) {
  constexpr const char* kWhat = "a value";
  switch (type) {
    case GgufType::u8: return cursor.number<uint8_t>(kWhat);
    case GgufType::i8: return cursor.number<int8_t>(kWhat);
    case GgufType::u16: return cursor.number<uint16_t>(kWhat);
    case GgufType::i16: return cursor.number<int16_t>(kWhat);
    case GgufType::u32: return cursor.number<uint32_t>(kWhat);
    case GgufType::i32: return cursor.number<int32_t>(kWhat);
    case GgufType::i64: return cursor.number<int64_t>(kWhat);
    case GgufType::u64: {
      const auto value = cursor.number<uint64_t>(kWhat);
      if (std::in_range<int64_t>(value)) return static_cast<int64_t>(value);
      return std::nullopt;
    }
    default: return std::nullopt;
  }
}

std::optional<double> read_number(GgufCursor& cursor, GgufType type) {
  if (type == GgufType::f32) return cursor.number<float>("a value");
  if (type == GgufType::f64) return cursor.number<double>("a value");
  const std::optional<int64_t> integer = read_integer(cursor, type);
  return integer ? std::optional<double>(static_cast<double>(*integer)) : std::nullopt;
}

}  // namespace

struct GgufMetadata::Array {
  GgufCursor cursor;  // at the first element
  GgufType element;
  uint64_t count;
};

GgufMetadata::GgufMetadata(GgufCursor& cursor, uint64_t count, std::string where)
    : where_(std::move(where)), bytes_(cursor.bytes()) {
  for (uint64_t i = 0; i < count; ++i) {  // ends at the latest when the bytes do
    const std::string_view key = cursor.string("a metadata key");
    if (key.empty())
      throw Error(Errc::malformed, where_ + ": an empty metadata key at byte " + std::to_string(cursor.at()));
    const GgufType type = read_type(cursor, where_);
    if (!values_.emplace(key, Value{type, cursor.at()}).second)
      throw Error(Errc::malformed, where_ + ": metadata key " + shown(key) + " appears twice");
    skip_value(cursor, type, where_, 1);
  }
}

const GgufMetadata::Value* GgufMetadata::find(std::string_view key) const {
  const auto found = values_.find(key);
  return found == values_.end() ? nullptr : &found->second;
}

void GgufMetadata::wrong_kind(std::string_view key, const std::string& found, const char* wanted) const {
  throw Error(Errc::malformed, where_ + ": metadata key " + shown(key) + " holds " + found + ", expected " + wanted);
}

void GgufMetadata::missing(std::string_view key) const {
  throw Error(Errc::not_found,
              where_ + ": no metadata key " + shown(key) + "; convert the model again with a current llama.cpp");
}

std::optional<uint32_t> GgufMetadata::find_u32(std::string_view key) const {
  const Value* value = find(key);
  if (value == nullptr) return std::nullopt;
  GgufCursor cursor(bytes_, where_, value->at);
  const std::optional<int64_t> integer = read_integer(cursor, value->type);
  if (!integer) wrong_kind(key, info(value->type).name, "an integer");
  if (!std::in_range<uint32_t>(*integer)) wrong_kind(key, std::to_string(*integer), "an integer of 0 to 2^32 - 1");
  return static_cast<uint32_t>(*integer);
}

std::optional<double> GgufMetadata::find_number(std::string_view key) const {
  const Value* value = find(key);
  if (value == nullptr) return std::nullopt;
  GgufCursor cursor(bytes_, where_, value->at);
  const std::optional<double> number = read_number(cursor, value->type);
  if (!number) wrong_kind(key, info(value->type).name, "a number");
  if (!std::isfinite(*number)) wrong_kind(key, std::to_string(*number), "a finite number");
  return number;
}

std::optional<bool> GgufMetadata::find_bool(std::string_view key) const {
  const Value* value = find(key);
  if (value == nullptr) return std::nullopt;
  if (value->type != GgufType::boolean) wrong_kind(key, info(value->type).name, "a bool");
  const auto byte = GgufCursor(bytes_, where_, value->at).number<uint8_t>("a value");
  if (byte > 1) wrong_kind(key, "byte " + std::to_string(byte), "a bool of 0 or 1");
  return byte == 1;
}

std::optional<std::string_view> GgufMetadata::find_string(std::string_view key) const {
  const Value* value = find(key);
  if (value == nullptr) return std::nullopt;
  if (value->type != GgufType::string) wrong_kind(key, info(value->type).name, "a string");
  return GgufCursor(bytes_, where_, value->at).string("a string");
}

uint32_t GgufMetadata::require_u32(std::string_view key) const {
  if (const auto value = find_u32(key)) return *value;
  missing(key);
}

double GgufMetadata::require_number(std::string_view key) const {
  if (const auto value = find_number(key)) return *value;
  missing(key);
}

std::string_view GgufMetadata::require_string(std::string_view key) const {
  if (const auto value = find_string(key)) return *value;
  missing(key);
}

GgufMetadata::Array GgufMetadata::open_array(std::string_view key) const {
  const Value* value = find(key);
  if (value == nullptr) missing(key);
  if (value->type != GgufType::array) wrong_kind(key, info(value->type).name, "an array");
  GgufCursor cursor(bytes_, where_, value->at);
  const GgufType element = read_type(cursor, where_);
  const uint64_t count = cursor.count(info(element).bytes, "an array");
  return {cursor, element, count};
}

std::vector<std::string_view> GgufMetadata::strings(std::string_view key) const {
  Array array = open_array(key);
  if (array.element != GgufType::string)
    wrong_kind(key, std::string("an array of ") + info(array.element).name, "strings");
  std::vector<std::string_view> values;
  values.reserve(array.count);
  for (uint64_t i = 0; i < array.count; ++i) values.push_back(array.cursor.string("a string"));
  return values;
}

std::vector<int64_t> GgufMetadata::integers(std::string_view key) const {
  Array array = open_array(key);
  std::vector<int64_t> values;
  for (uint64_t i = 0; i < array.count; ++i) {
    const std::optional<int64_t> value = read_integer(array.cursor, array.element);
    if (!value) wrong_kind(key, std::string("an array of ") + info(array.element).name, "integers below 2^63");
    values.push_back(*value);
  }
  return values;
}

std::vector<float> GgufMetadata::floats(std::string_view key) const {
  Array array = open_array(key);
  if (array.element != GgufType::f32) wrong_kind(key, std::string("an array of ") + info(array.element).name, "f32");
  std::vector<float> values;
  values.reserve(array.count);
  for (uint64_t i = 0; i < array.count; ++i) values.push_back(array.cursor.number<float>("an array"));
  return values;
}

}  // namespace rmt::model
