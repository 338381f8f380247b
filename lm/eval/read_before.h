// What earlier processes of a resumed run have read: what the documents go on from, in whichever process they are read.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <unordered_map>

#include "lm/eval/eval_settings.h"

namespace rmt::lm {

/// One document that is in the store.
struct DocumentBefore {
  bool finished = false;
  std::array<int64_t, 2> rows{};  ///< stored, by Series; not counted for a finished one
  std::string state;              ///< after the last committed step; empty before the first
};

struct ReadBefore {
  bool recorded = false;                                      ///< there is a store: states are worth keeping
  int64_t run = 0;                                            ///< in the store; for messages
  std::unordered_map<std::string, DocumentBefore> documents;  ///< by id
};

/// Throws store::Error.
ReadBefore read_before(const Recording& recording, bool with_strided);

/// On its way to the other processes.
std::string to_bytes(const ReadBefore& before);
ReadBefore read_before_of(const std::string& bytes);

}  // namespace rmt::lm
