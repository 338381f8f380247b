// Steps as bytes, on their way from the process that made them to the one that keeps the records. Between processes of
// one program only: the form may change with any version.
#pragma once

#include <string>
#include <vector>

#include "lm/eval/document_step.h"

namespace rmt::lm {

/// Every double arrives as it was sent, bit for bit.
std::string to_bytes(const std::vector<DocumentStep>& steps);
std::vector<DocumentStep> steps_of(const std::string& bytes);

}  // namespace rmt::lm
