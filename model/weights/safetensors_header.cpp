#include "model/weights/safetensors_header.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <set>
#include <tuple>
#include <utility>

#include "model/error.h"
#include "model/weights/safetensors_json.h"

namespace rmt::model {

static_assert(std::endian::native == std::endian::little, "weight files are little-endian");

namespace {

constexpr uint64_t kLengthBytes = 8, kMaxHeader = 100'000'000;

struct DtypeInfo {
  std::string_view name;
  uint64_t bytes;
};

/// Indexed by Dtype.
// clang-format off
constexpr std::array<DtypeInfo, 10> kDtypes = {{
    {"BOOL", 1}, {"U8", 1}, {"I8", 1}, {"I16", 2}, {"F16", 2}, {"BF16", 2}, {"I32", 4}, {"F32", 4}, {"F64", 8}, {"I64", 8}}};
// clang-format on

Dtype dtype_of(const std::string& text, const std::string& place) {
  for (size_t i = 0; i < kDtypes.size(); ++i)
    if (kDtypes[i].name == text) return static_cast<Dtype>(i);
  throw Error(Errc::unsupported, place + " has dtype " + shown(text) +
                                     "; this program reads F64, F32, F16, BF16, I64, I32, I16, I8, U8 and BOOL");
}

SafetensorsEntry checked(const SafetensorsJsonEntry& json, const std::string& where) {
  const std::string place = where + ": tensor " + shown(json.name);
  SafetensorsEntry entry{json.name, dtype_of(json.dtype, place), {}, json.offsets[0], json.offsets[1]};
  for (const uint64_t size : json.shape) {
    if (!std::in_range<int64_t>(size)) throw Error(Errc::malformed, place + " has a dimension above 2^63");
    entry.shape.push_back(static_cast<int64_t>(size));
  }
  const std::optional<uint64_t> values = element_count(entry.shape);
  if (!values) throw Error(Errc::malformed, place + " has the impossible shape " + describe(entry.shape));
  if (entry.from > entry.to || entry.bytes() != *values * byte_size(entry.dtype))
    throw Error(Errc::malformed, place + ": offsets " + std::to_string(entry.from) + " to " + std::to_string(entry.to) +
                                     " do not fit " + std::string(name(entry.dtype)) + " " + describe(entry.shape));
  return entry;
}

/// Sorted by place, each tensor must start where the one before it ends, and the last end the file.
void check_places(const SafetensorsHeader& header, uint64_t data_bytes, const std::string& where) {
  uint64_t end = 0;
  for (const SafetensorsEntry& entry : header.entries) {
    if (entry.from != end)
      throw Error(Errc::malformed, where + ": tensor " + shown(entry.name) + " starts at offset " +
                                       std::to_string(entry.from) + " where the one before it ends at " +
                                       std::to_string(end) + " (a hole or an overlap)");
    end = entry.to;
  }
  if (end > data_bytes)
    throw Error(Errc::truncated, where + ": the header promises " + std::to_string(end) + " bytes of tensors, " +
                                     std::to_string(data_bytes) + " are there; fetch the file again");
  if (end < data_bytes)
    throw Error(Errc::malformed, where + ": " + std::to_string(data_bytes - end) + " bytes after the last tensor");
}

uint64_t header_length(std::string_view file, const std::string& where) {
  if (file.size() < kLengthBytes)
    throw Error(Errc::truncated, where + ": " + std::to_string(file.size()) + " bytes are no safetensors file");
  uint64_t length;
  std::memcpy(&length, file.data(), kLengthBytes);
  if (length > kMaxHeader)
    throw Error(Errc::malformed, where + ": a header of " + std::to_string(length) +
                                     " bytes, 100 MB is the most; this is no safetensors file");
  if (length > file.size() - kLengthBytes)
    throw Error(Errc::truncated, where + ": the header has " + std::to_string(length) + " bytes, the file only " +
                                     std::to_string(file.size() - kLengthBytes) + " more; fetch the file again");
  return length;
}

}  // namespace

std::string_view name(Dtype dtype) {
  return kDtypes[static_cast<size_t>(dtype)].name;
}
uint64_t byte_size(Dtype dtype) {
  return kDtypes[static_cast<size_t>(dtype)].bytes;
}

SafetensorsHeader parse_safetensors_header(std::string_view file, const std::string& where) {
  const uint64_t length = header_length(file, where);
  const SafetensorsJson json = parse_safetensors_json(file.substr(kLengthBytes, length), where);
  SafetensorsHeader header;
  header.metadata = json.metadata;
  header.data_from = kLengthBytes + length;
  for (const SafetensorsJsonEntry& entry : json.entries) header.entries.push_back(checked(entry, where));
  std::sort(header.entries.begin(), header.entries.end(), [](const auto& a, const auto& b) {
    return std::tie(a.from, a.to, a.name) < std::tie(b.from, b.to, b.name);
  });
  check_places(header, file.size() - header.data_from, where);
  return header;
}

SafetensorsHeader lay_out(std::vector<SafetensorsEntry> entries, SafetensorsMetadata metadata) {
  // Wide types first keeps every tensor aligned.
  std::sort(entries.begin(), entries.end(),
            [](const auto& a, const auto& b) { return a.dtype != b.dtype ? a.dtype > b.dtype : a.name < b.name; });
  std::set<std::string_view> names{"__metadata__"};
  uint64_t end = 0;
  for (SafetensorsEntry& entry : entries) {
    if (!names.insert(entry.name).second)
      throw Error(Errc::malformed, "tensors to be written: the name " + shown(entry.name) + " is taken");
    entry.from = end;
    end += element_count(entry.shape).value() * byte_size(entry.dtype);
    entry.to = end;
  }
  return {std::move(entries), std::move(metadata), 0};
}

std::string format_safetensors_header(const SafetensorsHeader& header) {
  SafetensorsJson json;
  json.metadata = header.metadata;
  for (const SafetensorsEntry& entry : header.entries)
    json.entries.push_back(
        {entry.name, std::string(name(entry.dtype)), {entry.shape.begin(), entry.shape.end()}, {entry.from, entry.to}});
  std::string text = format_safetensors_json(json);
  text.resize((text.size() + 7) / 8 * 8, ' ');  // the data starts aligned
  const uint64_t length = text.size();
  std::string prefix(kLengthBytes, '\0');
  std::memcpy(prefix.data(), &length, kLengthBytes);
  return prefix + text;
}

}  // namespace rmt::model
