#include <csignal>

#include "app/program.h"

int main(int argc, char** argv) {
  // Beyond `ulimit -f` a write fails with an error that is reported; the signal would end the process.
  std::signal(SIGXFSZ, SIG_IGN);
  return rmt::app::run_program(argc, argv, rmt::app::Surroundings::of_process());
}
