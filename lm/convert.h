// A trained checkpoint made into what is handed on: without the optimizer, in a narrower type, or standing on its own.
#pragma once

#include <c10/core/ScalarType.h>

#include <string>

namespace rmt::lm {

struct Conversion {
  std::string model;                  ///< a checkpoint, as --model takes it
  std::string models_folder;          ///< of the bundled models
  std::string output;                 ///< a folder, made if it is not there
  at::ScalarType dtype = at::kFloat;  ///< of the tensors written
  /// A Hugging Face folder with everything in it, changes merged into the weights, instead of what is to be laid over
  /// the base.
  bool standalone = false;
};

/// A task's answering layer goes along. Throws model::Error: not_found, unsupported (a GGUF base has no tokenizer files
/// to take along), io.
void convert(const Conversion& conversion);

}  // namespace rmt::lm
