// The Lean a server has, and how proofs are searched for with it.
#pragma once

#include <string>

#include "prover/lean_backend.h"
#include "prover/proof_record.h"
#include "prover/prove.h"

namespace rmt::web {

struct LeanDesk {
  prover::LeanBackend* backend = nullptr;  ///< null: no Lean; then suggestions are unverified, and nothing is proved
  prover::FinalCheck* final_check = nullptr;
  prover::FileCheck* files = nullptr;
  std::string preamble;         ///< stands before statements that come without a file: "import Rmt\n"
  std::string why_not;          ///< where there is no Lean: what to do about it
  prover::ProofOptions proofs;  ///< what a request asks nothing else for; its budgets are also the most it may ask for
  prover::ProofStore store;     ///< proofs are kept there, if anywhere
  bool whole_files = false;     ///< POST /verify and /api/check: files of others, in Lean's jail
  int at_once = 2, waiting = 32;  ///< searches and checks
};

}  // namespace rmt::web
