#include "contracts/src/har/read_recording.h"

#include <algorithm>

#include "contracts/src/base/number.h"

namespace understudy {
namespace {

// Receives the events of the library's parser and builds one entry of the list at a time.
class EntryReader : public nlohmann::json_sax<Json> {
 public:
  using OnEntry = std::function<void(Json&&, bool from_har)>;
  explicit EntryReader(OnEntry on_entry) : on_entry_(std::move(on_entry)) {}

  bool null() override { return add(nullptr); }
  bool boolean(bool value) override { return add(value); }
  bool number_integer(number_integer_t value) override { return add(value); }
  bool number_unsigned(number_unsigned_t value) override { return add(value); }
  bool number_float(number_float_t value, const string_t&) override { return add(value); }
  bool string(string_t& value) override { return add(std::move(value)); }
  bool binary(binary_t&) override { return add(nullptr); }
  bool start_object(std::size_t) override { return open(Json::object()); }
  bool start_array(std::size_t) override { return open(Json::array()); }
  bool key(string_t& name) override {
    open_.back().name = std::move(name);
    return true;
  }
  bool end_object() override { return close(); }
  bool end_array() override { return close(); }
  bool parse_error(std::size_t position, const std::string&, const Json::exception& error) override {
    message_ = error.what();
    position_ = position;
    return false;
  }

  std::size_t position() const { return position_; }
  const std::string& message() const { return message_; }
  bool has_list() const { return has_list_; }
  // The whole document, without the entries of a HAR.
  Json& root() { return root_; }

 private:
  struct Frame {
    Json value;
    std::string name = {};  // of the member being read
  };

  // log.entries of a HAR.
  bool is_list() const { return open_.size() == 3 && open_[0].name == "log" && open_[1].name == "entries" && open_[2].value.is_array(); }

  bool open(Json value) {
    if (open_.size() == kMaxJsonDepth) {
      message_ = "nested deeper than " + std::to_string(kMaxJsonDepth) + " levels";
      return false;
    }
    open_.push_back({std::move(value)});
    has_list_ = has_list_ || is_list();
    return true;
  }
  bool close() {
    Json value = std::move(open_.back().value);
    open_.pop_back();
    return add(std::move(value));
  }
  bool add(Json value) {
    if (open_.empty())
      root_ = std::move(value);
    else if (is_list())
      on_entry_(std::move(value), true);
    else if (open_.back().value.is_array())
      open_.back().value.push_back(std::move(value));
    else
      open_.back().value[open_.back().name] = std::move(value);
    return true;
  }

  OnEntry on_entry_;
  std::vector<Frame> open_;
  Json root_;
  bool has_list_ = false;
  std::size_t position_ = 0;
  std::string message_;
};

tl::unexpected<Problem> bad_recording(std::string code, std::string message, const std::string& file) {
  return tl::unexpected(make_problem(Failure::bad_file, std::move(code), std::move(message), {.file = file}));
}

// Of messages of the library: "[json.exception.parse_error.101] parse error at line 1, column 2: syntax error ..."
std::string without_prefix(const std::string& message) {
  const auto end = message.find("] ");
  return message.starts_with("[json.exception") && end != std::string::npos ? message.substr(end + 2) : message;
}

// Newest first, where the mock lists its journal.
void sort_by_time(std::vector<Exchange>& exchanges) {
  if (exchanges.size() > 1 && exchanges.front().at > exchanges.back().at) std::ranges::reverse(exchanges);
}

}  // namespace

Result<RecordingCounts> read_recording(std::istream& in, const std::string& file, const std::function<void(Exchange&&)>& visit) {
  RecordingCounts counts;
  std::size_t number = 0;
  const auto parse = [&](const Json& entry) -> std::optional<Exchange> {
    ++number;
    auto exchange = parse_exchange(entry);
    if (exchange) {
      exchange->number = number;
      ++counts.exchanges;
      return std::move(*exchange);
    }
    if (counts.unreadable++ == 0) counts.example = "entry " + std::to_string(number) + ": " + exchange.error();
    return std::nullopt;
  };
  bool is_recording = false;
  do {
    EntryReader reader([&](const Json& entry, bool) {
      if (auto exchange = parse(entry)) visit(std::move(*exchange));
    });
    if (!Json::sax_parse(in, &reader, Json::input_format_t::json, false))
      return bad_recording("not-json",
                           "found no valid JSON behind exchange " + std::to_string(number) + ": " + without_prefix(reader.message()), file);
    const Json& root = reader.root();
    const auto list = root.is_object() ? root.find("requests") : root.end();
    if (root.is_object() && list != root.end() && list->is_array()) {  // GET /__admin/requests
      std::vector<Exchange> exchanges;
      for (const Json& entry : *list)
        if (auto exchange = parse(entry)) exchanges.push_back(std::move(*exchange));
      sort_by_time(exchanges);
      for (auto& exchange : exchanges) visit(std::move(exchange));
      is_recording = true;
    } else if (root.is_object() && root.contains("request") && root.contains("response")) {  // a line of NDJSON
      if (auto exchange = parse(root)) visit(std::move(*exchange));
      is_recording = true;
    }
    is_recording = is_recording || reader.has_list();
    if (!is_recording)
      return bad_recording("no-recording",
                           "found JSON that is no recording, expected a HAR file (an object with log.entries) or an export of the journal "
                           "(/__admin/requests)",
                           file);
    in >> std::ws;
  } while (in && in.peek() != std::istream::traits_type::eof());
  return counts;
}

}  // namespace understudy
