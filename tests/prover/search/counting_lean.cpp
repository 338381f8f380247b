#include "tests/prover/search/counting_lean.h"

#include <chrono>
#include <sstream>
#include <thread>

namespace rmt::tests {
namespace {

using prover::Verdict;
using prover::VerdictKind;

std::string goal_of(int number, int metavariable) {
  return "⊢ reach ?m." + std::to_string(metavariable) + " " + std::to_string(number);
}

Verdict refused(const std::string& why) {
  return {.kind = VerdictKind::error, .goals = {}, .message = why};
}

void wait_for(const std::stop_token& stop) {
  while (!stop.stop_requested()) std::this_thread::sleep_for(std::chrono::milliseconds(1));
}

Verdict run(int number, const std::string& script, const std::stop_token& stop) {
  std::istringstream lines(script);
  int metavariable = 1;
  for (std::string tactic; std::getline(lines, tactic);) {
    if (tactic == "half" && number % 2 == 0) {
      number /= 2;
    } else if (tactic == "triple") {
      number = 3 * number + 1;
    } else if (tactic == "stay") {
      ++metavariable;
    } else if ((tactic == "done" || tactic == "finish") && number == 1) {
      return {.kind = VerdictKind::proved, .goals = {}, .message = {}};
    } else if (tactic == "done?" && number == 1) {
      return {.kind = VerdictKind::proved, .goals = {}, .message = {}, .instead = "done"};
    } else if (tactic == "vain?" && number == 1) {
      return {.kind = VerdictKind::proved, .goals = {}, .message = {}, .instead = "half"};
    } else if (tactic == "wait") {
      wait_for(stop);
      return {.kind = VerdictKind::timeout, .goals = {}, .message = "stopped"};
    } else {
      return refused("no such step: " + tactic);
    }
  }
  return {.kind = VerdictKind::progress, .goals = {goal_of(number, metavariable)}, .message = {}};
}

}  // namespace

std::unique_ptr<prover::OpenTheorem> CountingLean::open(const prover::Theorem& /*theorem*/) {
  if (number_ == 0) throw prover::StatementError("nothing to reach", 3, 7);
  if (number_ < 0) throw prover::RejectedInput("negative");
  return std::make_unique<CountingTheorem>(number_);
}

CountingTheorem::CountingTheorem(int number) : number_(number), goals_{goal_of(number, 0)} {}

std::vector<Verdict> CountingTheorem::check(const std::vector<std::string>& scripts, std::stop_token stop) {
  std::vector<Verdict> verdicts;
  for (const std::string& script : scripts) {
    ++checked;
    verdicts.push_back(run(number_, script, stop));
  }
  return verdicts;
}

prover::Certificate WordCheck::verify(const prover::Theorem& /*theorem*/, const std::string& script) {
  prover::Certificate certificate;
  certificate.proved = script.find(refused_) == std::string::npos;
  if (!certificate.proved) certificate.why_not = "it says " + refused_;
  return certificate;
}

}  // namespace rmt::tests
