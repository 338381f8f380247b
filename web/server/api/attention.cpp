// What the memory of a text is written from, who looks at it, and how it moves: POST /v1/attention reads a text of any
// length, GET /v1/attention/{id} looks again at segments of one that was kept.
#include <algorithm>
#include <charconv>
#include <optional>

#include "web/server/api/attention_json.h"
#include "web/server/api/endpoints.h"
#include "web/server/api/job_queue.h"
#include "web/server/api/json_answer.h"
#include "web/server/api/looks.h"
#include "web/server/api/sampling_fields.h"
#include "web/server/api/session_use.h"
#include "web/server/error.h"
#include "web/server/event_stream.h"
#include "web/server/json/body_reader.h"
#include "web/server/json/fields.h"

namespace rmt::web {
namespace {

constexpr size_t kMostMaps = 16;

struct AttentionRequest {
  std::shared_ptr<Look> look;
  engine::Looking looking;
  bool keep = false, stream = false;
};

std::vector<int64_t> read_segments(Fields& fields) {
  const nlohmann::json* values = fields.value("segments");
  if (values == nullptr) return {0};
  std::vector<int64_t> segments;
  if (values->is_array())
    for (const nlohmann::json& value : *values)
      if (value.is_number_integer() && value.get<int64_t>() >= 0) segments.push_back(value.get<int64_t>());
  if (!values->is_array() || segments.size() != values->size() || segments.size() > kMostMaps)
    fields.refuse("segments", "must be a list of at most " + std::to_string(kMostMaps) + " numbers, counted from 0.");
  return segments;
}

AttentionRequest read_request(const std::string& json, const Api& api, const std::string& owner) {
  const engine::GeneratorInfo& info = api.generator.info();
  if (info.reading.memory_tokens == 0) throw HttpError(400, "This model has no memory to look at.", {}, "no_memory");
  const Body body = read_body(json, api.limits);
  Fields fields(body.fields);
  check_model(api, fields.text("model", 1000));
  const std::string text = fields.text("text", SIZE_MAX).value_or("");
  const std::optional<std::string> session = fields.text("session", 200);
  if (text.empty())
    fields.refuse("text", session ? "is missing or empty: a session keeps what its texts left in the memory, not the "
                                    "texts. Send what is to be read behind them."
                                  : "is missing or empty: there is nothing to read.");
  AttentionRequest request;
  request.looking.wanted = true;
  request.looking.segments = read_segments(fields);
  request.looking.layer = fields.integer("layer", 0, info.layers - 1);
  request.keep = fields.boolean("keep").value_or(false);
  request.stream = fields.boolean("stream").value_or(false);
  ignore_bookkeeping(fields);
  fields.refuse_unknown();
  const engine::ReadingPtr from = SessionUse(api, owner, session, false).from();
  std::vector<int32_t> ids = api.text.encode(text, from == nullptr || from->tokens == 0);
  const auto count = static_cast<int64_t>(ids.size());
  if (count > api.limits.prompt_tokens)
    throw HttpError(413,
                    "The text has " + std::to_string(count) + " tokens; one request is for " +
                        std::to_string(api.limits.prompt_tokens) + ". A session can read what comes before.",
                    "text");
  request.look = std::make_shared<Look>(std::move(ids), from, info.reading, api.limits.look_bytes);
  if (request.keep) request.looking.readings_every = Look::kEvery;
  return request;
}

/// Reads a text as the model catches up with it, so that it holds up nobody who comes later.
class TextReading {
 public:
  TextReading(JobChannel& channel, const AttentionRequest& request, const std::string& owner)
      : channel_(channel), ids_(request.look->ids()) {
    engine::Job job;
    job.from = request.look->from();
    job.more_to_come = true;
    job.looking = request.looking;
    job.owner = owner;
    job_ = channel_.start(std::move(job));
    feed();
  }

  /// Nothing at the text's end.
  awaitable<std::optional<engine::SeenSegment>> next(EventStream* stream) {
    for (;;) {
      std::optional<JobEvent> event;
      if (stream != nullptr)
        event = co_await stream->next(channel_);
      else
        event = co_await next_event(channel_);
      if (const auto* end = std::get_if<engine::JobEnd>(&event->what)) {
        require_finished(end->ending, end->why);
        co_return std::nullopt;
      }
      if (std::holds_alternative<Hungry>(event->what)) feed();
      if (auto* seen = std::get_if<engine::SeenSegment>(&event->what)) co_return std::move(*seen);
    }
  }

 private:
  void feed() {
    constexpr size_t kPiece = 8192;
    if (all_fed_) return;
    const auto from = ids_.begin() + static_cast<ptrdiff_t>(fed_);
    const size_t count = std::min(kPiece, ids_.size() - fed_);
    fed_ += count;
    all_fed_ = fed_ == ids_.size();
    channel_.feed(job_, {from, from + static_cast<ptrdiff_t>(count)}, all_fed_);
  }

