#include "scenarios/src/model/fault_words.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <utility>

#include "contracts/src/base/number.h"
#include "contracts/src/base/problem.h"
#include "contracts/src/base/text.h"

namespace understudy {
namespace {

// Values built in code are signed, parsed ones unsigned.
bool is_count(const Json& value) { return value.is_number_unsigned() || (value.is_number_integer() && value.get<std::int64_t>() >= 0); }

using FaultKind = FaultSpec::Kind;
using Phase = FaultSpec::Phase;

struct FaultKindRow {
  FaultKind kind;
  std::string_view word;
  std::vector<std::string> arguments;  // besides those that say when
};

const std::vector<FaultKindRow>& fault_kind_rows() {
  static const std::vector<FaultKindRow> rows = {
      {FaultKind::answer, "answer", {"answer"}},
      {FaultKind::status, "status", {"status", "reason", "body", "content_type"}},
      {FaultKind::delay, "delay", {"delay", "virtual"}},
      {FaultKind::drip, "drip", {"drip"}},
      {FaultKind::stall, "stall", {"after_bytes"}},
      {FaultKind::reset, "reset", {"after_bytes"}},
      {FaultKind::close, "close", {"after_bytes"}},
      {FaultKind::truncate, "truncate", {"after_bytes"}},
      {FaultKind::garbage, "garbage", {}},
      {FaultKind::malformed_chunk, "malformed_chunk", {}},
      {FaultKind::wrong_content_type, "wrong_content_type", {"content_type"}},
      {FaultKind::expire_token, "expire_token", {}},
      {FaultKind::throttle, "throttle", {}},
  };
  return rows;
}

// WireMock's names of the same faults.
constexpr std::array<std::pair<std::string_view, FaultKind>, 4> kAliases = {{
    {"CONNECTION_RESET_BY_PEER", FaultKind::reset},
    {"EMPTY_RESPONSE", FaultKind::close},
    {"MALFORMED_RESPONSE_CHUNK", FaultKind::malformed_chunk},
    {"RANDOM_DATA_THEN_CLOSE", FaultKind::garbage},
}};

constexpr std::array<std::pair<std::string_view, Phase>, 4> kPhases = {{
    {"before", Phase::before},
    {"before_commit", Phase::before_commit},
    {"after_commit", Phase::after_commit},
    {"between_items", Phase::between_items},
}};

const std::vector<std::string> kWhen = {"on", "call", "every", "probability", "match", "times", "phase", "kind"};

const FaultKindRow* find_kind(std::string_view word) {
  for (const auto& [alias, kind] : kAliases)
    if (alias == word) return &fault_kind_rows()[static_cast<std::size_t>(kind)];
  const auto found =
      std::find_if(fault_kind_rows().begin(), fault_kind_rows().end(), [&](const FaultKindRow& row) { return row.word == word; });
  return found == fault_kind_rows().end() ? nullptr : &*found;
}

// Reads members one by one and keeps the first mistake.
class Members {
 public:
  explicit Members(const Json& fault) : fault_(fault) {}

  const Json* find(const char* name) const {
    const auto found = fault_.find(name);
    return found == fault_.end() ? nullptr : &*found;
  }
  void refuse(std::string_view name, const Json& found, std::string_view expected) {
    if (error_.empty()) error_ = fmt::format("{}: found {}, expected {}", name, describe(found), expected);
  }
  std::string text(const char* name) {
    const Json* value = find(name);
    if (value == nullptr) return {};
    if (value->is_string() && !value->get_ref<const std::string&>().empty()) return value->get<std::string>();
    refuse(name, *value, "text");
    return {};
  }
  std::optional<std::uint64_t> count(const Json& parent, const char* name, std::uint64_t least) {
    const auto value = parent.find(name);
    if (value == parent.end()) return std::nullopt;
    if (is_count(*value) && value->get<std::uint64_t>() >= least) return value->get<std::uint64_t>();
    refuse(name, *value, fmt::format("an integer >= {}", least));
    return std::nullopt;
  }
  std::optional<std::uint64_t> count(const char* name, std::uint64_t least) { return count(fault_, name, least); }
  Milliseconds duration(const Json& parent, const char* name) {
    const auto value = parent.find(name);
    if (value == parent.end()) return Milliseconds{0};
    constexpr std::uint64_t kDay = 86'400'000;
    if (is_count(*value) && value->get<std::uint64_t>() <= kDay) return Milliseconds{value->get<std::int64_t>()};
    if (value->is_string())
      if (const auto parsed = parse_duration(value->get_ref<const std::string&>())) return *parsed;
    refuse(name, *value, "a duration such as \"250ms\", or milliseconds");
    return Milliseconds{0};
  }
  Milliseconds duration(const char* name) { return duration(fault_, name); }
  void need(const char* name) {
    if (find(name) == nullptr) fail(fmt::format("{} is missing", name));
  }
  void fail(std::string message) {
    if (error_.empty()) error_ = std::move(message);
  }
  const std::string& error() const { return error_; }

