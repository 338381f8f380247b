#include "web/server/api/chat_text.h"

namespace rmt::web {
namespace {

using nlohmann::json;

std::string content_of(const Fields& fields, const json& message, const std::string& place) {
  const auto content = message.find("content");
  if (content == message.end()) fields.refuse(place, "has no \"content\".");
  if (content->is_string()) return content->get<std::string>();
  if (!content->is_array()) fields.refuse(place + ".content", "must be a text or a list of text parts.");
  std::string text;
  for (const json& part : *content) {
    const bool is_text =
        part.is_object() && part.value("type", json()) == "text" && part.contains("text") && part["text"].is_string();
    if (!is_text) fields.refuse(place + ".content", "holds a part that is not {\"type\": \"text\", \"text\": …}.");
    text += part["text"].get_ref<const std::string&>();
  }
  return text;
}

std::string speaker(const Fields& fields, const json& message, const std::string& place) {
  const json role = message.value("role", json());
  if (role == "system" || role == "developer") return "";
  if (role == "user") return "User: ";
  if (role == "assistant") return "Assistant: ";
  fields.refuse(place + ".role", "must be system, developer, user or assistant.");
}

}  // namespace

ChatText chat_text(Fields& fields, const Limits& limits) {
  const json* messages = fields.value("messages");
  if (messages == nullptr || !messages->is_array() || messages->empty())
    fields.refuse("messages", "must be a list of at least one message.");
  if (messages->size() > limits.messages)
    fields.refuse("messages", "has more than " + std::to_string(limits.messages) + " entries.");
  ChatText chat{"", {"\n\nUser:"}};
  for (size_t i = 0; i < messages->size(); ++i) {
    const json& message = (*messages)[i];
    const std::string place = "messages[" + std::to_string(i) + "]";
    if (!message.is_object()) fields.refuse(place, "must be an object.");
    chat.prompt += speaker(fields, message, place);
    chat.prompt += content_of(fields, message, place) + "\n\n";
  }
  chat.prompt += "Assistant:";
  return chat;
}

}  // namespace rmt::web
