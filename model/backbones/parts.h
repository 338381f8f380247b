// What a backbone is made of, each part under its checkpoint name: the one list that parameters(), pack(),
// adapters and training go through.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <string>
#include <vector>

#include "model/ops/linear.h"
#include "model/ops/norm.h"

namespace rmt::model {

struct Part {
  /// Checkpoint layers stacked in one product, in the order of their output rows.
  struct Piece {
    std::string name;
    int64_t outputs = 0;
  };

  std::string name;                     ///< of the checkpoint; of a stack a name of its own
  at::Tensor tensor{};                  ///< a table or a norm's vector; undefined for a linear layer
  const at::Tensor* held = nullptr;     ///< where the backbone holds it
  const ops::Linear* linear = nullptr;  ///< lives in the backbone
  bool transposed = false;              ///< the checkpoint holds the weight as [in, out] (GPT-2)
  std::vector<Piece> pieces{};          ///< empty: the layer is one in the checkpoint too
  bool is_head = false;                 ///< [D] -> [V]
  bool is_shared = false;               ///< its weight is another part's
};

/// Collects parts in checkpoint order.
class Parts {
 public:
  void tensor(const std::string& name, const at::Tensor& held);
  void norm(const std::string& name, const ops::Norm& norm);
  void linear(const std::string& name, const ops::Linear& linear);
  void conv1d(const std::string& name, const ops::Linear& linear);
  void stacked(const std::string& name, const ops::Linear& linear, std::vector<Part::Piece> pieces);
  void head(const std::string& name, const ops::Linear& linear, bool shared);

  std::vector<Part> take() { return std::move(parts_); }

 private:
  std::vector<Part> parts_;
};

}  // namespace rmt::model
