// The face of a pre-trained transformer: rows of embeddings in, rows of hidden states out.
// The recurrent wrapper (model/rmt/) and everything above it see a backbone only through this.
#pragma once

#include <ATen/core/Tensor.h>

#include <functional>
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

/// A layer's attention, done by somebody else: q [B, R, H, K] begins with row `query_from`, k and v [B, S, G, K]
/// -> [B, R, H*K].
using CustomAttention = std::function<at::Tensor(int64_t layer, int64_t query_from, const at::Tensor& q,
                                                 const at::Tensor& k, const at::Tensor& v)>;

/// How the rows of a batch stand to each other.
struct RowLayout {
  bool causal = true;
  at::Tensor lengths;    ///< [B] int64: rows at or past it are padding, always at the end; undefined: none
  at::Tensor positions;  ///< [S] or [B, S] int64; undefined: 0 .. S-1
  const AttentionObserver* observer = nullptr;  ///< sees every layer's queries and keys; null: nobody does
  /// [B]: the rows of stream b go on from what caches[b] keeps and are kept there in turn. Empty: nothing came before,
  /// nothing is kept. Causal, without padding, with positions given, on the CPU, without gradients.
  std::vector<ops::KeyValueCache*> caches = {};
  /// In place of ops::attention, for who keeps keys and values in a way of his own; null: nobody does.
  const CustomAttention* attention = nullptr;
};

/// Rows [from, to) of a segment.
struct RowRange {
  int64_t from = 0, to = 0;
  int64_t size() const { return to - from; }
};

/// Rows as the attention of the last layer leaves them. What is left to do (the rest of that layer, the final norm, the
/// head) looks at each row alone, so it may be done later and for many segments at once.
struct AttendedRows {
  at::Tensor residual;  ///< [..., D] fp32: the stream that the last layer has yet to add to
  at::Tensor mixed;     ///< [..., H*K]: what its attention found; undefined for a backbone without layers
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

  /// The same in two parts: forward() = finish(attended()). finish() may change what it is given.
  /// Throw Error(unsupported) for an encoder, whose memory no part of the text is off the way to.
  virtual AttendedRows attended(const at::Tensor& embeddings, const RowLayout& layout, RowRange rows) const;
  virtual at::Tensor finish(AttendedRows rows) const;

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

  /// Where the weights lie.
  at::Device device() const { return embedding_table().device(); }

  /// For computing on a GPU, instead of pack(): products in fp32 or bf16. Weights of products and the table of words
  /// are kept in that type, norms and positions in fp32. (On the CPU it is compute_in() without gradients: for tests.)
  void to(const at::Device& device, Precision precision);

  /// All in fp32 on the device, to be trained there; then compute_in().
  void to(const at::Device& device);

  /// For training, instead of pack(): products in fp32 or bf16 of the plain weights.
  void compute_in(Precision precision);

  /// No weight gets a gradient; linear layers are kept in the type they are computed in.
  void freeze();

 protected:
  /// In checkpoint order.
  virtual std::vector<Part> parts() const = 0;

  /// Tensors that are no parts: made, not loaded.
  virtual void move_tables(const at::Device& /*device*/) {}

  explicit Backbone(const BackboneConfig& config) : config_(config) {}
  void move(const at::Device& device, at::ScalarType dtype);

  BackboneConfig config_;
  Precision precision_ = Precision::fp32;
};

/// Builds the backbone of `config` from `weights`, in fp32 on the CPU.
/// Throws Error: not_found (a missing tensor, named), mismatch (a shape), malformed.
std::unique_ptr<Backbone> load_backbone(const BackboneConfig& config, const WeightSource& weights);

}  // namespace rmt::model
