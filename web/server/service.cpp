#include "web/server/service.h"

#include <chrono>
#include <exception>
#include <optional>

#include "web/server/api/endpoints.h"
#include "web/server/api/finish.h"
#include "web/server/error.h"
#include "web/server/event_stream.h"
#include "web/server/failure.h"
#include "web/server/routes.h"
#include "web/server/served_exchange.h"

namespace rmt::web {
namespace {

using Clock = std::chrono::steady_clock;

std::vector<std::string> names_of(const ServiceOptions& options, const engine::GeneratorInfo& info) {
  return options.models.empty() ? std::vector<std::string>{info.model} : options.models;
}

int64_t vocabulary_of(const engine::Generator& generator) {
  return generator.info().reading.vocabulary;
}

/// After the answer has begun there is no status any more: a stream of events gets an event. Another answer is cut off
/// by the transport, which every client notices.
awaitable<void> tell(ServedExchange& exchange, const HttpError& error) {
  if (!exchange.begun()) {
    Response response = error_response(error);
    co_await exchange.respond(std::move(response));
    co_return;
  }
  if (!exchange.is_event_stream()) throw error;
  EventStream events(exchange);
  const std::string body = error_body(error);
  co_await events.send(body);
  co_await events.close();
}

awaitable<void> serve(const Route& route, Call call, HeaderList headers, Metrics& metrics, Exchange& inner) {
  ServedExchange exchange(inner, std::move(headers));
  const Clock::time_point begin = Clock::now();
  // Counted however the handler ends, also by being destroyed.
  struct Count {
    Metrics& metrics;
    const Route& route;
    const ServedExchange& exchange;
    Clock::time_point begin;
    ~Count() {
      const std::chrono::duration<double> took = Clock::now() - begin;
      constexpr unsigned kClientGone = 499;  // nginx's number for it
      metrics.request_ended(route.pattern, exchange.status() == 0 ? kClientGone : exchange.status(), took.count());
    }
  };
  metrics.request_began();
  const Count count{metrics, route, exchange, begin};
  std::exception_ptr thrown;
  try {
    co_await route.http(exchange, std::move(call));
  } catch (...) {
    thrown = std::current_exception();
  }
  if (!thrown) co_return;
  const HttpError error = failure_of(thrown);
  co_await tell(exchange, error);
}

std::vector<Measure> lean_measures(const Api& api) {
  const prover::LeanActivity lean = api.lean.backend->activity();
  const auto number = [](int64_t count) { return static_cast<double>(count); };
  return {{"rmtlm_lean_processes", "Processes of Lean.", number(lean.processes)},
          {"rmtlm_lean_busy", "Processes of Lean at work.", number(lean.busy)},
          {"rmtlm_lean_waiting", "Requests that wait for a Lean.", number(lean.waiting)},
          {"rmtlm_lean_checks_total", "Scripts and files that Lean has answered.", number(lean.checks), "counter"},
          {"rmtlm_lean_starts_total", "Processes of Lean started.", number(lean.starts), "counter"},
          {"rmtlm_lean_deaths_total", "Processes of Lean that died at work.", number(lean.deaths), "counter"},
          {"rmtlm_lean_kills_total", "Scripts stopped at a limit.", number(lean.kills), "counter"},
          {"rmtlm_searches_running", "Searches and checks under way.", number(api.lean_work->running())},
          {"rmtlm_searches_waiting", "Searches and checks that wait.", number(api.lean_work->waiting())}};
}

}  // namespace

Service::Service(engine::Generator& generator, engine::Sessions& sessions, const corpora::Tokenizer& tokenizer,
                 ServiceOptions options)
    : api_(new Api{generator, sessions, TextCodec(tokenizer, vocabulary_of(generator)), options.limits,
                   Evals(options.evals, options.limits.evals_per_owner), Looks(options.limits.looks_per_owner)}),
      access_(options.access) {
  api_->models = names_of(options, generator.info());
  api_->created = unix_time();
  api_->version = options.version;
  api_->lean = std::move(options.lean);
  api_->encoder = options.encoder;
  api_->lean_work = std::make_unique<BlockingWork>(api_->lean.at_once, api_->lean.waiting);
  api_->measures.emplace_back([&sessions] {
    return std::vector<Measure>{{"rmtlm_sessions", "Sessions kept.", static_cast<double>(sessions.count())}};
  });
  if (api_->lean.backend != nullptr) api_->measures.emplace_back([api = api_.get()] { return lean_measures(*api); });
  router_ = std::make_unique<Router>(routes_of(*api_, std::move(options.files)));
}

Service::~Service() = default;

void Service::add_measures(MeasureSource source) {
  api_->measures.push_back(std::move(source));
}

void Service::drain() {
  api_->draining = true;
}

Endpoint Service::find(const Request& request) {
  try {
    return find_checked(request);
  } catch (HttpError& error) {
    for (auto& header : access_.cors_headers(request)) error.headers.push_back(std::move(header));
    throw;
  }
}

Endpoint Service::find_checked(const Request& request) {
  access_.check_place(request);
  if (access_.is_preflight(request)) {
    const std::string methods = router_->methods(request.path);
    if (!methods.empty()) {
      Endpoint endpoint;
      endpoint.http = [response = access_.preflight(request, methods)](Exchange& exchange) {
        return exchange.respond(response);
      };
      return endpoint;
    }
  }
  const std::optional<std::string> owner = access_.owner(request);
  // Without a key nobody learns what there is.
  if (!owner && !router_->is_open(request.method, request.path)) access_.refuse_key();
  Router::Match match = router_->match(request.method, request.path);
  const Route& route = *match.route;
  Call call{owner.value_or(std::string(kAnyone)), std::move(match.arguments)};
  Endpoint endpoint;
  if (route.http) {
    endpoint.http = [this, &route, call, headers = access_.cors_headers(request)](Exchange& exchange) {
      return serve(route, call, headers, api_->metrics, exchange);
    };
  }
  if (route.websocket) {
    endpoint.websocket = [&route, call](WebSocketChannel& channel) { return route.websocket(channel, call); };
  }
  return endpoint;
}

}  // namespace rmt::web
