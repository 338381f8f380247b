// A `lean --server` with one document: texts in, everything Lean says of them out.
#pragma once

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <nlohmann/json.hpp>
#include <optional>
#include <stdexcept>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "prover/backends/candidate_document.h"
#include "prover/backends/child_process.h"
#include "prover/backends/json_rpc.h"

namespace rmt::prover {

/// The server is gone, or is of no use any more; what() says how it ended.
class ServerLost : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// The server is still there, and still at work.
class ServerSlow : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

struct ServerLimits {
  std::chrono::milliseconds start{60'000};  ///< until it answers `initialize`
  uint64_t resident = 0;                    ///< bytes of all its processes; 0: none
};

/// For one thread at a time. A thread of its own starts the process and listens to it, so that the process may be one
/// that dies with its thread.
class LanguageServer {
 public:
  /// Throws ServerLost.
  LanguageServer(ChildCommand command, ServerLimits limits);
  ~LanguageServer();
  LanguageServer(const LanguageServer&) = delete;
  LanguageServer& operator=(const LanguageServer&) = delete;

  /// Replaces the document by `document` (of which only the tail is sent again where the head is the same), and waits
  /// until Lean has said all. Throws ServerLost; ServerSlow when Lean says nothing for `patience`, does not come to an
  /// end for that long a copy, or `stop` is requested: then the server is of no further use.
  std::vector<ServerDiagnostic> elaborate(const CandidateDocument& document, std::chrono::milliseconds patience,
                                          const std::stop_token& stop = {});

 private:
  void greet();
  void listen(const ChildCommand& command);
  void hear(const nlohmann::json& message);
  void take_diagnostics(const nlohmann::json& parameters);
  void watch_memory(Instant& next_look);
  void lose(const std::string& why);
  void send(const nlohmann::json& message, Instant until);
  void request(const std::string& method, nlohmann::json parameters, Instant until);
  void await_answer(Instant until, std::chrono::milliseconds patience, const std::stop_token& stop);
  nlohmann::json change(const CandidateDocument& document);

  const ServerLimits limits_;
  int version_ = 0;
  std::string head_;  // of the document as the server has it
  int lines_ = 0;     // of it

  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::unique_ptr<ChildProcess> child_;  // under mutex_, as what follows; the process itself is used by both sides
  std::optional<std::string> lost_;
  std::string complaints_;  // the end of its standard error
  int awaited_id_ = 0;
  Instant last_heard_;
  bool answered_ = false;
  std::optional<std::string> refusal_;  // where the answer is an error
  std::vector<ServerDiagnostic> diagnostics_;

  std::jthread listener_;  // last: ends first
};

}  // namespace rmt::prover
