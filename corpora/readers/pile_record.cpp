#include "corpora/readers/pile_record.h"

#include <nlohmann/json.hpp>

#include "corpora/error.h"

namespace rmt::corpora {

namespace {

// The exception's text without its class id and without the quoted input, which may be megabytes.
std::string short_reason(const std::string& what) {
  const size_t from = what.find("syntax error");
  const std::string reason = from == std::string::npos ? what : what.substr(from);
  return reason.substr(0, std::min(reason.find("; last read"), size_t{200}));
}

// Hears the parser's events and keeps the few strings of a PileRecord. A false return stops the parser.
class RecordListener {
 public:
  using Json = nlohmann::json;

  explicit RecordListener(size_t size) : size_(size) {}

  bool null() { return other("null"); }
  bool boolean(bool) { return other("a boolean"); }
  bool number_integer(Json::number_integer_t value) { return number(std::to_string(value)); }
  bool number_unsigned(Json::number_unsigned_t value) { return number(std::to_string(value)); }
  bool number_float(Json::number_float_t, const std::string& spelling) { return number(spelling); }
  bool binary(Json::binary_t&) { return true; }  // not in JSON text

  bool string(std::string& value) {
    if (at_text()) {
      record_.text = std::move(value);
      has_text_ = true;
    } else if (std::string* field = meta_field()) {
      *field = std::move(value);
    }
    return depth_ > 0 || fail("is not an object");
  }

  bool start_object(size_t) {
    if (at_text()) return other("an object");
    in_meta_ = in_meta_ || (depth_ == 1 && key_ == "meta");
    ++depth_;
    return true;
  }
  bool end_object() {
    if (--depth_ == 1) in_meta_ = false;
    return true;
  }
  bool key(std::string& name) {
    key_ = name;
    return true;
  }
  bool start_array(size_t) {
    if (depth_ == 0 || at_text()) return other("an array");
    ++depth_;
    return true;
  }
  bool end_array() {
    --depth_;
    return true;
  }
  bool parse_error(size_t position, const std::string&, const Json::exception& error) {
    if (position > size_) code_ = Errc::truncated;
    return fail("is not JSON at byte " + std::to_string(position) + " (" + short_reason(error.what()) + ")");
  }

  PileRecord finish() {
    if (problem_.empty() && !has_text_) fail("has no \"text\"");
    if (!problem_.empty()) throw Error(code_, "the record " + problem_);
    for (std::string* source : {&set_, &source_, &pile_set_}) {
      if (record_.source.empty()) record_.source = std::move(*source);
    }
    if (record_.id.empty()) record_.id = std::move(top_id_);
    return std::move(record_);
  }

 private:
  bool at_text() const { return depth_ == 1 && key_ == "text"; }

  std::string* meta_field() {
    if (depth_ == 1 && key_ == "id") return &top_id_;
    if (depth_ != 2 || !in_meta_) return nullptr;
    if (key_ == "id") return &record_.id;
    if (key_ == "title") return &record_.title;
    if (key_ == "set") return &set_;
    if (key_ == "source") return &source_;
    if (key_ == "pile_set_name") return &pile_set_;
    return nullptr;
  }

  bool number(const std::string& spelling) {
    std::string* field = meta_field();
    if (field == &record_.id || field == &top_id_) *field = spelling;
    return other("a number");
  }
  // A value that is not a string, where one may be required.
  bool other(const std::string& kind) {
    if (depth_ == 0) return fail("is not an object but " + kind);
    return !at_text() || fail("has " + kind + " as its \"text\", not a string");
  }
  bool fail(const std::string& problem) {
    problem_ = problem;
    return false;
  }

  size_t size_;  // of the line
  PileRecord record_;
  std::string top_id_, set_, source_, pile_set_;
  std::string key_;  // the last one met: that of the value at hand, unless this is inside an array
  std::string problem_;
  Errc code_ = Errc::malformed;
  int64_t depth_ = 0;
  bool in_meta_ = false;
  bool has_text_ = false;
};

}  // namespace

PileRecord parse_pile_record(std::string_view line) {
  RecordListener listener(line.size());
  nlohmann::json::sax_parse(line.begin(), line.end(), &listener);
  return listener.finish();
}

}  // namespace rmt::corpora
