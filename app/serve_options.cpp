#include "app/serve_options.h"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <system_error>
#include <utility>

#include "app/exit_code.h"
#include "app/settings.h"
#include "web/server/access.h"
#include "web/ui/ui_files.h"

namespace rmt::app {
namespace {

constexpr int64_t kMebibyte = int64_t{1} << 20;

void add_address_options(CLI::App& command, ServeOptions& options) {
  command.add_option("--host", options.host, "Address to listen on; beyond this machine only with keys");
  command.add_option("--port", options.port, "0: any that is free")->check(CLI::Range(0, 65'535));
  command.add_option("--tls-certificate", options.tls_certificate, "PEM file; with --tls-key, speaks https")
      ->type_name("FILE");
  command.add_option("--tls-key", options.tls_key, "PEM file")->type_name("FILE");
  command.add_option("--io-threads", options.io_threads, "Threads that read and write for clients")
      ->check(CLI::Range(1, 256));
}

void add_access_options(CLI::App& command, ServeOptions& options) {
  command.add_option("--api-key-file", options.api_key_file, "Keys, one a line; RMTLM_API_KEY may hold them too")
      ->type_name("FILE");
  command.add_option("--allow-origin", options.allowed_origins, "Web pages of this origin may call, too; '*': any")
      ->type_name("ORIGIN")
      ->default_str("");
  command.add_option("--allow-host", options.allowed_hosts, "A further name under which the server is asked")
      ->type_name("NAME")
      ->default_str("");
  command.add_flag("--open-to-all", options.open_to_all, "Listen beyond this machine without keys");
}

void add_proof_options(CLI::App& command, ServeOptions& options) {
  add_lean_options(command, options.lean);
  command.add_flag("--no-lean", options.no_lean, "Use no Lean: tactics are suggested, none is checked");
  command.add_flag("--lean-files", options.lean_files,
                   "Check whole files for clients, in Lean's jail (Kimina's /verify)");
  command.add_option("--proof-seconds", options.proof_seconds, "Most time for the search of a proof")
      ->check(CLI::Range(int64_t{1}, int64_t{1} << 30));
  command.add_option("--proof-expansions", options.proof_expansions, "Most states that a search goes on from")
      ->check(CLI::Range(int64_t{1}, int64_t{1} << 30));
  command.add_option("--encoder", options.encoder, "BERT that turns texts into vectors, for LeanCopilot's /encode")
      ->type_name("MODEL");
}

void add_limit_options(CLI::App& command, ServeOptions& options) {
  const CLI::Range positive(int64_t{1}, int64_t{1} << 40);
  command.add_option("--lanes", options.lanes, "Texts generated at once; each keeps one segment's keys and values")
      ->check(CLI::Range(int64_t{1}, int64_t{4096}));
  command.add_option("--waiting-jobs", options.waiting_jobs, "Jobs that may wait; beyond them clients get 429")
      ->check(positive);
  command.add_option("--waiting-tokens", options.waiting_tokens, "Tokens that may wait to be read")->check(positive);
  command.add_option("--cache-mb", options.cache_mb, "MiB of readings kept for prompts that begin alike")
      ->check(CLI::Range(int64_t{0}, int64_t{1} << 20));
  command.add_option("--body-mb", options.body_mb, "MiB of a request that is taken whole; uploads have no limit")
      ->check(CLI::Range(int64_t{1}, int64_t{4096}));
  command.add_option("--connections", options.connections, "Clients connected at once")->check(positive);
  command.add_option("--sessions", options.sessions, "Sessions of one key")->check(positive);
  command.add_option("--session-days", options.session_days, "After which an unused session is dropped")
      ->check(CLI::Range(int64_t{1}, int64_t{36'500}));
  command.add_option("--grace", options.grace, "Seconds that running requests have after SIGTERM")
      ->check(CLI::Range(int64_t{0}, int64_t{86'400}));
}

void add_keys(std::vector<std::string>& keys, std::istream& parts, char separator) {
  for (std::string part; std::getline(parts, part, separator);) {
    const size_t first = part.find_first_not_of(" \t\r\n");
    if (first == std::string::npos || part[first] == '#') continue;
    keys.push_back(part.substr(first, part.find_last_not_of(" \t\r\n") - first + 1));
  }
}

std::vector<web::StaticFile> page_files(const ServeOptions& options) {
  if (options.ui_dir.empty()) return web::embedded_ui();
  try {
    return web::ui_in_folder(options.ui_dir);
  } catch (const std::runtime_error& error) {
    throw UsageError(std::string("--ui-dir: ") + error.what() + ".");
  }
}

}  // namespace

void add_serve_options(CLI::App& command, ServeOptions& options) {
  add_model_options(command, options.model);
  add_dtype_options(command, options.model);
  command
      .add_option("--memory", options.memory,
                  "carry or reset it from segment to segment [carry; reset where none was trained]")
      ->check(CLI::IsMember({"carry", "reset"}))
      ->default_str("");
  command.add_option("--served-as", options.served_as, "Name that clients ask for [the model's]");
  command
      .add_option("--db", options.db, "Database that keeps sessions and evaluations [none: they end with the server]")
      ->type_name("FILE");
  command.add_option("--ui-dir", options.ui_dir, "Serve the web page from this folder [the one built in]")
      ->type_name("FOLDER");
  add_address_options(command, options);
  add_access_options(command, options);
  add_proof_options(command, options);
  add_limit_options(command, options);
}

bool is_loopback(const std::string& host) {
  return host == "localhost" || host == "::1" || host.starts_with("127.");
}

std::vector<std::string> read_api_keys(const ServeOptions& options) {
  std::vector<std::string> keys;
  if (const char* variable = std::getenv(kApiKeyVariable); variable != nullptr) {
    std::istringstream text(variable);
    add_keys(keys, text, ',');
  }
  if (options.api_key_file.empty()) return keys;
  std::ifstream file(options.api_key_file);
  if (!file) throw std::system_error(errno, std::generic_category(), options.api_key_file);
  const size_t before = keys.size();
  add_keys(keys, file, '\n');
  if (keys.size() == before) throw UsageError(options.api_key_file + " has no key: write one a line.");
  return keys;
}

void check(const ServeOptions& options, const std::vector<std::string>& keys) {
  check(options.model);
  if (options.tls_certificate.empty() != options.tls_key.empty())
    throw UsageError("--tls-certificate and --tls-key go together.");
  if (!is_loopback(options.host) && keys.empty() && !options.open_to_all)
    throw UsageError("--host " + options.host +
                     " lets others in: give keys with --api-key-file or RMTLM_API_KEY, or say --open-to-all.");
}

engine::SchedulerOptions scheduler_options(const ServeOptions& options) {
  engine::SchedulerOptions scheduling;
  scheduling.lanes = options.lanes;
  scheduling.waiting_jobs = options.waiting_jobs;
  scheduling.waiting_tokens = options.waiting_tokens;
  scheduling.cache_bytes = options.cache_mb * kMebibyte;
  scheduling.on_thread = [&options] { configure_threads(options.model); };
  return scheduling;
}

engine::SessionLimits session_limits(const ServeOptions& options) {
  engine::SessionLimits limits;
  limits.per_owner = options.sessions;
  limits.idle_ms = options.session_days * 24 * 3600 * 1000;
  return limits;
}

web::ServerOptions transport_options(const ServeOptions& options) {
  web::ServerOptions transport;
  transport.host = options.host == "localhost" ? "127.0.0.1" : options.host;
  transport.port = static_cast<uint16_t>(options.port);
  transport.threads = options.io_threads;
  transport.limits.connections = options.connections;
  if (!options.tls_certificate.empty()) transport.tls = web::TlsFiles{options.tls_certificate, options.tls_key};
  return transport;
}

web::ServiceOptions service_options(const ServeOptions& options, std::vector<std::string> keys) {
  web::ServiceOptions service;
  if (!options.served_as.empty()) service.models = {options.served_as};
  service.access.keys = std::move(keys);
  service.access.origins = options.allowed_origins;
  if (is_loopback(options.host)) {
    service.access.hosts = web::loopback_hosts();
    service.access.hosts.insert(service.access.hosts.end(), options.allowed_hosts.begin(), options.allowed_hosts.end());
  } else {
    service.access.hosts = options.allowed_hosts;
  }
  service.limits.body_bytes = static_cast<size_t>(options.body_mb * kMebibyte);
  // A job's continuations are generated side by side, and there are no more than the lanes.
  service.limits.choices_at_once = std::min(service.limits.choices_at_once, static_cast<size_t>(options.lanes));
  service.version = RMTLM_VERSION;
  service.files = page_files(options);
  return service;
}

}  // namespace rmt::app
