// A GGUF file taken apart: its metadata and the directory of its tensors. No libtorch here, because
// the vocabulary inside is wanted where there is none.
//
// Format: github.com/ggml-org/ggml, docs/gguf.md; versions 2 and 3, little-endian.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/weights/ggml_type.h"
#include "model/weights/gguf_metadata.h"
#include "model/weights/mapped_file.h"
#include "model/weights/tensor_shape.h"

namespace rmt::model {

/// The name and the data are views into the file.
struct GgufTensor {
  std::string_view name;
  GgmlTypeInfo type;
  Shape shape;  ///< outermost first: the reverse of the order in the file
  std::string_view data;
};

class GgufFile {
 public:
  /// Throws Error: not_found, io, and like the constructor.
  static GgufFile open(const std::string& path);

  /// `bytes` must outlive the object; `where` names them in messages. Throws Error: truncated,
  /// malformed, unsupported (version, byte order, a tensor type of unknown size).
  GgufFile(std::string_view bytes, std::string where);

  const std::string& where() const { return where_; }
  std::string_view bytes() const { return bytes_; }
  const GgufMetadata& metadata() const { return metadata_; }
  const std::vector<GgufTensor>& tensors() const { return tensors_; }
  /// Null when there is none.
  const GgufTensor* find_tensor(std::string_view name) const;

 private:
  /// Fills tensors_ but for their data; returns where it starts, counted from the end of the directory.
  std::vector<uint64_t> read_directory(GgufCursor& cursor, uint64_t count);
  void locate_data(uint64_t directory_end, const std::vector<uint64_t>& offsets);

  std::optional<MappedFile> file_;  // empty when the bytes are someone else's
  std::string where_;
  std::string_view bytes_;
  GgufMetadata metadata_;
  std::vector<GgufTensor> tensors_;
  std::map<std::string_view, size_t> index_;
};

}  // namespace rmt::model
