#include "model/weights/safetensors_json.h"

#include <nlohmann/json.hpp>
#include <set>

#include "model/error.h"
#include "model/weights/tensor_shape.h"

namespace rmt::model {

namespace {

using Json = nlohmann::json;

constexpr const char* kMetadata = "__metadata__";

/// Follows the parser's events through the few places a header has.
class Reader final : public nlohmann::json_sax<Json> {
 public:
  explicit Reader(const std::string& where) : where_(where) {}

  SafetensorsJson take() { return std::move(json_); }

  bool start_object(size_t) override {
    switch (place_) {
      case Place::start: place_ = Place::top; return true;
      case Place::member: place_ = Place::tensor; return true;
      case Place::metadata_value: place_ = Place::metadata; return true;
      default: unexpected("an object");
    }
  }

  bool key(std::string& name) override {
    switch (place_) {
      case Place::top: open_member(name); return true;
      case Place::metadata: open_metadata(name); return true;
      case Place::tensor: open_field(name); return true;
      default: unexpected("a key");
    }
  }

  bool end_object() override {
    switch (place_) {
      case Place::tensor: close_tensor(); break;
      case Place::metadata: place_ = Place::top; break;
      default: place_ = Place::end; break;
    }
    return true;
  }

  bool start_array(size_t) override {
    if (place_ == Place::shape)
      place_ = Place::in_shape;
    else if (place_ == Place::offsets)
      place_ = Place::in_offsets;
    else
      unexpected("an array");
    return true;
  }

  bool end_array() override {
    place_ = Place::tensor;
    return true;
  }

  bool number_unsigned(uint64_t value) override {
    if (place_ != Place::in_shape && place_ != Place::in_offsets) unexpected("a number");
    const bool is_shape = place_ == Place::in_shape;
    SafetensorsJsonEntry& entry = json_.entries.back();
    std::vector<uint64_t>& values = is_shape ? entry.shape : entry.offsets;
    if (values.size() == (is_shape ? kMaxRank : 2)) unexpected("a number (too many of them)");
    values.push_back(value);
    return true;
  }

  bool string(std::string& value) override {
    if (place_ == Place::dtype) {
      json_.entries.back().dtype = std::move(value);
      place_ = Place::tensor;
    } else if (place_ == Place::metadata_text) {
      *metadata_text_ = std::move(value);
      place_ = Place::metadata;
    } else {
      unexpected("a text");
    }
    return true;
  }

  bool null() override { unexpected("null"); }
  bool boolean(bool) override { unexpected("true or false"); }
  bool number_integer(int64_t) override { unexpected("a negative number"); }
  bool number_float(double, const std::string&) override { unexpected("a fraction"); }
  bool binary(Json::binary_t&) override { unexpected("binary data"); }
  bool parse_error(size_t, const std::string&, const Json::exception& error) override {
    throw Error(Errc::malformed, where_ + ": header: " + shown(error.what(), 200));
  }

 private:
  enum class Place {
    start,
    top,
    member,
    tensor,
    dtype,
    shape,
    in_shape,
    offsets,
    in_offsets,
    metadata_value,
    metadata,
    metadata_text,
    end
  };
  static constexpr unsigned kDtype = 1, kShape = 2, kOffsets = 4, kAll = 7;  // fields of a tensor seen

  void open_member(const std::string& name) {
    if (!names_.insert(name).second) throw Error(Errc::malformed, where_ + ": header: " + shown(name) + " comes twice");
    place_ = name == kMetadata ? Place::metadata_value : Place::member;
    if (place_ == Place::member) json_.entries.push_back({name, {}, {}, {}});
    seen_ = 0;
  }

  void open_metadata(const std::string& name) {
    const auto [entry, is_new] = json_.metadata.try_emplace(name);
    if (!is_new) throw Error(Errc::malformed, where_ + ": header: metadata " + shown(name) + " comes twice");
    metadata_text_ = &entry->second;
    place_ = Place::metadata_text;
  }

  void open_field(const std::string& name) {
    const unsigned field = name == "dtype" ? kDtype : name == "shape" ? kShape : name == "data_offsets" ? kOffsets : 0u;
    if (field == 0 || (seen_ & field) != 0)
      throw Error(Errc::malformed, where_ + ": header: tensor " + shown(json_.entries.back().name) +
                                       (field == 0 ? " has the unknown field " : " has twice the field ") +
                                       shown(name));
    seen_ |= field;
    place_ = field == kDtype ? Place::dtype : field == kShape ? Place::shape : Place::offsets;
  }

  void close_tensor() {
    const SafetensorsJsonEntry& entry = json_.entries.back();
    if (seen_ != kAll || entry.offsets.size() != 2)
      throw Error(Errc::malformed,
                  where_ + ": header: tensor " + shown(entry.name) + " needs a dtype, a shape and two data_offsets");
    place_ = Place::top;
  }

  [[noreturn]] void unexpected(const char* what) const {
    const std::string after = json_.entries.empty() ? "" : " at tensor " + shown(json_.entries.back().name);
    throw Error(Errc::malformed, where_ + ": header: unexpected " + what + after);
  }

  const std::string& where_;
  SafetensorsJson json_;
  std::set<std::string> names_;
  std::string* metadata_text_ = nullptr;
  Place place_ = Place::start;
  unsigned seen_ = 0;
};

}  // namespace

SafetensorsJson parse_safetensors_json(std::string_view text, const std::string& where) {
  if (!text.starts_with('{')) throw Error(Errc::malformed, where + ": header: does not start with '{'");
  // The parser would take a zero byte for the end of the text.
  if (text.find('\0') != text.npos) throw Error(Errc::malformed, where + ": header: contains a zero byte");
  Reader reader(where);
  Json::sax_parse(text, &reader);
  return reader.take();
}

std::string format_safetensors_json(const SafetensorsJson& json) try {
  nlohmann::ordered_json tree = nlohmann::ordered_json::object();
  if (!json.metadata.empty()) tree[kMetadata] = json.metadata;
  for (const SafetensorsJsonEntry& entry : json.entries)
    tree.emplace(entry.name, nlohmann::ordered_json{
                                 {"dtype", entry.dtype}, {"shape", entry.shape}, {"data_offsets", entry.offsets}});
  return tree.dump();
} catch (const nlohmann::ordered_json::exception& error) {
  throw Error(Errc::malformed,
              std::string("safetensors names and metadata must be UTF-8: ") + shown(error.what(), 200));
}

}  // namespace rmt::model
