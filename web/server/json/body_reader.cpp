#include "web/server/json/body_reader.h"

#include <limits>
#include <optional>

#include "web/server/error.h"

namespace rmt::web {
namespace {

using nlohmann::json;

/// nlohmann's events of a parse. Values outside the bulk field go to `open_`, the stack of containers begun.
class BodyEvents final : public json::json_sax_t {
 public:
  BodyEvents(const Limits& limits, std::string_view bulk_field) : limits_(limits), bulk_field_(bulk_field) {}

  Body take() {
    if (!body_.fields.is_object()) throw HttpError(400, "The body must be a JSON object.");
    return std::move(body_);
  }

  bool null() override {
    if (in_bulk_) return bulk_depth_ == 0 ? leave_bulk(Bulk::Shape::null) : refuse_bulk();
    return put(nullptr);
  }
  bool boolean(bool value) override { return in_bulk_ ? refuse_bulk() : put(value); }
  bool number_integer(number_integer_t value) override { return in_bulk_ ? put_id(value) : put(value); }
  bool number_unsigned(number_unsigned_t value) override {
    if (!in_bulk_) return put(value);
    return put_id(value > size_t{std::numeric_limits<int32_t>::max()} ? -1 : static_cast<int64_t>(value));
  }
  bool number_float(number_float_t value, const string_t&) override { return in_bulk_ ? refuse_bulk() : put(value); }
  bool string(string_t& value) override { return in_bulk_ ? put_prompt(value) : put(std::move(value)); }
  bool binary(binary_t&) override { return false; }

  bool start_object(size_t) override {
    if (in_bulk_) return refuse_bulk();
    return open(json::object());
  }
  bool start_array(size_t) override {
    if (!in_bulk_) return open(json::array());
    if (++bulk_depth_ > 2 || !body_.bulk.texts.empty()) return refuse_bulk();
    if (bulk_depth_ == 2) {
      if (body_.bulk.shape == Bulk::Shape::ids) return refuse_bulk();
      begin_list(Bulk::Shape::id_lists);
    }
    return true;
  }
  bool end_object() override { return close(); }
  bool end_array() override {
    if (!in_bulk_) return close();
    if (--bulk_depth_ > 0) return true;
    // `[]` is a list of no ids.
    if (body_.bulk.shape == Bulk::Shape::absent) begin_list(Bulk::Shape::ids);
    in_bulk_ = false;
    return true;
  }

  bool key(string_t& name) override {
    if (open_.size() == 1 && !bulk_field_.empty() && name == bulk_field_) {
      if (body_.bulk.shape != Bulk::Shape::absent) refuse_twice(name);
      in_bulk_ = true;
      return true;
    }
    if (open_.back()->contains(name)) refuse_twice(name);
    key_ = std::move(name);
    return true;
  }

  bool parse_error(size_t position, const std::string&, const json::exception& error) override {
    std::string why = error.what();
    if (const size_t colon = why.find(": "); colon != std::string::npos) why.erase(0, colon + 2);
    throw HttpError(400, "The body is not JSON at byte " + std::to_string(position) + ": " + why.substr(0, 300), {},
                    "invalid_json");
  }

 private:
  [[noreturn]] static void refuse_twice(const std::string& name) {
    throw HttpError(400, "The body says '" + name.substr(0, 100) + "' twice.", name.substr(0, 100));
  }

  [[noreturn]] bool refuse_bulk() const {
    const std::string name(bulk_field_);
    throw HttpError(400,
                    "'" + name +
                        "' must be a text, a list of texts, a list of token ids (integers from 0 on), or a "
                        "list of such lists.",
                    name);
  }

  /// Puts the value where the parse stands; the place of it.
  json* place(json value) {
    if (++values_ > limits_.json_values)
      throw HttpError(400, "The body has more than " + std::to_string(limits_.json_values) + " values.");
    if (open_.empty()) {
      body_.fields = std::move(value);
      return &body_.fields;
    }
    json& parent = *open_.back();
    if (parent.is_object()) return &(parent[key_] = std::move(value));
    parent.push_back(std::move(value));
    return &parent.back();
  }

  bool put(json value) {
    place(std::move(value));
    return true;
  }

  bool open(json container) {
    if (open_.size() >= limits_.json_depth)
      throw HttpError(400, "The body is nested deeper than " + std::to_string(limits_.json_depth) + " levels.");
    open_.push_back(place(std::move(container)));
    return true;
  }

  bool close() {
    open_.pop_back();
    return true;
  }

  void begin_list(Bulk::Shape shape) {
    body_.bulk.shape = shape;
    if (body_.bulk.lists.size() >= limits_.prompts) refuse_count();
    body_.bulk.lists.emplace_back();
  }

  [[noreturn]] void refuse_count() const {
    throw HttpError(400,
                    "'" + std::string(bulk_field_) + "' has more than " + std::to_string(limits_.prompts) +
                        " entries; send them in several requests.",
                    std::string(bulk_field_));
  }

  bool leave_bulk(Bulk::Shape shape) {
    body_.bulk.shape = shape;
    in_bulk_ = false;
    return true;
  }

  bool put_prompt(std::string& text) {
    Bulk& bulk = body_.bulk;
    if (bulk_depth_ > 1 || !bulk.lists.empty()) refuse_bulk();
    if (bulk.texts.size() >= limits_.prompts) refuse_count();
    bulk.texts.push_back(std::move(text));
    if (bulk_depth_ == 0) return leave_bulk(Bulk::Shape::text);
    bulk.shape = Bulk::Shape::texts;
    return true;
  }

  bool put_id(int64_t id) {
    Bulk& bulk = body_.bulk;
    const bool in_range = id >= 0 && id <= std::numeric_limits<int32_t>::max();
    const bool loose = bulk_depth_ == 1 && bulk.shape == Bulk::Shape::id_lists;  // an id beside lists of ids
    if (!in_range || bulk_depth_ == 0 || loose || !bulk.texts.empty()) refuse_bulk();
    if (bulk.lists.empty()) begin_list(Bulk::Shape::ids);
    if (++ids_ > limits_.prompt_tokens)
      throw HttpError(413,
                      "'" + std::string(bulk_field_) + "' has more than " + std::to_string(limits_.prompt_tokens) +
                          " tokens; append longer texts to a session piece by piece.",
                      std::string(bulk_field_));
    bulk.lists.back().push_back(static_cast<int32_t>(id));
    return true;
  }

  const Limits& limits_;
  std::string_view bulk_field_;
  Body body_;
  std::vector<json*> open_;
  std::string key_;
  size_t values_ = 0;
  int64_t ids_ = 0;
  bool in_bulk_ = false;
  int bulk_depth_ = 0;
};

}  // namespace

Body read_body(std::string_view text, const Limits& limits, std::string_view bulk_field) {
  BodyEvents events(limits, bulk_field);
  json::sax_parse(text, &events);
  return events.take();
}

}  // namespace rmt::web
