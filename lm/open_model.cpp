#include "lm/open_model.h"

#include <ATen/ops/arange.h>

#include <filesystem>

#include "lm/bundled_models.h"
#include "lm/gguf_tokenizer.h"
#include "lm/rmt_checkpoint.h"
#include "model/error.h"
#include "model/rmt/segment_batch.h"
#include "model/weights/gguf_file.h"
#include "model/weights/sha256.h"

namespace rmt::lm {

namespace fs = std::filesystem;

namespace {

using model::Errc;
using model::Error;

constexpr int64_t kDefaultMemoryTokens = 10, kDefaultSegmentLength = 512;

// A path that exists wins over a bundled name.
std::string resolve(const std::string& model, const std::string& models_folder) {
  std::error_code error;
  if (fs::exists(model, error)) return model;
  if (const auto bundled = find_bundled_model(model, models_folder)) return bundled->string();
  std::string names;
  for (const std::string& name : bundled_model_names()) names += (names.empty() ? "" : ", ") + name;
  throw Error(Errc::not_found, model + ": no such file or folder, and no bundled model has this name (" + names + ")");
}

std::string resolve_base(const CheckpointBase& base, const std::string& checkpoint, const std::string& models_folder) {
  const fs::path beside = fs::path(checkpoint) / base.model;
  std::error_code error;
  return resolve(fs::exists(beside, error) ? beside.string() : base.model, models_folder);
}

std::unique_ptr<const corpora::Tokenizer> tokenizer_of(const model::ModelFiles& files, const OpenOptions& options) {
  if (!options.tokenizer.empty()) return corpora::open_tokenizer(options.tokenizer);
  if (files.gguf_path.empty()) return corpora::open_tokenizer(files.tokenizer_path);
  return gguf_tokenizer(model::GgufFile::open(files.gguf_path).metadata(), files.gguf_path);
}

// Embedding tables are padded at times, so fewer pieces than rows are fine; many fewer are a mix-up.
void check_vocabulary(const corpora::Tokenizer& tokenizer, const model::BackboneConfig& config,
                      const std::string& model) {
  const auto pieces = static_cast<int64_t>(tokenizer.vocab_size());
  if (pieces <= config.vocab_size && 2 * pieces > config.vocab_size) return;
  throw Error(Errc::mismatch, model + ": the tokenizer has " + std::to_string(pieces) +
                                  " pieces, but the model has embeddings for " + std::to_string(config.vocab_size) +
                                  "; they do not belong together. Give the model's own with --tokenizer");
}

// A checkpoint trained without memory is a backbone like any other, and may be given one.
bool takes_memory(const RmtCheckpoint& checkpoint) {
  return checkpoint.rmt.memory_tokens == 0;
}

void check_memory(const RmtCheckpoint& checkpoint, const OpenOptions& options, int64_t width) {
  const int64_t trained = checkpoint.rmt.memory_tokens, asked = options.memory_tokens.value_or(trained);
  if (!takes_memory(checkpoint) && asked != trained && !(options.grow_memory && asked > trained))
    throw Error(Errc::mismatch, options.model + ": trained with " + std::to_string(trained) +
                                    " memory tokens; leave memory-tokens out, or give that number" +
                                    (options.grow_memory ? ", or a larger one" : ""));
  if (checkpoint.memory.size(1) != width)
    throw Error(Errc::mismatch, options.model + ": a memory of width " + std::to_string(checkpoint.memory.size(1)) +
                                    " for a backbone of width " + std::to_string(width));
}

// What each vector says is kept, and is said in several places: training tells them apart.
at::Tensor repeated(const at::Tensor& memory, int64_t tokens) {
  return memory.index_select(0, at::arange(tokens, at::kLong).remainder(memory.size(0))).contiguous();
}

std::string state_fingerprint(const LoadedModel& loaded) {
  model::Sha256 hash;
  hash.update(loaded.sha256 + "\n" + loaded.tokenizer->fingerprint() + "\n");
  hash.update("memory tokens " + std::to_string(loaded.rmt.memory_tokens) + ", segments of " +
              std::to_string(loaded.rmt.segment_length) + ", positions " +
              std::to_string(static_cast<int>(loaded.rmt.positions)) + ", scale " +
              std::to_string(static_cast<int>(loaded.rmt.scale)) + "\n");
  hash.update({static_cast<const char*>(loaded.initial_memory.const_data_ptr()), loaded.initial_memory.nbytes()});
  return hash.hex();
}

}  // namespace

LoadedModel open_model(const OpenOptions& options) {
  const std::string path = resolve(options.model, options.models_folder);
  std::optional<RmtCheckpoint> checkpoint;
  if (is_rmt_checkpoint(path)) checkpoint = read_rmt_checkpoint(path);
  const bool has_base = checkpoint && checkpoint->base;
  const std::string backbone_path = has_base ? resolve_base(*checkpoint->base, path, options.models_folder) : path;
  model::ModelFiles files = model::open_model_files(backbone_path);

  LoadedModel loaded;
  loaded.name = options.model;
  std::error_code ignored;
  loaded.reference = fs::exists(options.model, ignored) ? fs::absolute(options.model).string() : options.model;
  loaded.sha256 = files.weights->fingerprint();
  if (has_base && loaded.sha256 != checkpoint->base->sha256)
    throw Error(Errc::mismatch, path + ": made for a base with sha256 " + checkpoint->base->sha256 + ", but " +
                                    backbone_path + " has " + loaded.sha256);
  loaded.tokenizer = tokenizer_of(files, options);
  check_vocabulary(*loaded.tokenizer, files.config, options.model);
  loaded.weights = std::move(files.weights);
  if (checkpoint && checkpoint->own_weights)
    loaded.weights = std::make_shared<model::TensorMap>(
        std::map<std::string, at::Tensor>(checkpoint->own_weights->begin(), checkpoint->own_weights->end()));
  std::shared_ptr<model::Backbone> backbone = model::load_backbone(files.config, *loaded.weights);
  if (checkpoint && checkpoint->adapter) {
    loaded.adapter = checkpoint->adapter;
    merge(*backbone, *loaded.adapter, path);
  }
  loaded.backbone = std::move(backbone);

  if (checkpoint) {
    loaded.base = checkpoint->base;
    check_memory(*checkpoint, options, files.config.width);
    loaded.rmt = checkpoint->rmt;
    loaded.rmt.memory_tokens = options.memory_tokens.value_or(loaded.rmt.memory_tokens);
    if (!takes_memory(*checkpoint)) loaded.initial_memory = repeated(checkpoint->memory, loaded.rmt.memory_tokens);
    loaded.trained_memory = checkpoint->carried;
    loaded.sha256 = model::sha256_hex(loaded.sha256 + checkpoint->sha256);
  } else {
    loaded.rmt.segment_length = kDefaultSegmentLength;
  }
  if (!checkpoint || takes_memory(*checkpoint)) {
    loaded.rmt.memory_tokens = options.memory_tokens.value_or(checkpoint ? 0 : kDefaultMemoryTokens);
    loaded.initial_memory =
        model::make_initial_memory(*loaded.backbone, loaded.rmt.memory_tokens, options.memory_seed).contiguous();
    loaded.trained_memory = false;
  }
  loaded.rmt.segment_length = options.segment_length.value_or(loaded.rmt.segment_length);
  loaded.rmt.positions = options.positions.value_or(loaded.rmt.positions);
  loaded.rmt.scale = options.scale.value_or(loaded.rmt.scale);
  loaded.state_fingerprint = state_fingerprint(loaded);
  return loaded;
}

std::string find_backbone(const std::string& model, const std::string& models_folder) {
  const std::string path = resolve(model, models_folder);
  if (!is_rmt_checkpoint(path)) return path;
  const RmtCheckpoint checkpoint = read_rmt_checkpoint(path);
  return checkpoint.base ? resolve_base(*checkpoint.base, path, models_folder) : path;
}

std::string find_checkpoint(const std::string& model, const std::string& models_folder) {
  return resolve(model, models_folder);
}

std::shared_ptr<model::Backbone> load_plain(const LoadedModel& model) {
  return model::load_backbone(model.backbone->config(), *model.weights);
}

std::shared_ptr<const model::Backbone> load_packed(const LoadedModel& model, model::Precision precision) {
  std::shared_ptr<model::Backbone> backbone = load_plain(model);
  if (model.adapter) merge(*backbone, *model.adapter, model.name);
  backbone->pack(precision);
  return backbone;
}

std::shared_ptr<const model::Backbone> load_on(const LoadedModel& model, const at::Device& device,
                                               model::Precision precision) {
  if (device.is_cpu()) return load_packed(model, precision);
  std::shared_ptr<model::Backbone> backbone = load_plain(model);
  if (model.adapter) merge(*backbone, *model.adapter, model.name);
  backbone->to(device, precision);
  return backbone;
}

model::RmtDecoder make_decoder(const LoadedModel& model) {
  return {model.backbone, model.rmt, model.initial_memory};
}

}  // namespace rmt::lm
