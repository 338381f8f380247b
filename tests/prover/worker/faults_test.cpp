// Processes killed from outside, nonsense on the line, the wrong Lean.
#include <algorithm>
#include <csignal>
#include <string>
#include <thread>
#include <vector>

#include "prover/backends/process_tree.h"
#include "prover/backends/run_child.h"
#include "prover/backends/worker_process.h"
#include "tests/prover/worker/lean_worker.h"
#include "tests/support/doctest.h"
#include "tests/support/temporary_folder.h"

using namespace rmt::prover;  // NOLINT(google-build-using-namespace)
using rmt::tests::TemporaryFolder;
using rmt::tests::worker_options;

namespace {

const std::string kGood = "theorem t (p : Prop) (h : p) : p := h";
const std::string kEndless =
    "set_option maxHeartbeats 0 in\ntheorem t (a b : Nat) : a = b := by\n  repeat apply Eq.trans";

bool is_good(const Reply& reply) {
  return reply.elaboration && reply.elaboration->messages.empty();
}

// The process `depth` below `root`, waited for: 0 the context's, 1 the script's.
pid_t wait_for_process(pid_t root, size_t depth) {
  while (true) {
    const std::vector<pid_t> tree = process_tree(root);
    if (tree.size() >= depth + 2) return tree[depth + 1];
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
}

// Kills a process below the worker while it is busy with the middle one of three items.
std::vector<Reply> replies_with_a_kill(size_t depth) {
  WorkerProcess worker(RMTLM_LEAN_WORKER, {.modules = {RMTLM_LEAN_MODULES}});
  std::vector<Reply> replies;
  std::thread killer;
  worker.answer({.items = {kGood, kEndless, kGood}},
                [&](Reply reply) {
                  replies.push_back(std::move(reply));
                  if (replies.size() == 2)
                    killer = std::thread([&] { kill(wait_for_process(worker.id(), depth), SIGKILL); });
                },
                {});
  killer.join();
  return replies;
}

Settings settings() {
  return {.modules = {RMTLM_LEAN_MODULES}};
}

std::string why_unavailable(const std::string& program, const Settings& with) {
  try {
    WorkerProcess worker(program, with);
  } catch (const LeanUnavailable& error) {
    return error.what();
  }
  return "it is available";
}

}  // namespace

TEST_SUITE("lean") {
  TEST_CASE("a script's process killed from outside costs that script alone") {
    const std::vector<Reply> replies = replies_with_a_kill(1);
    REQUIRE(replies.size() == 4);
    CHECK(is_good(replies[1]));
    REQUIRE(replies[2].killed);
    CHECK(replies[2].killed->what == "Lean was ended by signal 9 (Killed)");
    CHECK(is_good(replies[3]));
  }

  TEST_CASE("a context's process killed from outside is made anew for what is left") {
    const std::vector<Reply> replies = replies_with_a_kill(0);
    REQUIRE(replies.size() == 4);
    CHECK(is_good(replies[1]));
    CHECK(replies[2].killed);
    CHECK(is_good(replies[3]));
  }

  TEST_CASE("a worker killed in the middle of a request is replaced, and every script has its verdict") {
    PoolOptions options{.program = RMTLM_LEAN_WORKER, .settings = settings(), .workers = 1};
    options.settings.limits.item_wall_s = 2;
    WorkerPool pool(options);
    auto answer = pool.submit({.items = {kGood, kEndless, kGood}}, {});
    while (pool.load().checks < 1) std::this_thread::yield();
    const pid_t script = wait_for_process(getpid(), 2);
    const std::vector<pid_t> all = process_tree(getpid());
    const pid_t worker = all.at(1);
    CHECK(all.back() == script);
    kill(worker, SIGKILL);
    const std::vector<Reply> items = answer.get().items;
    REQUIRE(items.size() == 3);
    CHECK(is_good(items[0]));
    REQUIRE(items[1].killed);
    CHECK(is_good(items[2]));
    for (size_t i = 0; i < items.size(); ++i) CHECK(items[i].item == i);
    CHECK(pool.load().deaths == 1);
    CHECK(pool.load().starts == 2);
    for (size_t i = 1; i < all.size(); ++i) CHECK(kill(all[i], 0) != 0);  // nothing is left behind
  }

  TEST_CASE("a garbled request ends the worker with a word, and nothing of it stays") {
    const std::string start = framed(to_wire(settings()));
    for (const std::string& nonsense : {framed("{\"id\":"), std::string("\xff\xff\xff\xff garbage"), framed("[]")}) {
      const Run run = run_child({.arguments = {RMTLM_LEAN_WORKER}}, start + nonsense, {});
      CHECK(run.end.code == 70);
      CHECK(run.errors.starts_with("rmt-lm-lean-worker: "));
    }
    const Run nothing = run_child({.arguments = {RMTLM_LEAN_WORKER}}, "", {});
    CHECK(nothing.end.code == 70);
    CHECK(nothing.errors.find("rmt-lm starts this program") != std::string::npos);
  }

  TEST_CASE("another version of Lean is refused by its number") {
    setenv("LD_LIBRARY_PATH", RMTLM_OTHER_LEAN, 1);
    const std::string why = why_unavailable(RMTLM_LEAN_WORKER, settings());
    unsetenv("LD_LIBRARY_PATH");
    CHECK(why.starts_with("libleanshared.so is of Lean 4.34.1, this worker is made for Lean 4.35.0"));
  }

  TEST_CASE("a worker is the one beside its lean") {
    CHECK(find_worker(RMTLM_LEAN) == RMTLM_LEAN_WORKER);
    CHECK_FALSE(find_worker("/bin/sh"));
  }

  TEST_CASE("what is missing is named") {
    CHECK(why_unavailable("/no/such/worker", settings()).find("/no/such/worker") != std::string::npos);
    CHECK(why_unavailable("/bin/true", settings()).find("the Lean worker") != std::string::npos);
    const TemporaryFolder empty;
    CHECK(why_unavailable(RMTLM_LEAN_WORKER, {.modules = {empty.path()}}).find("the library cannot be loaded") !=
          std::string::npos);
    CHECK_THROWS_AS(WorkerBackend({.program = "/no/such/worker"}), LeanUnavailable);
  }
}
