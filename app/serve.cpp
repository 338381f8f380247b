// rmt-lm serve: one model for many clients, over HTTP and WebSocket.
#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <chrono>
#include <cstdio>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

#include "app/command.h"
#include "app/exit_code.h"
#include "app/serve_options.h"
#include "app/served_lean.h"
#include "app/served_model.h"
#include "app/stop_signal.h"
#include "lm/engine/scheduler.h"
#include "lm/engine/stored_sessions.h"
#include "lm/store/error.h"
#include "lm/store/store.h"
#include "lm/streams/mean_encoder.h"
#include "lm/streams/recurrent_model.h"
#include "web/server/service.h"
#include "web/server/transport/measures.h"
#include "web/server/transport/server.h"

namespace rmt::app {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

int64_t unix_ms() {
  return std::chrono::duration_cast<milliseconds>(std::chrono::system_clock::now().time_since_epoch()).count();
}

/// Sessions, and the database that keeps them where there is one.
struct KeptSessions {
  KeptSessions(const ServeOptions& options, const engine::Generator& generator) {
    if (!options.db.empty()) {
      store = std::make_unique<store::Store>(store::Store::open(options.db));
      storage = std::make_unique<engine::StoredSessions>(*store, store_lock, generator,
                                                         [](const std::string& what) { spdlog::warn("{}", what); });
    }
    sessions = std::make_unique<engine::Sessions>(session_limits(options), storage.get());
  }

  std::mutex store_lock;
  std::unique_ptr<store::Store> store;
  std::unique_ptr<engine::StoredSessions> storage;
  std::unique_ptr<engine::Sessions> sessions;
};

std::unique_ptr<engine::TextEncoder> open_encoder(const ServeOptions& options) {
  if (options.encoder.empty()) return nullptr;
  lm::OpenOptions open;
  open.model = options.encoder;
  open.models_folder = options.model.folder;
  return std::make_unique<lm::MeanEncoder>(lm::open_model(open));
}

void log_access(const web::AccessLine& line) {
  spdlog::info(
      R"({{"remote":"{}","method":"{}","path":"{}","status":{},"received":{},"sent":{},"ms":{:.1f},"id":"{}"}})",
      line.remote, line.method, line.path, line.status, line.bytes_received, line.bytes_sent, line.ms, line.request_id);
  if (!line.fault.empty()) spdlog::error("request {}: {}", line.request_id, line.fault);
}

// A database that cannot be written to now is no reason to go down.
void drop_unused(engine::Sessions& sessions) {
  try {
    if (const int64_t dropped = sessions.expire(unix_ms()); dropped > 0)
      spdlog::info("{} sessions were dropped, unused for too long", dropped);
  } catch (const store::Error& error) {
    spdlog::warn("When sessions were last used could not be stored: {}", error.what());
  }
}

void wait_for_stop(engine::Sessions& sessions) {
  constexpr int kTurnsAMinute = 600;
  for (int turn = 0; !stop_requested(); ++turn) {
    std::this_thread::sleep_for(milliseconds(100));
    if (turn % kTurnsAMinute == 0) drop_unused(sessions);
  }
}

// Nobody new is let in; who is inside may finish for a while. Then the model ends what is left, and streams say so
// before they are cut off.
void go_down(const ServeOptions& options, web::Service& service, engine::Scheduler& scheduler, web::Server& server) {
  spdlog::info("Going down: requests under way have {} s; a second signal ends them at once", options.grace);
  service.drain();
  scheduler.stop_accepting();
  constexpr seconds kFarewell{5};
  server.drain(seconds(options.grace) + kFarewell);
  if (!server.wait(seconds(options.grace))) spdlog::warn("What was not finished after {} s is cut off", options.grace);
  scheduler.end_all();
  server.wait(kFarewell);
  server.drain(seconds(0));
  server.wait(kFarewell);
}

int run(const ServeOptions& options) {
  std::vector<std::string> keys = read_api_keys(options);
  check(options, keys);
  catch_stop_signals();
  const ServedModel served = open_served_model(options.model, options.memory);
  const corpora::Tokenizer& tokenizer = *served.model.tokenizer;

  // On a GPU every lane has its place, also those that prompts are read in and branches begin from.
  const int64_t fixed_lanes = served.model.backbone->device().is_cpu() ? 0 : 2 * options.lanes;
  engine::Scheduler scheduler(std::make_unique<lm::RecurrentModel>(served.model, served.memory, fixed_lanes), tokenizer,
                              scheduler_options(options));
  KeptSessions kept(options, scheduler);
  ServedLean lean(options, {kept.store.get(), &kept.store_lock, run_spec_of(served, "prove", {"clients"})});
  const std::unique_ptr<engine::TextEncoder> encoder = open_encoder(options);
  web::ServiceOptions answers = service_options(options, std::move(keys));
  answers.evals = {kept.store.get(), &kept.store_lock, run_spec_of(served, "eval", {"upload"})};
  answers.lean = lean.desk();
  answers.lean.proofs.draw.context = usual_context(served);
  answers.encoder = encoder.get();
  web::Service service(scheduler, *kept.sessions, tokenizer, std::move(answers));
  web::ServerOptions transport = transport_options(options);
  transport.on_access = log_access;
  web::Server server(std::move(transport), service.dispatch());
  service.add_measures([&server] { return web::measures_of(server.counters()); });
  server.start();
  fmt::print("{}://{}:{}\n", options.tls_key.empty() ? "http" : "https", options.host, server.port());
  std::fflush(stdout);

  wait_for_stop(*kept.sessions);
  go_down(options, service, scheduler, server);
  return kOk;
}

}  // namespace

void add_serve(CLI::App& app, Command& chosen) {
  auto options = std::make_shared<ServeOptions>();
  CLI::App* command = app.add_subcommand("serve", "Serve a model over HTTP and WebSocket");
  add_serve_options(*command, *options);
  command->callback([options, &chosen] { chosen.run = [options] { return run(*options); }; });
}

}  // namespace rmt::app
