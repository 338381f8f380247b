#include "model/weights/gguf_file.h"

#include <bit>
#include <utility>

#include "model/error.h"
#include "model/weights/gguf_cursor.h"

namespace rmt::model {

namespace {

constexpr uint32_t kMaxDimensions = 4;

void check_magic_and_version(GgufCursor& cursor, const std::string& where) {
  if (cursor.remaining() < 4 || cursor.take(4, "the magic") != "GGUF")
    throw Error(Errc::malformed, where + ": not a GGUF file (it does not start with the letters GGUF)");
  const auto version = cursor.number<uint32_t>("the version");
  if (version == 2 || version == 3) return;
  if (version != 0 && (version & 0xffff) == 0)
    throw Error(Errc::unsupported,
                where + ": a big-endian GGUF file; convert it with gguf-py's gguf_convert_endian.py");
  throw Error(Errc::unsupported, where + ": GGUF version " + std::to_string(version) +
                                     ", this program reads 2 and 3; convert the model again with a current llama.cpp");
}

/// The header of one tensor. Its data is not located yet: `offset` counts from the end of the directory.
GgufTensor read_tensor_info(GgufCursor& cursor, const std::string& where, uint64_t& offset) {
  GgufTensor tensor;
  tensor.name = cursor.string("a tensor's name");
  const std::string place = where + ": tensor " + shown(tensor.name);
  const auto dimensions = cursor.number<uint32_t>("a tensor's shape");
  if (dimensions > kMaxDimensions)
    throw Error(Errc::malformed, place + " has " + std::to_string(dimensions) + " dimensions; 4 is the most");
  tensor.shape.resize(dimensions);
  for (uint32_t i = 0; i < dimensions; ++i) {  // in the file the innermost comes first
    const auto size = cursor.number<uint64_t>("a tensor's shape");
    if (!std::in_range<int64_t>(size)) throw Error(Errc::malformed, place + " has a dimension above 2^63");
    tensor.shape[dimensions - 1 - i] = static_cast<int64_t>(size);
  }
  const auto type = cursor.number<uint32_t>("a tensor's type");
  const GgmlTypeInfo* found = find_ggml_type(type);
  if (found == nullptr)
    throw Error(Errc::unsupported, place + " has type number " + std::to_string(type) +
                                       ", which this program does not know; requantise the file to Q8_0 or Q4_K");
  tensor.type = *found;
  offset = cursor.number<uint64_t>("a tensor's offset");
  return tensor;
}

/// Throws Error(malformed) when the shape overflows or does not divide into blocks.
uint64_t byte_count(const GgufTensor& tensor, const std::string& where) {
  const std::string place = where + ": tensor " + shown(tensor.name);
  const std::optional<uint64_t> values = element_count(tensor.shape);
  if (!values) throw Error(Errc::malformed, place + " has the impossible shape " + describe(tensor.shape));
  const int64_t row = tensor.shape.empty() ? 1 : tensor.shape.back();
  if (row % tensor.type.block_values != 0)
    throw Error(Errc::malformed, place + ": rows of " + std::to_string(row) + " values are no whole blocks of " +
                                     std::string(tensor.type.name));
  return *values / tensor.type.block_values * tensor.type.block_bytes;  // at most 8 bytes a value: no overflow
}

/// Where tensor data may start: multiples of this, counted from the start of the file.
uint64_t alignment(const GgufMetadata& metadata, const std::string& where) {
  const uint32_t value = metadata.find_u32("general.alignment").value_or(32);
  if (!std::has_single_bit(value))
    throw Error(Errc::malformed,
                where + ": general.alignment is " + std::to_string(value) + ", expected a power of two");
  return value;
}

}  // namespace

GgufFile GgufFile::open(const std::string& path) {
  MappedFile file(path);
  GgufFile parsed(file.bytes(), path);
  parsed.file_ = std::move(file);
  return parsed;
}

GgufFile::GgufFile(std::string_view bytes, std::string where) : where_(std::move(where)), bytes_(bytes) {
  GgufCursor cursor(bytes_, where_);
  check_magic_and_version(cursor, where_);
  const auto tensors = cursor.number<uint64_t>("the number of tensors");
  const auto values = cursor.number<uint64_t>("the number of metadata values");
  metadata_ = GgufMetadata(cursor, values, where_);
  const std::vector<uint64_t> offsets = read_directory(cursor, tensors);
  locate_data(cursor.at(), offsets);
}

std::vector<uint64_t> GgufFile::read_directory(GgufCursor& cursor, uint64_t count) {
  std::vector<uint64_t> offsets;
  for (uint64_t i = 0; i < count; ++i) {  // ends at the latest when the bytes do
    tensors_.push_back(read_tensor_info(cursor, where_, offsets.emplace_back()));
    if (!index_.emplace(tensors_.back().name, i).second)
      throw Error(Errc::malformed, where_ + ": tensor " + shown(tensors_.back().name) + " appears twice");
  }
  return offsets;
}

void GgufFile::locate_data(uint64_t directory_end, const std::vector<uint64_t>& offsets) {
  const uint64_t step = alignment(metadata_, where_);
  const uint64_t start = (directory_end + step - 1) / step * step;
  const uint64_t room = start < bytes_.size() ? bytes_.size() - start : 0;
  for (size_t i = 0; i < tensors_.size(); ++i) {
    const uint64_t offset = offsets[i], bytes = byte_count(tensors_[i], where_);
    const std::string place = where_ + ": tensor " + shown(tensors_[i].name);
    if (offset % step != 0)
      throw Error(Errc::malformed,
                  place + " starts at offset " + std::to_string(offset) + ", no multiple of " + std::to_string(step));
    if (offset > room || bytes > room - offset)
      throw Error(Errc::truncated, place + " needs " + std::to_string(bytes) + " bytes at offset " +
                                       std::to_string(offset) + " of " + std::to_string(room) +
                                       " bytes of data; fetch the file again");
    if (bytes > 0) tensors_[i].data = bytes_.substr(start + offset, bytes);
  }
}

const GgufTensor* GgufFile::find_tensor(std::string_view name) const {
  const auto found = index_.find(name);
  return found == index_.end() ? nullptr : &tensors_[found->second];
}

}  // namespace rmt::model
