// POST /tokenize and /detokenize in the dialects of vLLM and llama.cpp, GET /tokenizer_info.
#include <array>

#include "corpora/readers/utf8.h"
#include "web/server/api/completion_request.h"
#include "web/server/api/endpoints.h"
#include "web/server/api/json_answer.h"
#include "web/server/error.h"
#include "web/server/json/body_reader.h"
#include "web/server/json/fields.h"

namespace rmt::web {
namespace {

/// A token as llama.cpp tells it: its text, or its bytes where they are none.
Json piece_of(const std::string& bytes) {
  if (corpora::utf8_prefix(bytes).valid == bytes.size()) return bytes;
  Json list = Json::array();
  for (const char byte : bytes) list.push_back(static_cast<unsigned char>(byte));
  return list;
}

/// Whichever of the two names is there. Throws HttpError(400).
std::string either_text(Fields& fields, const char* one, const char* other, size_t most_bytes) {
  const auto first = fields.text(one, most_bytes);
  const auto second = fields.text(other, most_bytes);
  if (first && second) fields.refuse(other, "and '" + std::string(one) + "' were both given.");
  if (!first && !second) fields.refuse(one, "is missing.");
  return first ? *first : *second;
}

/// The token with a role that is spelled so. Clients look up the ids of the tokens that /tokenizer_info names by their
/// spelling; inside a text it is plain text.
std::optional<int32_t> token_with_role(const corpora::Tokenizer& tokenizer, const std::string& spelling) {
  const corpora::SpecialTokens& specials = tokenizer.specials();
  for (const auto& id : {specials.bos, specials.eos, specials.pad, specials.unk, specials.mask})
    if (id && tokenizer.piece(*id) == spelling) return id;
  return std::nullopt;
}

struct Spelling {
  std::optional<int32_t> id;
  const char* name;
};

}  // namespace

awaitable<void> answer_tokenize(Api& api, Exchange& exchange, Call /*call*/) {
  const std::string json = co_await exchange.read_body(api.limits.body_bytes);
  const Body body = read_body(json, api.limits);
  Fields fields(body.fields);
  check_model(api, fields.text("model", 1000));
  const std::string text = either_text(fields, "prompt", "content", SIZE_MAX);
  // vLLM adds them unless told not to, llama.cpp only when told to.
  const auto vllm = fields.boolean("add_special_tokens");
  const auto llama = fields.boolean("add_special");
  const bool with_special = vllm ? *vllm : llama.value_or(fields.value("prompt") != nullptr);
  const bool with_pieces = fields.boolean("with_pieces").value_or(false);
  const bool parse_special = fields.boolean("parse_special").value_or(true);
  fields.ignore({"return_token_strs"});
  fields.refuse_unknown();

  const auto role = parse_special ? token_with_role(api.text.tokenizer(), text) : std::nullopt;
  const std::vector<int32_t> ids = role ? std::vector<int32_t>{*role} : api.text.encode(text, with_special);
  Json tokens = Json::array();
  for (const int32_t id : ids) {
    if (with_pieces)
      tokens.push_back({{"id", id}, {"piece", piece_of(api.text.bytes(id))}});
    else
      tokens.push_back(id);
  }
  // No context limits what the model reads; clients want a number.
  const Json answer = {{"tokens", std::move(tokens)}, {"count", ids.size()}, {"max_model_len", INT32_MAX}};
  co_await exchange.respond(json_response(answer));
}

awaitable<void> answer_detokenize(Api& api, Exchange& exchange, Call /*call*/) {
  const std::string json = co_await exchange.read_body(api.limits.body_bytes);
  Body body = read_body(json, api.limits, "tokens");
  Fields fields(body.fields);
  check_model(api, fields.text("model", 1000));
  fields.ignore({"tokens"});
  fields.refuse_unknown();
  if (body.bulk.shape != Bulk::Shape::ids) fields.refuse("tokens", "must be a list of token ids.");
  const std::vector<int32_t>& ids = body.bulk.lists.front();
  for (const int32_t id : ids) {
    if (!api.text.knows(id)) fields.refuse("tokens", "has the id " + std::to_string(id) + ", which no token has.");
  }
  const std::string text = api.text.decode(ids);
  const Json answer = {{"prompt", text}, {"content", text}};
  co_await exchange.respond(json_response(answer));
}

awaitable<void> answer_tokenizer_info(Api& api, Exchange& exchange, Call /*call*/) {
  const corpora::Tokenizer& tokenizer = api.text.tokenizer();
  const corpora::SpecialTokens& specials = tokenizer.specials();
  const corpora::TokenizerInfo info = tokenizer.info();
  Json answer = {{"tokenizer_class", info.kind},           {"rules", info.rules},
                 {"fingerprint", tokenizer.fingerprint()}, {"vocab_size", tokenizer.vocab_size()},
                 {"add_bos_token", specials.add_bos},      {"chat_template", nullptr}};
  const std::array<Spelling, 5> roles = {{{specials.bos, "bos_token"},
                                          {specials.eos, "eos_token"},
                                          {specials.pad, "pad_token"},
                                          {specials.unk, "unk_token"},
                                          {specials.mask, "mask_token"}}};
  for (const Spelling& role : roles) {
    answer[role.name] = role.id ? Json(tokenizer.piece(*role.id)) : Json(nullptr);
    answer[std::string(role.name) + "_id"] = role.id ? Json(*role.id) : Json(nullptr);
  }
  co_await exchange.respond(json_response(answer));
}

}  // namespace rmt::web