  JobChannel& channel_;
  const std::vector<int32_t>& ids_;
  size_t job_ = 0, fed_ = 0;
  bool all_fed_ = false;
};

Json head_json(const Api& api, const Look& look, const std::optional<std::string>& id) {
  const engine::GeneratorInfo& info = api.generator.info();
  return {{"object", "attention"},
          {"id", id ? Json(*id) : Json(nullptr)},
          {"model", api.model()},
          {"memory_tokens", info.reading.memory_tokens},
          {"segment_length", info.reading.segment_length},
          {"layers", info.layers},
          {"tokens", look.ids().size()},
          {"first_segment", look.first_segment()},
          {"end_segment", look.end_segment()}};
}

/// A number of the query; all of `text`.
int64_t number_of(std::string_view text, const std::string& name, int64_t end) {
  int64_t number = -1;
  const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error == std::errc() && rest == text.data() + text.size() && number >= 0 && number < end) return number;
  throw HttpError(400, "'" + name + "' must be of whole numbers below " + std::to_string(end) + ".", name);
}

std::vector<int64_t> segments_asked(const Request& request, const Look& look) {
  const std::string text = request.parameter("segments").value_or("");
  std::vector<int64_t> segments;
  for (std::string_view rest = text; !rest.empty();) {
    const std::string_view one = rest.substr(0, rest.find(','));
    rest.remove_prefix(std::min(rest.size(), one.size() + 1));
    segments.push_back(number_of(one, "segments", look.end_segment()));
  }
  const auto too_early = [&](int64_t segment) { return segment < look.first_segment(); };
  if (segments.empty() || segments.size() > kMostMaps || std::ranges::any_of(segments, too_early))
    throw HttpError(400,
                    "'segments' must be at most " + std::to_string(kMostMaps) + " numbers with commas between, from " +
                        std::to_string(look.first_segment()) + " on.",
                    "segments");
  return segments;
}

}  // namespace

awaitable<void> answer_attention(Api& api, Exchange& exchange, Call call) {
  const std::string json = co_await exchange.read_body(api.limits.body_bytes);
  const AttentionRequest request = read_request(json, api, call.owner);
  JobChannel channel(api.generator, exchange.executor(), request.stream ? api.limits.unread_bytes : SIZE_MAX);
  exchange.on_gone(channel.on_gone());
  TextReading reading(channel, request, call.owner);
  std::optional<EventStream> events;
  if (request.stream) {
    events.emplace(exchange, api.limits.keep_alive);
    co_await events->open();
    const std::string head = store::json_line(head_json(api, *request.look, std::nullopt));
    co_await events->send_named("begin", head);
  }
  Json segments = Json::array();
  for (;;) {
    const std::optional<engine::SeenSegment> seen = co_await reading.next(events ? &*events : nullptr);
    if (!seen) break;
    if (seen->after) request.look->keep(seen->after);
    Json segment = seen_json(*seen, api.text);
    if (!events) {
      segments.push_back(std::move(segment));
      continue;
    }
    const std::string line = store::json_line(segment);
    co_await events->send(line);
  }
  std::optional<std::string> id;
  if (request.keep) id = api.looks.put(call.owner, request.look);
  Json answer = head_json(api, *request.look, id);
  if (events) {
    const std::string line = store::json_line(answer);
    co_await events->send_named("end", line);
    co_await events->close();
    co_return;
  }
  answer["segments"] = std::move(segments);
  co_await exchange.respond(json_response(answer));
}

awaitable<void> answer_attention_again(Api& api, Exchange& exchange, Call call) {
  const std::shared_ptr<const Look> look = api.looks.find(call.owner, call.arguments.front());
  const Request& request = exchange.request();
  std::optional<int64_t> layer;
  if (const auto text = request.parameter("layer")) layer = number_of(*text, "layer", api.generator.info().layers);
  std::vector<engine::Job> jobs = look->jobs(segments_asked(request, *look));
  for (engine::Job& job : jobs) {
    job.looking.layer = layer;
    job.owner = call.owner;
  }
  JobChannel channel(api.generator, exchange.executor(), SIZE_MAX);
  exchange.on_gone(channel.on_gone());
  JobQueue queue(channel, std::move(jobs), api.limits, api.metrics);
  queue.begin();
  std::map<int64_t, Json> segments;
  for (;;) {
    const std::optional<JobEvent> event = co_await queue.next();
    if (!event) break;
    const auto* seen = std::get_if<engine::SeenSegment>(&event->what);
    if (seen != nullptr && !seen->write.empty()) segments[seen->segment] = seen_json(*seen, api.text);
  }
  Json answer = head_json(api, *look, call.arguments.front());
  answer["segments"] = Json::array();
  for (auto& [number, segment] : segments) answer["segments"].push_back(std::move(segment));
  co_await exchange.respond(json_response(answer));
}

awaitable<void> answer_attention_delete(Api& api, Exchange& exchange, Call call) {
  const std::string& id = call.arguments.front();
  api.looks.remove(call.owner, id);
  const Json answer = {{"id", id}, {"object", "attention.deleted"}, {"deleted", true}};
  co_await exchange.respond(json_response(answer));
}

}  // namespace rmt::web
