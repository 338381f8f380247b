// The handlers, by the name of what they answer. Each throws HttpError before it has begun its answer; after that an
// error becomes an event of the stream.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <vector>

#include "web/server/api/api.h"
#include "web/server/exchange.h"
#include "web/server/router.h"

namespace rmt::web {

using boost::asio::awaitable;

awaitable<void> answer_completions(Api& api, Exchange& exchange, Call call);
awaitable<void> answer_chat(Api& api, Exchange& exchange, Call call);

awaitable<void> answer_models(Api& api, Exchange& exchange, Call call);
awaitable<void> answer_model(Api& api, Exchange& exchange, Call call);
awaitable<void> answer_tokenize(Api& api, Exchange& exchange, Call call);
awaitable<void> answer_detokenize(Api& api, Exchange& exchange, Call call);
awaitable<void> answer_tokenizer_info(Api& api, Exchange& exchange, Call call);

awaitable<void> answer_health(Api& api, Exchange& exchange, Call call);
awaitable<void> answer_live(Api& api, Exchange& exchange, Call call);
awaitable<void> answer_ready(Api& api, Exchange& exchange, Call call);
awaitable<void> answer_props(Api& api, Exchange& exchange, Call call);
awaitable<void> answer_metrics(Api& api, Exchange& exchange, Call call);

awaitable<void> answer_openapi(Api& api, Exchange& exchange, Call call);

awaitable<void> answer_session_create(Api& api, Exchange& exchange, Call call);
awaitable<void> answer_session_list(Api& api, Exchange& exchange, Call call);
awaitable<void> answer_session(Api& api, Exchange& exchange, Call call);
awaitable<void> answer_session_delete(Api& api, Exchange& exchange, Call call);
awaitable<void> answer_session_append(Api& api, Exchange& exchange, Call call);
awaitable<void> answer_session_fork(Api& api, Exchange& exchange, Call call);
awaitable<void> answer_session_state(Api& api, Exchange& exchange, Call call);
awaitable<void> answer_session_state_put(Api& api, Exchange& exchange, Call call);

awaitable<void> answer_perplexity(Api& api, Exchange& exchange, Call call);
awaitable<void> answer_attention(Api& api, Exchange& exchange, Call call);
awaitable<void> answer_attention_again(Api& api, Exchange& exchange, Call call);
awaitable<void> answer_attention_delete(Api& api, Exchange& exchange, Call call);
awaitable<void> answer_eval_create(Api& api, Exchange& exchange, Call call);
awaitable<void> answer_eval_put(Api& api, Exchange& exchange, Call call);
awaitable<void> answer_eval_list(Api& api, Exchange& exchange, Call call);
awaitable<void> answer_eval(Api& api, Exchange& exchange, Call call);
awaitable<void> answer_eval_delete(Api& api, Exchange& exchange, Call call);
awaitable<void> answer_eval_segments(Api& api, Exchange& exchange, Call call);
awaitable<void> answer_documents(Api& api, Exchange& exchange, Call call);

awaitable<void> answer_runs(Api& api, Exchange& exchange, Call call);
awaitable<void> answer_run(Api& api, Exchange& exchange, Call call);

awaitable<void> answer_lean(Api& api, Exchange& exchange, Call call);
awaitable<void> answer_lean_check(Api& api, Exchange& exchange, Call call);
awaitable<void> answer_lean_goals(Api& api, Exchange& exchange, Call call);
awaitable<void> answer_proof_search(Api& api, Exchange& exchange, Call call);
awaitable<void> answer_proof_list(Api& api, Exchange& exchange, Call call);
awaitable<void> answer_proof(Api& api, Exchange& exchange, Call call);

awaitable<void> answer_kimina_check(Api& api, Exchange& exchange, Call call);
awaitable<void> answer_kimina_verify(Api& api, Exchange& exchange, Call call);
awaitable<void> answer_encode(Api& api, Exchange& exchange, Call call);
awaitable<void> answer_lean_copilot(Api& api, Exchange& exchange, Call call);
awaitable<void> answer_llmstep(Api& api, Exchange& exchange, Call call);
awaitable<void> answer_ollama(Api& api, Exchange& exchange, Call call);

}  // namespace rmt::web
