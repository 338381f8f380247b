#include "prover/worker/wire.h"

#include <nlohmann/json.hpp>
#include <utility>

namespace rmt::prover {
namespace {

using nlohmann::json;

// What a child sends may be anything at all; never let a byte of it throw while it is passed on.
std::string text_of(const json& value) {
  return value.dump(-1, ' ', false, json::error_handler_t::replace);
}

json to_json(TextPosition position) {
  return json::array({position.line, position.column});
}

TextPosition position_of(const json& value) {
  return {value.at(0).get<int>(), value.at(1).get<int>()};
}

json to_json(const LeanMessage& message) {
  return {{"severity", static_cast<int>(message.severity)},
          {"from", to_json(message.from)},
          {"to", to_json(message.to)},
          {"text", message.text},
          {"kind", message.kind}};
}

LeanMessage message_of(const json& value) {
  const int severity = value.at("severity").get<int>();
  if (severity < 0 || severity > static_cast<int>(Diagnostic::Severity::information))
    throw WireError("a message of no known severity");
  return {.severity = static_cast<Diagnostic::Severity>(severity),
          .from = position_of(value.at("from")),
          .to = position_of(value.at("to")),
          .text = value.at("text").get<std::string>(),
          .kind = value.at("kind").get<std::string>()};
}

json to_json(const Elaboration& elaboration) {
  json messages = json::array();
  for (const LeanMessage& message : elaboration.messages) messages.push_back(to_json(message));
  return {{"messages", std::move(messages)}, {"commands", elaboration.commands}, {"axioms", elaboration.axioms}};
}

Elaboration elaboration_of(const json& value) {
  Elaboration elaboration;
  for (const json& message : value.at("messages")) elaboration.messages.push_back(message_of(message));
  elaboration.commands = value.at("commands").get<int>();
  elaboration.axioms = value.at("axioms").get<std::vector<std::string>>();
  return elaboration;
}

json to_json(const Killed& killed) {
  return {{"cause", static_cast<int>(killed.cause)}, {"what", killed.what}};
}

Killed killed_of(const json& value) {
  const int cause = value.at("cause").get<int>();
  if (cause < 0 || cause >= kKillCauses) throw WireError("a kill of no known cause");
  return {static_cast<KillCause>(cause), value.at("what").get<std::string>()};
}

void read(const json& value, Settings& settings) {
  settings.modules = value.at("modules").get<std::vector<std::string>>();
  settings.header = value.at("header").get<std::string>();
  WorkerLimits& limits = settings.limits;
  limits.item_cpu_s = value.at("item_cpu_s").get<int>();
  limits.item_wall_s = value.at("item_wall_s").get<int>();
  limits.context_cpu_s = value.at("context_cpu_s").get<int>();
  limits.context_wall_s = value.at("context_wall_s").get<int>();
  limits.address_space = value.at("address_space").get<uint64_t>();
  limits.resident = value.at("resident").get<uint64_t>();
  limits.output = value.at("output").get<size_t>();
}

void read(const json& value, Request& request) {
  request = {value.at("id").get<uint64_t>(), value.at("options").get<std::string>(),
             value.at("context").get<std::string>(), value.at("items").get<std::vector<std::string>>()};
}

void read(const json& value, Cancel& cancel) {
  cancel.id = value.at("cancel").get<uint64_t>();
}

void read(const json& value, Greeting& greeting) {
  greeting = {value.at("lean").get<std::string>(), value.at("error").get<std::string>()};
}

void read(const json& value, Reply& reply) {
  if (const auto item = value.find("item"); item != value.end()) reply.item = item->get<size_t>();
  if (const auto killed = value.find("killed"); killed != value.end()) {
    reply.killed = killed_of(*killed);
  } else {
    reply.elaboration = elaboration_of(value.at("elaboration"));
  }
  reply.ms = value.at("ms").get<double>();
}

void read(const json& value, Done& done) {
  done = {value.at("done").get<uint64_t>(), value.at("forks").get<uint64_t>(), value.at("contexts").get<uint64_t>(),
          value.at("resident").get<uint64_t>()};
}

void read(const json& value, Batch& batch) {
  batch = {value.at("first").get<size_t>(), value.at("items").get<std::vector<std::string>>()};
}

void read(const json& value, BatchEnd& end) {
  end.status = value.at("status").get<int>();
  if (const auto killed = value.find("killed"); killed != value.end()) end.killed = killed_of(*killed);
}

void read(const json& value, std::variant<Request, Cancel>& either) {
  if (!value.contains("cancel")) return read(value, either.emplace<Request>());
  read(value, either.emplace<Cancel>());
}

void read(const json& value, std::variant<Reply, Done>& either) {
  if (!value.contains("done")) return read(value, either.emplace<Reply>());
  read(value, either.emplace<Done>());
}

void read(const json& value, std::variant<Reply, BatchEnd>& either) {
  if (!value.contains("status")) return read(value, either.emplace<Reply>());
  read(value, either.emplace<BatchEnd>());
}

}  // namespace

std::string to_wire(const Settings& settings) {
  const WorkerLimits& limits = settings.limits;
  return text_of({{"modules", settings.modules},
                  {"header", settings.header},
                  {"item_cpu_s", limits.item_cpu_s},
                  {"item_wall_s", limits.item_wall_s},
                  {"context_cpu_s", limits.context_cpu_s},
                  {"context_wall_s", limits.context_wall_s},
                  {"address_space", limits.address_space},
                  {"resident", limits.resident},
                  {"output", limits.output}});
}

std::string to_wire(const Request& request) {
  return text_of(
      {{"id", request.id}, {"options", request.options}, {"context", request.context}, {"items", request.items}});
}

std::string to_wire(const Cancel& cancel) {
  return text_of({{"cancel", cancel.id}});
}

std::string to_wire(const Greeting& greeting) {
  return text_of({{"lean", greeting.lean_version}, {"error", greeting.error}});
}

std::string to_wire(const Reply& reply) {
  json value{{"ms", reply.ms}};
  if (reply.item) value["item"] = *reply.item;
  if (reply.killed) value["killed"] = to_json(*reply.killed);
  if (reply.elaboration) value["elaboration"] = to_json(*reply.elaboration);
  return text_of(value);
}

std::string to_wire(const Done& done) {
  return text_of({{"done", done.id}, {"forks", done.forks}, {"contexts", done.contexts}, {"resident", done.resident}});
}

std::string to_wire(const Batch& batch) {
  return text_of({{"first", batch.first}, {"items", batch.items}});
}

std::string to_wire(const BatchEnd& end) {
  json value{{"status", end.status}};
  if (end.killed) value["killed"] = to_json(*end.killed);
  return text_of(value);
}

template <class Message>
Message from_wire(std::string_view frame) {
  try {
    Message message;
    read(json::parse(frame), message);
    return message;
  } catch (const json::exception& error) {
    throw WireError(std::string("not a message of the protocol: ") + error.what());
  }
}

template Settings from_wire<Settings>(std::string_view frame);
template Request from_wire<Request>(std::string_view frame);
template Cancel from_wire<Cancel>(std::string_view frame);
template Greeting from_wire<Greeting>(std::string_view frame);
template Reply from_wire<Reply>(std::string_view frame);
template Done from_wire<Done>(std::string_view frame);
template Batch from_wire<Batch>(std::string_view frame);
template BatchEnd from_wire<BatchEnd>(std::string_view frame);
template std::variant<Request, Cancel> from_wire<std::variant<Request, Cancel>>(std::string_view frame);
template std::variant<Reply, Done> from_wire<std::variant<Reply, Done>>(std::string_view frame);
template std::variant<Reply, BatchEnd> from_wire<std::variant<Reply, BatchEnd>>(std::string_view frame);

}  // namespace rmt::prover
