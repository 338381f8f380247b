// A model path or name to everything a command needs of it: backbone, tokenizer, wrapper, fingerprints.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "corpora/tokenizer.h"
#include "lm/adapter.h"
#include "lm/rmt_checkpoint.h"
#include "model/backbone.h"
#include "model/rmt/decoder.h"
#include "model/rmt/rmt_config.h"

namespace rmt::lm {

struct OpenOptions {
  std::string model{};          ///< Hugging Face folder, .gguf file, rmt-lm checkpoint folder, or bundled name
  std::string tokenizer{};      ///< path; empty: the model's own
  std::string models_folder{};  ///< of the bundled models; empty: in the build tree
  std::optional<int64_t> memory_tokens{};           ///< default: the checkpoint's, else 10
  std::optional<int64_t> segment_length{};          ///< default: the checkpoint's, else 512
  std::optional<model::TextPositions> positions{};  ///< default: the checkpoint's, else shifted
  std::optional<model::MemoryScale> scale{};        ///< default: the checkpoint's, else written
  uint64_t memory_seed = 0;                         ///< of the initial memory, where none was trained
  bool grow_memory = false;  ///< to be trained on: more memory tokens than a checkpoint's are its own over and over
};

struct LoadedModel {
  std::string name;       ///< as given
  std::string reference;  ///< by which a checkpoint made of it finds it from any folder: a full path or a bundled name
  std::shared_ptr<const model::WeightSource> weights;
  std::optional<Adapter> adapter;                   ///< merged into `backbone`
  std::shared_ptr<const model::Backbone> backbone;  ///< plain fp32 on the CPU, until replaced
  std::unique_ptr<const corpora::Tokenizer> tokenizer;
  model::RmtConfig rmt;
  at::Tensor initial_memory;           ///< [M, D]
  bool trained_memory = false;         ///< false: what one segment hands on means nothing to the next
  std::string sha256;                  ///< of the weights, and of what was trained on top of them
  std::optional<CheckpointBase> base;  ///< of a checkpoint without a backbone of its own
  std::string state_fingerprint;       ///< of weights, tokenizer and wrapper: what a saved state belongs to
};

/// Throws model::Error: not_found, mismatch (a tokenizer or a memory that does not fit the backbone, a
/// base with another sha256), and what reading the files throws; corpora::Error from the tokenizer.
LoadedModel open_model(const OpenOptions& options);

/// Where the backbone of a model as given lies: the path itself, a bundled model's, or the base of an
/// rmt-lm checkpoint. Throws model::Error: not_found, malformed.
std::string find_backbone(const std::string& model, const std::string& models_folder);

/// Where a model as given lies: the path itself or a bundled model's. Throws model::Error(not_found).
std::string find_checkpoint(const std::string& model, const std::string& models_folder);

/// The backbone once more, without the adapter: to be trained, or packed.
std::shared_ptr<model::Backbone> load_plain(const LoadedModel& model);

/// The backbone once more, packed for a precision.
std::shared_ptr<const model::Backbone> load_packed(const LoadedModel& model, model::Precision precision);

/// The backbone once more: on the CPU packed for a precision, on a GPU kept in it (fp32 or bf16).
std::shared_ptr<const model::Backbone> load_on(const LoadedModel& model, const at::Device& device,
                                               model::Precision precision);

/// The recurrent wrapper around a decoder. Throws model::Error(unsupported) for BERT and for segments
/// longer than the backbone has positions.
model::RmtDecoder make_decoder(const LoadedModel& model);

}  // namespace rmt::lm
