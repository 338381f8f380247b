// One thing a WebSocket client has asked for, while it goes on beside others of the same connection.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <memory>
#include <string>

#include "web/server/api/api.h"
#include "web/server/api/completion_request.h"
#include "web/server/api/json_answer.h"
#include "web/server/api/proof_request.h"
#include "web/server/api/session_use.h"
#include "web/server/job_channel.h"
#include "web/server/json/fields.h"

namespace rmt::web {

/// Everything on the connection's strand. The channel must outlive the task.
class StreamTask {
 public:
  StreamTask(Api& api, WebSocketChannel& channel, std::string id);
  virtual ~StreamTask() = default;
  StreamTask(const StreamTask&) = delete;
  StreamTask& operator=(const StreamTask&) = delete;

  const std::string& id() const { return id_; }

  /// Until all is done. Throws HttpError, Gone.
  virtual boost::asio::awaitable<void> run() = 0;
  /// A further message of its id. Throws HttpError.
  virtual void message(const std::string& type, Fields& fields);
  /// Returns when it can take more.
  virtual boost::asio::awaitable<void> until_room();

  /// Asked for by the client.
  virtual void cancel();
  bool cancelled() const { return cancelled_; }
  /// The client has gone.
  virtual void drop() { jobs_.on_gone()(); }

 protected:
  /// Waits where the client reads slowly.
  boost::asio::awaitable<void> send(std::string_view type, Json message);

  Api& api_;
  JobChannel jobs_;

 private:
  WebSocketChannel& channel_;
  const std::string id_;
  bool cancelled_ = false;
};

/// Throws HttpError for what is wrong with the request, before anything is begun.
std::unique_ptr<StreamTask> generation_task(Api& api, WebSocketChannel& channel, std::string id, Body body,
                                            const std::string& owner);
std::unique_ptr<StreamTask> proof_task(Api& api, WebSocketChannel& channel, std::string id, Fields& fields,
                                       ProofAim aim, const std::string& owner);
std::unique_ptr<StreamTask> scoring_task(Api& api, WebSocketChannel& channel, std::string id, Fields& fields,
                                         const std::string& owner);

}  // namespace rmt::web
