#include "model/weights/safetensors.h"

#include <ATen/Parallel.h>
#include <ATen/ops/empty.h>

#include <algorithm>
#include <cstring>
#include <map>
#include <utility>

#include "model/error.h"
#include "model/weights/atomic_file.h"

namespace rmt::model {

namespace {

at::ScalarType scalar_type(Dtype dtype) {
  switch (dtype) {
    case Dtype::boolean: return at::kBool;
    case Dtype::u8: return at::kByte;
    case Dtype::i8: return at::kChar;
    case Dtype::i16: return at::kShort;
    case Dtype::f16: return at::kHalf;
    case Dtype::bf16: return at::kBFloat16;
    case Dtype::i32: return at::kInt;
    case Dtype::f32: return at::kFloat;
    case Dtype::f64: return at::kDouble;
    case Dtype::i64: return at::kLong;
  }
  return at::kByte;
}

Dtype dtype_of(const std::string& tensor, at::ScalarType type) {
  for (const Dtype dtype : {Dtype::boolean, Dtype::u8, Dtype::i8, Dtype::i16, Dtype::f16, Dtype::bf16, Dtype::i32,
                            Dtype::f32, Dtype::f64, Dtype::i64})
    if (scalar_type(dtype) == type) return dtype;
  throw Error(Errc::unsupported, "tensor " + shown(tensor) + " of type " + c10::toString(type) +
                                     " has no place in a safetensors file of ours");
}

/// Page by page is slow on one thread when the memory is fresh.
void copy_bytes(void* to, std::string_view from) {
  constexpr int64_t kAtOnce = 4 << 20;
  at::parallel_for(0, static_cast<int64_t>(from.size()), kAtOnce, [&](int64_t begin, int64_t end) {
    std::memcpy(static_cast<char*>(to) + begin, from.data() + begin, static_cast<size_t>(end - begin));
  });
}

/// `data` may start anywhere: files written by others need not be aligned.
at::Tensor copy_of(std::string_view data, const SafetensorsEntry& entry) {
  // A bool that is neither 0 nor 1 must not reach code that believes in bools.
  const bool is_bool = entry.dtype == Dtype::boolean;
  at::Tensor tensor = at::empty(entry.shape, is_bool ? at::kByte : scalar_type(entry.dtype));
  copy_bytes(tensor.mutable_data_ptr(), data);
  return is_bool ? tensor.to(at::kBool) : tensor;
}

std::string_view data_of(std::string_view file, const SafetensorsHeader& header, const SafetensorsEntry& entry) {
  return file.substr(header.data_from + entry.from, entry.bytes());
}

/// Hands the pieces of the file to `write`, first to last.
template <typename Write>
void write_pieces(const NamedTensors& tensors, const SafetensorsMetadata& metadata, Write write) {
  std::map<std::string_view, const at::Tensor*> by_name;
  std::vector<SafetensorsEntry> entries;
  for (const auto& [name, tensor] : tensors) {
    entries.push_back({name, dtype_of(name, tensor.scalar_type()), tensor.sizes().vec(), 0, 0});
    by_name[name] = &tensor;
  }
  const SafetensorsHeader header = lay_out(std::move(entries), metadata);
  write(format_safetensors_header(header));
  for (const SafetensorsEntry& entry : header.entries) {
    const at::Tensor tensor = by_name.at(entry.name)->detach().to(at::kCPU).contiguous();
    write(std::string_view(static_cast<const char*>(tensor.const_data_ptr()), entry.bytes()));
  }
}

}  // namespace

std::string write_safetensors(const NamedTensors& tensors, const SafetensorsMetadata& metadata) {
  std::string bytes;
  write_pieces(tensors, metadata, [&](std::string_view piece) { bytes += piece; });
  return bytes;
}

void save_safetensors(const std::string& path, const NamedTensors& tensors, const SafetensorsMetadata& metadata) {
  AtomicFile file(path);
  write_pieces(tensors, metadata, [&](std::string_view piece) { file.write(piece); });
  file.commit();
}

SafetensorsContent read_safetensors(std::string_view bytes, const std::string& where) {
  SafetensorsHeader header = parse_safetensors_header(bytes, where);
  SafetensorsContent content;
  for (const SafetensorsEntry& entry : header.entries)
    content.tensors.emplace_back(entry.name, copy_of(data_of(bytes, header, entry), entry));
  content.metadata = std::move(header.metadata);
  return content;
}

SafetensorsFile::SafetensorsFile(const std::string& path)
    : file_(path), header_(parse_safetensors_header(file_.bytes(), path)) {}

at::Tensor SafetensorsFile::load(const SafetensorsEntry& entry) const {
  return copy_of(data_of(file_.bytes(), header_, entry), entry);
}

}  // namespace rmt::model
