// The tensors of a Hugging Face checkpoint: one safetensors file, or shards under an index.
#pragma once

#include "model/weights/safetensors.h"
#include "model/weights/sha256.h"
#include "model/weights/weight_source.h"

namespace rmt::model {

class SafetensorsWeights final : public WeightSource {
 public:
  /// The files in the order given; a tensor that is in two of them is an error.
  /// Throws Error like SafetensorsFile.
  SafetensorsWeights(const std::vector<std::string>& paths, Architecture architecture);

  std::vector<std::string> names() const override;
  bool contains(const std::string& name) const override;
  /// Throws Error(mismatch) also for a tensor of integers.
  at::Tensor load(const std::string& name, at::IntArrayRef shape) const override;
  /// Of one file: its sha256. Of shards: sha256 over each one's name and sha256.
  const std::string& fingerprint() const override;

 private:
  struct Entry {
    const SafetensorsFile* file;
    const SafetensorsEntry* tensor;
  };
  const Entry& require(const std::string& name) const;
  std::string compute_fingerprint() const;

  std::vector<std::unique_ptr<const SafetensorsFile>> files_;
  std::map<std::string, Entry> entries_;  // by canonical name
  LazyFingerprint fingerprint_;
};

/// The weight files of a folder: model.safetensors, or the shards of model.safetensors.index.json in
/// order of their names, or the only *.safetensors file there is. Throws Error: not_found (no weights,
/// or a shard, named), malformed (an index that leads out of the folder).
std::vector<std::string> find_safetensors(const std::string& folder);

}  // namespace rmt::model
