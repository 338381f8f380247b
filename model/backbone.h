// The face of a pre-trained transformer: rows of embeddings in, rows of hidden states out.
// The recurrent wrapper (model/rmt/) and everything above it see a backbone only through this.
#pragma once

#include <ATen/core/Tensor.h>

#include <memory>
#include <string>
#include <vector>

#include "model/attention_observer.h"
#include "model/config.h"
#include "model/ops/key_value_cache.h"
#include "model/ops/linear.h"
#include "model/precision.h"
#include "model/weights/weight_source.h"

namespace rmt::model {

/// How the rows of a batch stand to each other.
struct RowLayout {
  bool causal = true;
  at::Tensor lengths;    ///< [B] int64: rows at or past it are padding, always at the end; undefined: none
  at::Tensor positions;  ///< [S] or [B, S] int64; undefined: 0 .. S-1
  const AttentionObserver* observer = nullptr;  ///< sees every layer's queries and keys; null: nobody does
  /// [B]: the rows of stream b go on from what caches[b] keeps and are kept there in turn. Empty: nothing came before,
  /// nothing is kept. Causal, without padding, with positions given, on the CPU, without gradients.
  std::vector<ops::KeyValueCache*> caches = {};
};

/// Rows [from, to) of a segment.
struct RowRange {
  int64_t from = 0, to = 0;
  int64_t size() const { return to - from; }
};

struct Part;

/// A layer of a backbone, which owns it.
struct NamedLinear {
  std::string name;
  ops::Linear* linear = nullptr;
};

/// Const after loading: one backbone serves every stream.
class Backbone {
 public:
  virtual ~Backbone() = default;

  const BackboneConfig& config() const { return config_; }
  Precision precision() const { return precision_; }

  /// ids [...] int64 -> word embeddings [..., D] fp32, without positions.
  virtual at::Tensor embed(const at::Tensor& ids) const = 0;

  /// embeddings [B, S, D] -> hidden states after the final norm of rows `rows`, [B, R, D] fp32.
  /// Rows outside are computed only as far as the rows asked for depend on them.
  virtual at::Tensor forward(const at::Tensor& embeddings, const RowLayout& layout, RowRange rows) const = 0;

  /// [D] -> [V]. Throws Error(unsupported) for an encoder.
  virtual const ops::Linear& head() const = 0;

  /// [V, D]: what memory vectors are scaled by when they start (std of its entries).
  virtual const at::Tensor& embedding_table() const = 0;

  /// Every tensor under its checkpoint name and in its checkpoint shape (some are views), before pack().
  NamedTensors parameters() const;

  /// Numbers in all of them, and the bytes that the linear layers read for one row; also after pack().
  int64_t parameter_count() const;
  int64_t bytes_per_row() const;

  /// The same tensors as they are held, checkpoint layers that make one product as one: what an
  /// optimizer changes. Before pack().
  NamedTensors leaves() const;

  /// The linear layers of the blocks, without the head: what an adapter is put on.
  std::vector<NamedLinear> linears();

  /// Converts the weights for inference on the CPU in the given precision. Once, after loading.
  void pack(Precision precision);

  /// For training, instead of pack(): products in fp32 or bf16 of the plain weights.
  void compute_in(Precision precision);

  /// No weight gets a gradient; linear layers are kept in the type they are computed in.
  void freeze();

 protected:
  /// In checkpoint order.
  virtual std::vector<Part> parts() const = 0;

  explicit Backbone(const BackboneConfig& config) : config_(config) {}
  BackboneConfig config_;
  Precision precision_ = Precision::fp32;
};

/// Builds the backbone of `config` from `weights`, in fp32 on the CPU.
/// Throws Error: not_found (a missing tensor, named), mismatch (a shape), malformed.
std::unique_ptr<Backbone> load_backbone(const BackboneConfig& config, const WeightSource& weights);

}  // namespace rmt::model
