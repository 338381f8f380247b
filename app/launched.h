// The processes of one run, as a launcher (torchrun, srun, mpirun) started them; or this one alone.
#pragma once

#include <functional>
#include <memory>

#include "lm/open_model.h"
#include "lm/processes/process_place.h"
#include "lm/processes/processes.h"
#include "model/precision.h"

namespace rmt::app {

/// This process among those the environment tells of.
lm::ProcessPlace launched_place();

/// Meets the others. From then on only process 0 logs more than errors.
std::unique_ptr<lm::Processes> join(const lm::ProcessPlace& place);

/// Gradients on `device` are added there where that can be, and the log says so.
void add_on(const c10::Device& device, lm::Processes& processes);

/// Threads of one process: as many as asked for, else its part of the machine's cores.
int threads_of(const lm::ProcessPlace& place, int asked);

/// What `measure` says in process 0, for all: a measurement may come out differently in each.
model::Precision measured_once(lm::Processes& processes, const std::function<model::Precision()>& measure);

/// Throws ProcessError(unlike) when the processes opened different models.
void require_one_model(lm::Processes& processes, const lm::LoadedModel& opened);

}  // namespace rmt::app
