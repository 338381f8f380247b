// The options of `rmt-lm serve`: how they are given, and what they ask for.
#pragma once

#include <CLI/App.hpp>
#include <cstdint>
#include <string>
#include <vector>

#include "app/lean_options.h"
#include "app/model_options.h"
#include "lm/engine/scheduler.h"
#include "lm/engine/sessions.h"
#include "web/server/service.h"
#include "web/server/transport/options.h"

namespace rmt::app {

struct ServeOptions {
  ModelOptions model;
  std::string host = "127.0.0.1";
  int port = 8080, io_threads = 2;
  std::string served_as;  // not given: the model's name
  std::string memory;     // not given: carry where it was trained
  std::string api_key_file, tls_certificate, tls_key;
  std::vector<std::string> allowed_origins, allowed_hosts;
  bool open_to_all = false;
  std::string db;
  LeanOptions lean;
  bool no_lean = false, lean_files = false;
  int64_t proof_seconds = 120, proof_expansions = 200;
  std::string encoder;  // not given: none
  std::string ui_dir;   // not given: the page built in
  int64_t lanes = 16, waiting_jobs = 256, waiting_tokens = 16'000'000, cache_mb = 64;
  int64_t body_mb = 64, connections = 4096, sessions = 100, session_days = 7, grace = 30;
};

/// Gives `command` its options; `options` must live as long as it.
void add_serve_options(CLI::App& command, ServeOptions& options);

/// Whether only this machine can reach the server.
bool is_loopback(const std::string& host);

/// The keys in --api-key-file, one a line, and in RMTLM_API_KEY, separated by commas. Throws UsageError for a file
/// without any, and what reading it throws.
std::vector<std::string> read_api_keys(const ServeOptions& options);

/// Throws UsageError for options that do not go together: a server that others can reach needs keys.
void check(const ServeOptions& options, const std::vector<std::string>& keys);

engine::SchedulerOptions scheduler_options(const ServeOptions& options);
engine::SessionLimits session_limits(const ServeOptions& options);
web::ServerOptions transport_options(const ServeOptions& options);
web::ServiceOptions service_options(const ServeOptions& options, std::vector<std::string> keys);

}  // namespace rmt::app
