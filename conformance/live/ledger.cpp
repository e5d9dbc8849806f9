#include "conformance/live/ledger.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>

#include "contracts/src/base/env.h"

namespace understudy {
namespace {

constexpr std::size_t kLongestBody = 2000;

Problem unwritable(const std::string& path, int error) {
  return make_problem(Failure::unsafe, "ledger-unwritable",
                      fmt::format("cannot write the ledger {}: {}; nothing is made without it", path, std::strerror(error)));
}

Problem bad_line(const Place& place, std::string_view line) {
  return make_problem(Failure::bad_file, "bad-ledger", "found a line that is no ledger entry, expected only lines that verify wrote", place,
                      std::string(line.substr(0, 200)));
}

std::string key_of(const std::string& origin, const std::string& method, const std::string& target) {
  return origin + " " + method + " " + target;
}

Json to_json(const Undo& undo) {
  return {{"api", undo.api},       {"operation", undo.operation}, {"origin", undo.origin},
          {"method", undo.method}, {"target", undo.target},       {"what", undo.what}};
}

std::string text_of(const Json& object, const char* member) {
  const auto found = object.find(member);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

Undo undo_of(const Json& value) {
  return {.api = text_of(value, "api"),
          .operation = text_of(value, "operation"),
          .origin = text_of(value, "origin"),
          .method = text_of(value, "method"),
          .target = text_of(value, "target"),
          .what = text_of(value, "what")};
}

LedgerEntry entry_of(const Json& line) {
  return {.id = text_of(line, "id"),
          .at = text_of(line, "at"),
          .scenario = text_of(line, "scenario"),
          .operation = text_of(line, "operation"),
          .origin = text_of(line, "origin"),
          .method = text_of(line, "method"),
          .target = text_of(line, "target"),
          .body = text_of(line, "body")};
}

bool take_line(LedgerState& state, const Json& line) {
  if (!line.is_object()) return false;
  const auto event = text_of(line, "event");
  const auto id = text_of(line, "id");
  if (id.empty()) return false;
  if (event == "sending") {
    state.items.push_back({.entry = entry_of(line), .answered = false, .made = false, .undo = std::nullopt, .undone = false});
    return true;
  }
  const auto item = std::find_if(state.items.begin(), state.items.end(), [&](const LedgerState::Item& one) { return one.entry.id == id; });
  if (item == state.items.end()) return false;
  if (event == "undone") {
    item->undone = true;
    return true;
  }
  if (event != "answered") return false;
  item->answered = true;
  item->made = line.value("made", Json(false)) == true;
  if (const auto undo = line.find("undo"); undo != line.end() && undo->is_object()) item->undo = undo_of(*undo);
  return true;
}

}  // namespace

Result<LedgerState> parse_ledger(std::string_view text, const std::string& file) {
  LedgerState state;
  for (std::size_t number = 1; !text.empty(); ++number) {
    const auto end = text.find('\n');
    const auto line = text.substr(0, end);
    const bool is_cut = end == std::string_view::npos;
    text.remove_prefix(is_cut ? text.size() : end + 1);
    const auto value = parse_json(line);
    if (value && take_line(state, *value)) continue;
    if (is_cut) break;
    const Place place{.file = file, .line = number, .column = 1};
    return tl::unexpected(bad_line(place, line));
  }
  return state;
}

Result<std::unique_ptr<Ledger>> Ledger::open(const std::string& path, std::uint64_t run) {
  std::error_code ignored;
  std::filesystem::create_directories(std::filesystem::path(path).parent_path(), ignored);
  const int file = ::open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
  if (file < 0) return tl::unexpected(unwritable(path, errno));
  return std::unique_ptr<Ledger>(new Ledger(path, file, run));
}

Ledger::~Ledger() { ::close(file_); }

Result<void> Ledger::append(const Json& line) {
  const std::string text = render_json(line) + "\n";
  std::string_view rest = text;
  while (!rest.empty()) {
    const auto written = ::write(file_, rest.data(), rest.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return tl::unexpected(unwritable(path_, errno));
    rest.remove_prefix(static_cast<std::size_t>(written));
  }
  // EINVAL: a pipe or the like, which has no disk behind it.
  if (::fdatasync(file_) != 0 && errno != EINVAL) return tl::unexpected(unwritable(path_, errno));
  return {};
}

Result<std::string> Ledger::begin(LedgerEntry entry) {
  const std::lock_guard lock(mutex_);
  entry.id = fmt::format("{:08x}-{}", run_ & 0xffffffffU, ++count_);
  if (entry.body.size() > kLongestBody) entry.body.resize(kLongestBody);
  auto done = append({{"event", "sending"},
                      {"id", entry.id},
                      {"at", render_rfc3339_millis(Clock().now())},
                      {"scenario", entry.scenario},
                      {"operation", entry.operation},
                      {"origin", entry.origin},
                      {"method", entry.method},
                      {"target", entry.target},
                      {"body", entry.body}});
  if (!done) return tl::unexpected(done.error());
  return entry.id;
}

Result<void> Ledger::settle(const std::string& id, bool made, const std::optional<Undo>& undo) {
  const std::lock_guard lock(mutex_);
  Json line = {{"event", "answered"}, {"id", id}, {"made", made}};
  if (undo) {
    line["undo"] = to_json(*undo);
    open_.emplace(key_of(undo->origin, undo->method, undo->target), id);
  }
  return append(line);
}

bool Ledger::note_removed(const std::string& origin, const std::string& method, const std::string& target) {
  const std::lock_guard lock(mutex_);
  const auto [begin, end] = open_.equal_range(key_of(origin, method, target));
  const bool any = begin != end;
  for (auto one = begin; one != end; ++one) static_cast<void>(append({{"event", "undone"}, {"id", one->second}}));
  open_.erase(begin, end);
  return any;
}

Result<void> Ledger::mark_undone(const std::string& id) {
  const std::lock_guard lock(mutex_);
  return append({{"event", "undone"}, {"id", id}});
}

bool Ledger::is_undo(const std::string& origin, const std::string& method, const std::string& target) const {
  const std::lock_guard lock(mutex_);
  return open_.contains(key_of(origin, method, target));
}

}  // namespace understudy
