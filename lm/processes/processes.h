// The processes that are one run: each does its share, and all know what they need to of the others. Started by the
// usual launchers (torchrun, srun, mpirun), which say in the environment who is who.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace rmt::lm {

/// All processes call the same functions in the same order. Each may throw ProcessError(lost).
class Processes {
 public:
  virtual ~Processes() = default;

  virtual int64_t rank() const = 0;
  virtual int64_t count() const = 0;

  /// From here on tensors on `device` are added there, if every process calls this with a device and can; else they are
  /// taken to the host and back. Says how, as a sentence for the log; empty where there is nothing to say.
  virtual std::string add_on(const c10::Device& device) = 0;
  /// Every process ends up with the sum over all of them.
  virtual void sum(at::Tensor& tensor) = 0;
  /// What each says, in order of rank, for process 0; nothing for the others.
  virtual std::vector<std::string> gather(const std::string& mine) = 0;
  /// What process 0 says.
  virtual std::string text_from_first(const std::string& mine) = 0;

  int64_t number_from_first(int64_t mine) { return sum_of(rank() == 0 ? mine : 0); }
  /// Whether it is true for any process.
  bool any(bool mine) { return sum_of(mine ? 1 : 0) > 0; }
  void wait_for_all() { sum_of(0); }

 private:
  int64_t sum_of(int64_t mine);
};

/// Whether every process says the same; what decides the numbers of a run must not differ between them.
bool all_say(Processes& processes, const std::string& mine);

/// A process on its own.
std::unique_ptr<Processes> single_process();

}  // namespace rmt::lm
