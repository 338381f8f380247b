#include "lm/eval/read_before.h"

#include <nlohmann/json.hpp>

namespace rmt::lm {

namespace {

using nlohmann::json;

size_t place_of(Series series) {
  return static_cast<size_t>(series);
}

json packed(const std::string& text) {
  return json::binary(std::vector<uint8_t>(text.begin(), text.end()));
}

std::string text_of(const json& packed) {
  const auto& bytes = packed.get_binary();
  return {bytes.begin(), bytes.end()};
}

}  // namespace

ReadBefore read_before(const Recording& recording, bool with_strided) {
  ReadBefore before{true, recording.main_run, {}};
  const auto count_rows = [&](Series series, const auto& document) {
    before.documents[document.name].rows[place_of(series)] =
        static_cast<int64_t>(recording.store.segments(document.id).size());
  };
  for (const store::DocumentRow& document : recording.store.documents(recording.main_run)) {
    DocumentBefore& known = before.documents[document.name];
    known.finished = document.finished;
    if (document.finished) continue;
    count_rows(Series::main, document);
    if (const auto state = recording.store.state(document.id)) known.state = state->blob;
  }
  if (!with_strided) return before;
  for (const store::DocumentRow& document : recording.store.documents(recording.strided_run))
    if (!document.finished) count_rows(Series::strided, document);
  return before;
}

std::string to_bytes(const ReadBefore& before) {
  json documents = json::array();
  for (const auto& [id, document] : before.documents)
    documents.push_back({packed(id), document.finished, document.rows[0], document.rows[1], packed(document.state)});
  std::string bytes;
  json::to_cbor(json::array({before.recorded, before.run, std::move(documents)}), bytes);
  return bytes;
}

ReadBefore read_before_of(const std::string& bytes) {
  const json all = json::from_cbor(bytes);
  ReadBefore before{all[0], all[1], {}};
  for (const json& document : all[2])
    before.documents[text_of(document[0])] = {document[1], {document[2], document[3]}, text_of(document[4])};
  return before;
}

}  // namespace rmt::lm
