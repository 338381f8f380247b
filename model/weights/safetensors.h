// Tensors to and from the safetensors format, in memory and in files.
#pragma once

#include <ATen/core/Tensor.h>

#include <string>
#include <string_view>

#include "model/weights/mapped_file.h"
#include "model/weights/safetensors_header.h"
#include "model/weights/weight_source.h"

namespace rmt::model {

struct SafetensorsContent {
  NamedTensors tensors;  ///< in the order of their data
  SafetensorsMetadata metadata;
};

/// The same tensors and metadata make the same bytes, whatever the order, strides or device.
/// Throws Error: unsupported (a dtype), malformed (a name that comes twice or is not UTF-8).
std::string write_safetensors(const NamedTensors& tensors, const SafetensorsMetadata& metadata = {});

/// The same bytes into a file that appears whole or not at all. Also throws Error: not_found (the
/// folder), io.
void save_safetensors(const std::string& path, const NamedTensors& tensors, const SafetensorsMetadata& metadata = {});

/// Copies of all tensors, on the CPU. `where` names the bytes in messages.
/// Throws Error: truncated, malformed, unsupported.
SafetensorsContent read_safetensors(std::string_view bytes, const std::string& where = "safetensors data");

/// A mapped file, read tensor by tensor.
class SafetensorsFile {
 public:
  /// Throws Error: not_found, io, truncated, malformed, unsupported.
  explicit SafetensorsFile(const std::string& path);

  const std::string& path() const { return file_.path(); }
  std::string_view bytes() const { return file_.bytes(); }
  const SafetensorsHeader& header() const { return header_; }

  /// A copy in the stored dtype, of an entry of this file's header.
  at::Tensor load(const SafetensorsEntry& entry) const;

 private:
  MappedFile file_;
  SafetensorsHeader header_;
};

}  // namespace rmt::model
