// Everything the server answers, put together: a model, its tokenizer and options in, a Dispatch for the transport out.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "corpora/tokenizer.h"
#include "lm/engine/generator.h"
#include "lm/engine/sessions.h"
#include "lm/engine/text_encoder.h"
#include "web/server/access.h"
#include "web/server/api/evals.h"
#include "web/server/api/lean_desk.h"
#include "web/server/exchange.h"
#include "web/server/limits.h"
#include "web/server/measure.h"
#include "web/server/router.h"
#include "web/server/static_files.h"

namespace rmt::web {

struct ServiceOptions {
  std::vector<std::string> models;  ///< names it is served under; empty: the generator's
  AccessOptions access;
  Limits limits;
  std::vector<StaticFile> files;  ///< a "/index.html" among them is also at "/"
  std::string version;
  EvalStore evals;                         ///< where the rows of evaluations are kept
  LeanDesk lean;                           ///< what proofs are checked with
  engine::TextEncoder* encoder = nullptr;  ///< for POST /encode; must outlive the service
};

struct Api;

class Service {
 public:
  /// References must outlive the service, and the service every request: stop the transport, then the generator, then
  /// destroy this.
  Service(engine::Generator& generator, engine::Sessions& sessions, const corpora::Tokenizer& tokenizer,
          ServiceOptions options);
  ~Service();
  Service(const Service&) = delete;
  Service& operator=(const Service&) = delete;

  /// Answers a request, or throws HttpError for one that nobody answers. From any thread.
  Endpoint find(const Request& request);
  Dispatch dispatch() {
    return [this](const Request& request) { return find(request); };
  }

  /// What /metrics tells besides. Before the first request.
  void add_measures(MeasureSource source);

  /// From now on /health and /readyz answer 503, so that nobody is sent here any more. From any thread.
  void drain();

  /// What there is, for documents and tests.
  const std::vector<Route>& routes() const { return router_->routes(); }

 private:
  Endpoint find_checked(const Request& request);

  std::unique_ptr<Api> api_;
  Access access_;
  std::unique_ptr<Router> router_;
};

}  // namespace rmt::web
