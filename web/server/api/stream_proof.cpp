// {"type": "prove"} and {"type": "suggest"}: a search told step by step.
#include "web/server/api/lean_json.h"
#include "web/server/api/proof_channel.h"
#include "web/server/api/proof_request.h"
#include "web/server/api/stream_task.h"

namespace rmt::web {
namespace {

namespace asio = boost::asio;

class ProofTask final : public StreamTask {
 public:
  ProofTask(Api& api, WebSocketChannel& channel, std::string id, ProofSearch search)
      : StreamTask(api, channel, std::move(id)),
        search_(std::move(search)),
        proof_(*api.lean_work, channel.executor(), api.limits.unread_bytes) {}

  asio::awaitable<void> run() override {
    proof_.start(std::move(search_));
    const Json lean = lean_json(api_.lean);
    for (;;) {
      const std::optional<ProofEvent> event = co_await proof_.next(std::chrono::hours(1));
      if (!event) continue;
      for (Json& message : messages_of(*event, lean)) {
        const std::string type = message["type"];
        message.erase("type");
        co_await send(type, std::move(message));
      }
      if (std::holds_alternative<ProofEnded>(*event)) co_return;
    }
  }

  void cancel() override { proof_.cancel(); }
  void drop() override { proof_.on_gone()(); }

 private:
  ProofSearch search_;
  ProofChannel proof_;
};

}  // namespace

std::unique_ptr<StreamTask> proof_task(Api& api, WebSocketChannel& channel, std::string id, Fields& fields,
                                       ProofAim aim, const std::string& owner) {
  ProofSearch search = read_proof_search(fields, api, aim, owner);
  fields.refuse_unknown();
  return std::make_unique<ProofTask>(api, channel, std::move(id), std::move(search));
}

}  // namespace rmt::web
