// Which of the processes of a run this one is, as the launcher that started it says in the environment.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

namespace rmt::lm {

struct ProcessPlace {
  int64_t rank = 0, count = 1;
  int64_t on_machine = 1;  ///< of them on this machine, where torchrun says so

  std::string host;          ///< where the processes meet first; empty for one process
  uint16_t port = 29500;     ///< there
  bool kept_for_us = false;  ///< the launcher keeps the meeting point; else rank 0 does
  std::string attempt;       ///< differs whenever the launcher starts the processes again
};

/// The value of a variable, if it is set.
using Environment = std::function<std::optional<std::string>(const char* name)>;

/// One process alone when no launcher shows. Understands, the first that shows counting:
///   torchrun  RANK, WORLD_SIZE, LOCAL_WORLD_SIZE
///   mpirun    OMPI_COMM_WORLD_RANK, OMPI_COMM_WORLD_SIZE
///   srun      SLURM_PROCID, SLURM_NTASKS; in a job step only: a batch script has them too, and is one process
/// and for all of them MASTER_ADDR, MASTER_PORT. An empty variable is one that is not set.
/// Throws ProcessError(misplaced) when they contradict each other, naming them.
ProcessPlace process_place(const Environment& environment);

}  // namespace rmt::lm