 private:
  const Json& fault_;
  std::string error_;
};

std::optional<std::string> check_members(const Json& fault, const FaultKindRow& row) {
  std::vector<std::string> known = kWhen;
  known.insert(known.end(), row.arguments.begin(), row.arguments.end());
  for (const auto& [name, value] : fault.items()) {
    if (contains(known, name)) continue;
    const std::string hint = did_you_mean(name, known);
    return fmt::format("found unknown member '{}' of kind {}{}", name, row.word,
                       hint.empty() ? fmt::format(", expected one of: {}", fmt::join(known, ", ")) : hint);
  }
  return std::nullopt;
}

void read_when(Members& members, FaultSpec& spec) {
  spec.on = members.text("on");
  spec.call = members.count("call", 1);
  spec.every = members.count("every", 1);
  spec.times = members.count("times", 1);
  if (!spec.times && spec.call) spec.times = 1;
  if (spec.call && spec.every) members.fail("call and every exclude each other");
  if (const Json* match = members.find("match")) spec.match = *match;
  if (const Json* probability = members.find("probability")) {
    if (is_number(*probability) && compare_numbers(*probability, 0) >= 0 && compare_numbers(*probability, 1) <= 0)
      spec.probability = to_double(*probability);
    else
      members.refuse("probability", *probability, "a number from 0 to 1");
  }
}

void read_phase(Members& members, FaultSpec& spec) {
  spec.phase = default_phase(spec.kind);
  const Json* phase = members.find("phase");
  if (phase == nullptr) return;
  if (phase->is_object() && phase->size() == 1 && phase->contains("between_items")) {
    spec.phase = Phase::between_items;
    if (const auto done = members.count(*phase, "between_items", 1)) spec.after_items = *done;
    return;
  }
  if (phase->is_string()) {
    const auto& word = phase->get_ref<const std::string&>();
    const auto found = std::ranges::find_if(kPhases, [&](const auto& known) { return known.first == word; });
    if (found != kPhases.end() && found->second != Phase::between_items) {
      spec.phase = found->second;
      return;
    }
    if (word != "between_items") {
      members.fail(fmt::format("phase: found {}, expected before, before_commit, after_commit or {{between_items: k}}{}", describe(*phase),
                               did_you_mean(word, fault_phases())));
      return;
    }
  }
  members.refuse("phase", *phase, "before, before_commit, after_commit or {between_items: k}");
}

void read_status(Members& members, FaultSpec& spec) {
  members.need("status");
  if (const auto status = members.count("status", 100)) {
    // Below 200 a client goes on waiting for the final response (RFC 9110 15.2).
    if (*status < 200 || *status > 599) members.refuse("status", *members.find("status"), "200 to 599");
    spec.status = static_cast<int>(std::min<std::uint64_t>(*status, 599));
  }
  spec.reason = members.text("reason");
  if (const Json* body = members.find("body")) spec.body = *body;
}

void read_drip(Members& members, FaultSpec& spec) {
  members.need("drip");
  const Json* drip = members.find("drip");
  if (drip == nullptr) return;
  if (!drip->is_object()) return members.refuse("drip", *drip, "{bytes: n, every: duration}");
  for (const auto& [name, value] : drip->items())
    if (name != "bytes" && name != "every") members.fail(fmt::format("drip: found unknown member '{}', expected bytes, every", name));
  if (!drip->contains("every")) members.fail("drip: every is missing");
  spec.drip_bytes = members.count(*drip, "bytes", 1).value_or(1);
  spec.drip_every = members.duration(*drip, "every");
}

void read_arguments(Members& members, FaultSpec& spec) {
  switch (spec.kind) {
    case FaultKind::answer:
      members.need("answer");
      spec.answer = members.text("answer");
      break;
    case FaultKind::status: read_status(members, spec); break;
    case FaultKind::delay:
      members.need("delay");
      spec.delay = members.duration("delay");
      if (const Json* is_virtual = members.find("virtual")) {
        if (!is_virtual->is_boolean()) members.refuse("virtual", *is_virtual, "true or false");
        spec.is_virtual = *is_virtual == true;
      }
      break;
    case FaultKind::drip: read_drip(members, spec); break;
    default: break;
  }
  spec.content_type = members.text("content_type");
  if (spec.kind == FaultKind::wrong_content_type && spec.content_type.empty()) spec.content_type = "text/html; charset=utf-8";
  if (const auto bytes = members.count("after_bytes", 0)) spec.after_bytes = *bytes;
}

}  // namespace

tl::expected<FaultSpec, std::string> parse_fault(const Json& fault) {
  if (!fault.is_object()) return tl::unexpected(fmt::format("found {}, expected a mapping with kind", describe(fault)));
  Members members(fault);
  members.need("kind");
  const std::string word = members.text("kind");
  if (!members.error().empty()) return tl::unexpected(members.error());
  const FaultKindRow* row = find_kind(word);
  if (row == nullptr) {
    return tl::unexpected(
        fmt::format("kind: found '{}', expected one of: {}{}", word, fmt::join(fault_kinds(), ", "), did_you_mean(word, fault_kinds())));
  }
  if (auto unknown = check_members(fault, *row)) return tl::unexpected(*std::move(unknown));
  FaultSpec spec;
  spec.kind = row->kind;
  read_when(members, spec);
  read_phase(members, spec);
  read_arguments(members, spec);
  if (!members.error().empty()) return tl::unexpected(members.error());
  return spec;
}

const std::vector<std::string>& fault_kinds() {
  static const std::vector<std::string> words = [] {
    std::vector<std::string> list;
    for (const FaultKindRow& row : fault_kind_rows()) list.emplace_back(row.word);
    return list;
  }();
  return words;
}

const std::vector<std::string>& fault_phases() {
  static const std::vector<std::string> words = {"before", "before_commit", "after_commit", "between_items"};
  return words;
}

std::string_view to_string(FaultKind kind) { return fault_kind_rows()[static_cast<std::size_t>(kind)].word; }
std::string_view to_string(Phase phase) { return kPhases[static_cast<std::size_t>(phase)].first; }

Phase default_phase(FaultKind kind) {
  switch (kind) {
    case FaultKind::drip:
    case FaultKind::truncate:
    case FaultKind::malformed_chunk:
    case FaultKind::wrong_content_type: return Phase::after_commit;
    default: return Phase::before;
  }
}

}  // namespace understudy
