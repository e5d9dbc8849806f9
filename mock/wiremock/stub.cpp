#include "mock/wiremock/stub.h"

#include <array>

#include "contracts/src/base/base64.h"
#include "contracts/src/base/formats.h"
#include "contracts/src/base/problem.h"

namespace understudy {
namespace {

tl::unexpected<PatternError> unexpected(const std::string& pointer, const Json& found, const std::string& expected) {
  return pattern_error(pointer, "found " + describe(found) + ", expected " + expected);
}

std::optional<PatternError> check_members(const Json& given, const std::string& pointer, const std::vector<std::string>& known) {
  if (!given.is_object()) return unexpected(pointer, given, "an object").value();
  for (const auto& [name, value] : given.items()) {
    if (std::ranges::find(known, name) == known.end())
      return PatternError{join_pointer(pointer, name), "'" + name + "' is not supported" + did_you_mean(name, known)};
  }
  return std::nullopt;
}

// A whole number in the range, or the fallback if it is absent.
PatternResult<std::int64_t> read_integer(const Json& given, const std::string& pointer, std::int64_t least, std::int64_t most,
                                         std::int64_t fallback) {
  const Json* value = find_pointer(given, pointer);
  if (value == nullptr || value->is_null()) return fallback;
  const bool fits = value->is_number_integer() && *value >= least && *value <= most;
  if (!fits) return unexpected(pointer, *value, "a whole number from " + std::to_string(least) + " to " + std::to_string(most));
  return value->get<std::int64_t>();
}

PatternResult<Headers> read_headers(const Json& headers, const std::string& pointer) {
  if (!headers.is_object()) return unexpected(pointer, headers, "an object");
  Headers read;
  for (const auto& [name, values] : headers.items()) {
    for (const Json& value : values.is_array() ? values : Json::array({values})) {
      if (value.is_structured() || value.is_null() || !is_token(name)) return unexpected(join_pointer(pointer, name), value, "a header");
      read.push_back({name, as_text(value)});
    }
  }
  if (const auto broken = find_framing_break("GET", "/", read)) return pattern_error(pointer, "found " + broken->description);
  return read;
}

// body, jsonBody or base64Body.
PatternResult<std::string> read_body(const Json& response, Headers& headers) {
  const std::array<const char*, 3> names = {"body", "jsonBody", "base64Body"};
  if (std::ranges::count_if(names, [&](const char* name) { return response.contains(name); }) > 1)
    return pattern_error("/response", "found several of body, jsonBody and base64Body, expected one of them");
  if (response.contains("jsonBody")) {
    if (!find_header(headers, "Content-Type")) headers.push_back({"Content-Type", "application/json"});
    return render_json(response["jsonBody"]);
  }
  for (const char* name : {"body", "base64Body"}) {
    if (!response.contains(name)) continue;
    const Json& value = response[name];
    if (!value.is_string()) return unexpected(join_pointer("/response", name), value, "a text");
    if (std::string_view(name) == "body") return value.get<std::string>();
    if (auto bytes = decode_base64(value.get<std::string>())) return *std::move(bytes);
    return unexpected("/response/base64Body", value, "Base64");
  }
  return std::string();
}

// WireMock's word for a broken connection.
bool set_fault(const std::string& word, Delivery& delivery) {
  if (word == "EMPTY_RESPONSE") delivery.ending = Delivery::Ending::close;
  if (word == "CONNECTION_RESET_BY_PEER") delivery.ending = Delivery::Ending::reset;
  if (word == "MALFORMED_RESPONSE_CHUNK") delivery.malformed_chunk = true;
  if (word == "RANDOM_DATA_THEN_CLOSE") delivery.raw = "\x07\x12garbage\x1f";
  return delivery.ending != Delivery::Ending::complete || delivery.malformed_chunk || delivery.raw;
}

PatternResult<Delivery> read_response(const Json& given) {
  const Json response = given.value("response", Json::object());
  if (auto wrong =
          check_members(response, "/response",
                        {"status", "statusMessage", "headers", "body", "jsonBody", "base64Body", "fixedDelayMilliseconds", "fault"}))
    return tl::unexpected(*std::move(wrong));
  Delivery delivery;
  const auto status = read_integer(given, "/response/status", 200, 599, 200);
  if (!status) return tl::unexpected(status.error());
  const auto delay = read_integer(given, "/response/fixedDelayMilliseconds", 0, 600'000, 0);
  if (!delay) return tl::unexpected(delay.error());
  auto headers = read_headers(response.value("headers", Json::object()), "/response/headers");
  if (!headers) return tl::unexpected(headers.error());
  auto body = read_body(response, *headers);
  if (!body) return tl::unexpected(body.error());
  const std::string reason = response.contains("statusMessage") ? as_text(response["statusMessage"]) : "";
  if (find_framing_break("GET", "/", {{"Reason", reason}})) return unexpected("/response/statusMessage", reason, "one line");
  if (response.contains("fault") && !set_fault(as_text(response["fault"]), delivery))
    return unexpected("/response/fault", response["fault"],
                      "EMPTY_RESPONSE, CONNECTION_RESET_BY_PEER, MALFORMED_RESPONSE_CHUNK or RANDOM_DATA_THEN_CLOSE");
  delivery.delay = std::chrono::milliseconds(*delay);
  delivery.response = {.status = static_cast<int>(*status), .reason = reason, .headers = *std::move(headers), .body = *std::move(body)};
  return delivery;
}

}  // namespace

PatternResult<Stub> parse_stub(const Json& given, const std::string& id, std::uint64_t steps) {
  if (auto wrong = check_members(given, "", {"id", "uuid", "name", "request", "response", "priority", "persistent", "metadata"}))
    return tl::unexpected(*std::move(wrong));
  if (!find_format("uuid")(id)) return unexpected("/id", id, "a UUID");
  auto pattern = RequestPattern::parse(given.value("request", Json::object()));
  if (!pattern) return pattern_error("/request" + pattern.error().pointer, pattern.error().title);
  const auto priority = read_integer(given, "/priority", 1, 1'000'000, 5);
  if (!priority) return tl::unexpected(priority.error());
  auto delivery = read_response(given);
  if (!delivery) return tl::unexpected(delivery.error());
  Json mapping = given;
  mapping["id"] = mapping["uuid"] = id;
  mapping.emplace("request", Json::object());
  mapping.emplace("response", Json::object());
  const std::string name = given.contains("name") && given["name"].is_string() ? given["name"].get<std::string>() : id;
  return Stub{.id = id,
              .name = name,
              .priority = static_cast<int>(*priority),
              .mapping = std::move(mapping),
              .delivery = *std::move(delivery),
              .matches = [pattern = std::make_shared<const RequestPattern>(*std::move(pattern)), steps](const JournalEntry& entry) {
                StepBudget budget(steps);
                const Logged logged{.entry = std::shared_ptr<const JournalEntry>(std::shared_ptr<void>(), &entry), .tenant = {}};
                return pattern->match(logged, budget) && !budget.is_spent();
              }};
}

}  // namespace understudy
