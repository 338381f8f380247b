// What launchers say in the environment, and what they cannot mean.
#include "lm/processes/process_place.h"

#include <map>

#include "lm/processes/error.h"
#include "tests/support/doctest.h"

namespace rmt::tests {
namespace {

using Variables = std::map<std::string, std::string>;

lm::ProcessPlace place(const Variables& variables) {
  return lm::process_place([&](const char* name) -> std::optional<std::string> {
    const auto found = variables.find(name);
    if (found == variables.end()) return std::nullopt;
    return found->second;
  });
}

std::string refusal(const Variables& variables) {
  try {
    place(variables);
  } catch (const lm::ProcessError& error) {
    CHECK(error.code() == lm::ProcessErrc::misplaced);
    return error.what();
  }
  return "not refused";
}

TEST_CASE("without a launcher a process is alone, also in the script of a batch job") {
  for (const Variables& variables :
       {Variables{}, Variables{{"RANK", ""}, {"WORLD_SIZE", ""}},
        Variables{{"SLURM_PROCID", "0"}, {"SLURM_NTASKS", "4"}},
        Variables{{"MASTER_ADDR", "node1"}, {"MASTER_PORT", "1"}}, Variables{{"RANK", "0"}, {"WORLD_SIZE", "1"}}}) {
    const lm::ProcessPlace alone = place(variables);
    CHECK(alone.rank == 0);
    CHECK(alone.count == 1);
    CHECK(alone.host.empty());
  }
}

TEST_CASE("torchrun: its agent keeps the store, anew for each attempt") {
  Variables variables = {{"RANK", "5"},
                         {"WORLD_SIZE", "8"},
                         {"LOCAL_RANK", "1"},
                         {"LOCAL_WORLD_SIZE", "4"},
                         {"MASTER_ADDR", "n1"},
                         {"MASTER_PORT", "12345"},
                         {"SLURM_PROCID", "0"},
                         {"SLURM_NTASKS", "2"},
                         {"SLURM_STEP_NODELIST", "n[1-2]"}};
  const lm::ProcessPlace plain = place(variables);
  CHECK(plain.rank == 5);
  CHECK(plain.count == 8);
  CHECK(plain.on_machine == 4);
  CHECK(plain.host == "n1");
  CHECK(plain.port == 12345);
  CHECK(!plain.kept_for_us);
  variables["TORCHELASTIC_USE_AGENT_STORE"] = "True";
  variables["TORCHELASTIC_RESTART_COUNT"] = "2";
  CHECK(place(variables).kept_for_us);
  CHECK(place(variables).attempt == "2");
  variables["TORCHELASTIC_USE_AGENT_STORE"] = "False";
  CHECK(!place(variables).kept_for_us);
}

TEST_CASE("mpirun and srun") {
  const lm::ProcessPlace mpi =
      place({{"OMPI_COMM_WORLD_RANK", "2"}, {"OMPI_COMM_WORLD_SIZE", "3"}, {"MASTER_ADDR", "n1"}});
  CHECK(mpi.rank == 2);
  CHECK(mpi.count == 3);
  CHECK(mpi.port == 29500);
  const lm::ProcessPlace slurm =
      place({{"SLURM_PROCID", "1"}, {"SLURM_NTASKS", "2"}, {"SLURM_STEP_NODELIST", "n[1-2]"}, {"MASTER_ADDR", "n1"}});
  CHECK(slurm.rank == 1);
  CHECK(slurm.count == 2);
}

TEST_CASE("contradictions are refused with the variables' names") {
  const auto torch = [](const Variables& changes) {
    Variables variables = {{"RANK", "0"}, {"WORLD_SIZE", "2"}, {"MASTER_ADDR", "n1"}, {"MASTER_PORT", "1"}};
    for (const auto& [name, value] : changes) variables[name] = value;
    return variables;
  };
  CHECK(refusal({{"RANK", "0"}}).starts_with("RANK is set and WORLD_SIZE is not."));
  CHECK(refusal({{"WORLD_SIZE", "2"}}).starts_with("WORLD_SIZE is set and RANK is not."));
  CHECK(refusal(torch({{"RANK", "2"}})).starts_with("RANK is 2, but of 2 processes (WORLD_SIZE) the last is 1."));
  CHECK(refusal(torch({{"RANK", "-1"}})).starts_with("RANK is '-1', and must be a number from 0"));
  CHECK(refusal(torch({{"RANK", "1x"}})).starts_with("RANK is '1x'"));
  CHECK(refusal(torch({{"WORLD_SIZE", "0"}})).starts_with("WORLD_SIZE is '0', and must be a number from 1"));
  CHECK(refusal(torch({{"MASTER_PORT", "65536"}})).starts_with("MASTER_PORT is '65536'"));
  CHECK(refusal(torch({{"LOCAL_WORLD_SIZE", "3"}})).starts_with("LOCAL_WORLD_SIZE is '3'"));
  CHECK(refusal(torch({{"MASTER_ADDR", ""}})).starts_with("This is process 0 of 2, and MASTER_ADDR is not set."));
}

}  // namespace
}  // namespace rmt::tests
