// The head and the cross-entropy together, so that no [T, V] of logits is ever kept.
#pragma once

#include <ATen/core/Tensor.h>

#include <vector>

#include "model/ops/linear.h"

namespace rmt::model::ops {

/// hidden [N, D], targets [N] int64 -> negative log-likelihoods [N] in nats, fp64 on the CPU, else fp32.
/// Works through `rows_at_once` rows at a time; the result does not depend on it.
at::Tensor token_nll(const Linear& head, const at::Tensor& hidden, const at::Tensor& targets,
                     int64_t rows_at_once = 128);

struct TokenLogprob {
  int64_t id = 0;
  double logprob = 0;
};

/// The same losses, and for every row the k likeliest tokens, best first.
struct TokenScores {
  at::Tensor nll;  ///< [N] fp64
  std::vector<std::vector<TokenLogprob>> top;
};

/// Without gradients; the scores are on the CPU, wherever the rows are.
TokenScores token_scores(const Linear& head, const at::Tensor& hidden, const at::Tensor& targets, int64_t k);

/// The same losses, and for every row whether its target is the likeliest token; of equally likely ones the lowest id
/// is.
struct TokenHits {
  at::Tensor nll;   ///< as token_nll() gives them, bit for bit
  at::Tensor top1;  ///< [N] bool, where `nll` is
};

/// Without gradients.
TokenHits token_hits(const Linear& head, const at::Tensor& hidden, const at::Tensor& targets);

}  // namespace rmt::model::ops
