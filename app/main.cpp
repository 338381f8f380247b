#include "app/program.h"

int main(int argc, char** argv) {
  return rmt::app::run_program(argc, argv, rmt::app::Surroundings::of_process());
}
