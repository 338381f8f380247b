// The last word on a proof, by whatever reads whole files with a Lean that starts anew.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "prover/lean_backend.h"

namespace rmt::prover {

/// The file is read with `sorry` in the hole, and again with the script; the theorem's type must come out the same, and
/// its axioms be allowed ones. It is as good as the file before the theorem: commands there may change what Lean does.
class FileFinalCheck final : public FinalCheck {
 public:
  explicit FileFinalCheck(std::unique_ptr<FileCheck> files) : files_(std::move(files)) {}
  Certificate verify(const Theorem& theorem, const std::string& script) override;

 private:
  std::unique_ptr<FileCheck> files_;
};

/// The names in what `#print axioms` says; throws std::runtime_error where that is something else.
std::vector<std::string> axioms_in(std::string_view message);

}  // namespace rmt::prover
