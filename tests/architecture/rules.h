// The rules of ARCHITECTURE.md that the sources can be checked against. Each returns what breaks it,
// one line each: "path:line: what".
#pragma once

#include <string>
#include <vector>

#include "tests/architecture/source_tree.h"

namespace rmt::architecture {

using Findings = std::vector<std::string>;

/// Modules include only what lies below them:
/// app -> {web, prover, lm} -> {model, lm/engine} -> {corpora, lm/store}, and web and prover see the model
/// only through lm/engine. Every quoted include names an existing file from the root.
Findings foreign_includes(const std::vector<SourceFile>& files);

/// corpora/, lm/store/, lm/engine/, prover/ and web/ reach no libtorch header, by any way; <torch/torch.h> is for
/// lm/train/ alone, and <ATen/ATen.h> for nobody.
Findings torch_includes(const std::vector<SourceFile>& files);

/// Tests include doctest through tests/support/doctest.h.
Findings direct_doctest(const std::vector<SourceFile>& files);

/// No header includes itself, by any way.
Findings include_cycles(const std::vector<SourceFile>& files);

/// No folders without a subject, no marks of unfinished work, `#pragma once` in every header, no
/// source over 600 lines.
Findings house_rules(const std::vector<SourceFile>& files);

}  // namespace rmt::architecture
