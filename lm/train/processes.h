// The processes that train one model together: each works through its share of every batch, and all take the same
// step. Started by the usual launchers (torchrun, srun, mpirun), which say in the environment who is who.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "lm/train/adamw.h"
#include "lm/train/bptt.h"

namespace rmt::lm {

class Processes {
 public:
  virtual ~Processes() = default;

  virtual int64_t rank() const = 0;
  virtual int64_t count() const = 0;

  /// Every process ends up with the sum over all of them. Throws TrainError(peer_lost).
  virtual void add_gradients(const std::vector<Parameter>& parameters) = 0;
  virtual void add(BatchLoss& loss) = 0;
  /// Whether it is true for any process.
  virtual bool any(bool mine) = 0;
  /// What process 0 says.
  virtual int64_t from_first(int64_t mine) = 0;
  virtual void wait_for_all() = 0;
};

/// Whether every process says the same; what decides the numbers of a run must not differ between them.
bool all_say(Processes& processes, const std::string& mine);

/// A process on its own.
std::unique_ptr<Processes> single_process();

}  // namespace rmt::lm
