#include "lm/new_model.h"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/randn.h>
#include <ATen/ops/zeros.h>

#include <cmath>
#include <filesystem>

#include "corpora/tokenizer.h"
#include "model/backbone.h"
#include "model/weights/atomic_file.h"
#include "model/weights/hf_config.h"
#include "model/weights/safetensors.h"

namespace rmt::lm {

namespace {

/// Tensors drawn in the order they are asked for.
class DrawnTensors final : public model::WeightSource {
 public:
  DrawnTensors(double deviation, uint64_t seed)
      : deviation_(deviation), generator_(at::detail::createCPUGenerator(seed)) {}

  std::vector<std::string> names() const override { return {}; }
  bool contains(const std::string&) const override { return true; }
  at::Tensor load(const std::string& name, at::IntArrayRef shape) const override {
    if (name.ends_with("bias")) return at::zeros(shape);
    return shape.size() == 1 ? at::ones(shape) : at::randn(shape, generator_).mul_(deviation_);
  }
  const std::string& fingerprint() const override { return fingerprint_; }

 private:
  double deviation_;
  at::Generator generator_;
  std::string fingerprint_ = "drawn";
};

void write_file(const std::filesystem::path& path, const std::string& content) {
  model::AtomicFile file(path.string());
  file.write(content);
  file.commit();
}

}  // namespace

void write_new_model(const std::string& folder, model::BackboneConfig config, const std::string& tokenizer,
                     uint64_t seed) {
  const std::filesystem::path path(folder);
  std::filesystem::create_directories(path);
  write_file(path / "tokenizer.model", tokenizer);
  config.vocab_size = static_cast<int64_t>(corpora::open_tokenizer((path / "tokenizer.model").string())->vocab_size());
  const double deviation = 0.02 * std::sqrt(768.0 / static_cast<double>(config.width));
  const auto backbone = model::load_backbone(config, DrawnTensors(deviation, seed));
  model::save_safetensors((path / "model.safetensors").string(), backbone->parameters());
  write_file(path / "config.json", write_hf_config(config));
}

}  // namespace rmt::lm
