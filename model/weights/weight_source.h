// Where a backbone's tensors come from: one face for safetensors, GGUF and tensors made in memory.
#pragma once

#include <ATen/core/Tensor.h>

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "model/config.h"
#include "model/weights/sha256.h"

namespace rmt::model {

using NamedTensors = std::vector<std::pair<std::string, at::Tensor>>;

/// Tensors by their Hugging Face names, whatever the file calls them.
class WeightSource {
 public:
  virtual ~WeightSource() = default;

  virtual std::vector<std::string> names() const = 0;
  virtual bool contains(const std::string& name) const = 0;

  /// A contiguous fp32 copy on the CPU, dequantised where the file is quantised, in the shape and
  /// layout of the Hugging Face checkpoint. Throws Error: not_found, truncated, mismatch when the
  /// stored shape is not `shape`.
  virtual at::Tensor load(const std::string& name, at::IntArrayRef shape) const = 0;

  /// Hex sha256 of the file or files the tensors are in.
  virtual const std::string& fingerprint() const = 0;
};

/// Tensors held in memory: models made by a seed or by a test.
class TensorMap final : public WeightSource {
 public:
  explicit TensorMap(std::map<std::string, at::Tensor> tensors);
  std::vector<std::string> names() const override;
  bool contains(const std::string& name) const override;
  at::Tensor load(const std::string& name, at::IntArrayRef shape) const override;
  /// Of the tensors written as safetensors.
  const std::string& fingerprint() const override;

 private:
  std::map<std::string, at::Tensor> tensors_;
  LazyFingerprint fingerprint_;
};

/// What a model path holds, opened but not loaded.
struct ModelFiles {
  BackboneConfig config;
  std::unique_ptr<WeightSource> weights;
  std::string tokenizer_path;  ///< folder with tokenizer files; empty when the vocabulary is inside a GGUF
  std::string gguf_path;       ///< the GGUF file; empty otherwise
};

/// Opens a Hugging Face folder (config.json, *.safetensors possibly sharded) or a .gguf file.
/// Nothing is believed before it is checked: lengths, counts, offsets, shapes.
/// Throws Error: not_found, truncated, malformed, unsupported, mismatch.
ModelFiles open_model_files(const std::string& path);

}  // namespace rmt::model
