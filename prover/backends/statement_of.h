// A theorem as a file that tells of itself: what it says, and what it rests on.
#pragma once

#include <string>
#include <string_view>

#include "prover/theorem.h"

namespace rmt::prover {

/// A file whose last commands print the theorem's type, whole and for people, and its axioms.
struct TellingFile {
  std::string text;
  int type_line = 0, readable_line = 0, axioms_line = 0;  ///< from 1, of those commands
};

/// The name by which commands behind the theorem can speak of it: its own, or one that named() gives it.
inline constexpr std::string_view kGivenName = "rmtlm_checked";

/// The theorem with a name: an `example` becomes a theorem (`as_definition`: a def, for one that is no proposition), an
/// instance gets a name. Everything behind the new name stays in its column.
Theorem named(const Theorem& theorem, bool as_definition = false);

/// `theorem` is one that has a name.
TellingFile telling_file(const Theorem& theorem, std::string_view script);

}  // namespace rmt::prover
