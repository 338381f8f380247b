// A chat as the text a base model continues. The models served here were trained on texts, not on turns:
//
//   <system message>
//
//   User: <message>
//
//   Assistant: <message>
//
//   Assistant:
//
// Every part ends with an empty line, and an answer ends where a user would speak.
#pragma once

#include <string>
#include <vector>

#include "web/server/json/fields.h"
#include "web/server/limits.h"

namespace rmt::web {

struct ChatText {
  std::string prompt;
  std::vector<std::string> stop;  ///< besides those of the request
};

/// "messages": roles system, developer, user, assistant; content a text or a list of text parts. Throws HttpError(400).
ChatText chat_text(Fields& fields, const Limits& limits);

}  // namespace rmt::web
