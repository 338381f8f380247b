#include "model/weights/safetensors_weights.h"

#include <filesystem>

#include "model/error.h"
#include "model/weights/checkpoint_names.h"

namespace rmt::model {

SafetensorsWeights::SafetensorsWeights(const std::vector<std::string>& paths, Architecture architecture) {
  for (const std::string& path : paths) {
    const auto& file = files_.emplace_back(std::make_unique<const SafetensorsFile>(path));
    for (const SafetensorsEntry& tensor : file->header().entries) {
      const auto [entry, is_new] =
          entries_.emplace(canonical_name(architecture, tensor.name), Entry{file.get(), &tensor});
      if (!is_new)
        throw Error(Errc::malformed, path + ": tensor " + shown(tensor.name) + " comes a second time (first in " +
                                         entry->second.file->path() + " as " + shown(entry->second.tensor->name) + ")");
    }
  }
}

std::vector<std::string> SafetensorsWeights::names() const {
  std::vector<std::string> names;
  for (const auto& [name, entry] : entries_) names.push_back(name);
  return names;
}

bool SafetensorsWeights::contains(const std::string& name) const {
  return entries_.contains(name);
}

const SafetensorsWeights::Entry& SafetensorsWeights::require(const std::string& name) const {
  const auto found = entries_.find(name);
  if (found != entries_.end()) return found->second;
  const std::string where = files_.empty() ? "no file" : files_.front()->path();
  throw Error(Errc::not_found,
              where + (files_.size() > 1 ? " and its other shards" : "") + ": no tensor " + shown(name));
}

at::Tensor SafetensorsWeights::load(const std::string& name, at::IntArrayRef shape) const {
  const auto& [file, tensor] = require(name);
  const std::string place = file->path() + ": tensor " + shown(tensor->name);
  require_shape(place, tensor->shape, shape);
  const at::Tensor values = file->load(*tensor);
  if (!values.is_floating_point())
    throw Error(Errc::mismatch, place + " is of type " + std::string(rmt::model::name(tensor->dtype)) +
                                    ", expected F64, F32, F16 or BF16");
  return values.to(at::kFloat);
}

const std::string& SafetensorsWeights::fingerprint() const {
  return fingerprint_.get([this] { return compute_fingerprint(); });
}

std::string SafetensorsWeights::compute_fingerprint() const {
  if (files_.size() == 1) return sha256_hex(files_.front()->bytes());
  Sha256 all;
  for (const auto& file : files_) {
    all.update(std::filesystem::path(file->path()).filename().string());
    all.update(std::string_view("\0", 1));
    all.update(sha256_hex(file->bytes()));
  }
  return all.hex();
}

}  // namespace rmt::model
