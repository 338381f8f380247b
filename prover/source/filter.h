// What is shown to Lean at all. A command of Lean's can run any native code, so text from a model or from the web must
// not be able to hold one; indentation is no protection, and neither is Lean's parser, which many of them extend.
//
// Words are refused where they are tokens: `theorem_foo`, `h.end` and `«open»` are names like any other, and what
// stands in comments and strings is nobody's token. Strings that could hold code (in braces, interpolated) or be read
// otherwise by another version of Lean are refused themselves.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace rmt::prover {

struct InputLimits {
  size_t bytes = 0;
  int nesting = 0;  ///< of brackets; Lean needs 16 s to refuse 200,000
};
inline constexpr InputLimits kCandidateLimits{2048, 100};   ///< one step
inline constexpr InputLimits kScriptLimits{64 << 10, 100};  ///< a whole proof
inline constexpr InputLimits kStatementLimits{16 << 10, 100};
inline constexpr InputLimits kFileLimits{32 << 20, 500};

/// Nothing where the tactics may be tried, else the rule against it, in words that fit behind "refused: ".
std::optional<std::string> refusal_of_tactics(std::string_view tactics, InputLimits limits = kScriptLimits);

/// Of a theorem, lemma, example or bare proposition from somebody unknown: as above, one declaration's head, which may
/// end with `:= sorry` or `:= by sorry`.
std::optional<std::string> refusal_of_statement(std::string_view statement, InputLimits limits = kStatementLimits);

/// Of a file that may hold anything: only what would burden Lean without an end.
std::optional<std::string> refusal_of_file(std::string_view file, InputLimits limits = kFileLimits);

}  // namespace rmt::prover
