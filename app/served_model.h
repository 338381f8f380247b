// A model ready to generate for many: opened, packed, and asked whether carrying its memory helps.
#pragma once

#include "app/model_options.h"
#include "lm/eval/precision_choice.h"
#include "lm/open_model.h"
#include "lm/store/store.h"
#include "lm/streams/recurrent_model.h"
#include "prover/candidates/model_candidates.h"

namespace rmt::app {

struct ServedModel {
  lm::LoadedModel model;
  lm::PrecisionChoice dtype;
  lm::ServedMemory memory;
};

/// `memory` is "carry", "reset" or, where it was not given, empty: carried where it was trained.
ServedModel open_served_model(const ModelOptions& options, const std::string& memory);

/// What is read of a file before a theorem in it, unless told otherwise: all where the memory is carried, else nothing.
prover::Context usual_context(const ServedModel& served);

/// What runs of `command` in a database say of the model; `inputs` are what they were given.
store::RunSpec run_spec_of(const ServedModel& served, const std::string& command,
                           const std::vector<std::string>& inputs);

}  // namespace rmt::app
