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

std::string key_of(const std::string& origin, const std::string& method, const std::string& target) {
  return origin + " " + method + " " + target;
}

// The members of a ledger's line, by name.
constexpr std::pair<const char*, std::string Undo::*> kUndoMembers[] = {{"api", &Undo::api},       {"operation", &Undo::operation},
                                                                        {"origin", &Undo::origin}, {"method", &Undo::method},
                                                                        {"target", &Undo::target}, {"what", &Undo::what}};
constexpr std::pair<const char*, std::string LedgerEntry::*> kEntryMembers[] = {{"id", &LedgerEntry::id},
                                                                                {"at", &LedgerEntry::at},
                                                                                {"scenario", &LedgerEntry::scenario},
                                                                                {"operation", &LedgerEntry::operation},
                                                                                {"origin", &LedgerEntry::origin},
                                                                                {"method", &LedgerEntry::method},
                                                                                {"target", &LedgerEntry::target},
                                                                                {"body", &LedgerEntry::body}};

template <class T, class Members>
void write_members(Json& object, const T& value, const Members& members) {
  for (const auto& [name, member] : members) object[name] = value.*member;
}

std::string text_of(const Json& object, const char* member) {
  const auto found = object.find(member);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

template <class T, class Members>
T read_members(const Json& object, const Members& members) {
  T value;
  for (const auto& [name, member] : members) value.*member = text_of(object, name);
  return value;
}

// False: no line of a ledger.
bool apply_line(LedgerState& state, const Json& line) {
  if (!line.is_object()) return false;
  const auto event = text_of(line, "event");
  const auto id = text_of(line, "id");
  if (id.empty()) return false;
  if (event == "sending") {
    state.items.push_back({.entry = read_members<LedgerEntry>(line, kEntryMembers)});
    return true;
  }
  const auto item = std::ranges::find_if(state.items, [&](const LedgerState::Item& known) { return known.entry.id == id; });
  if (item == state.items.end()) return false;
  if (event == "undone") {
    item->undone = true;
    return true;
  }
  if (event != "answered") return false;
  item->answered = true;
  item->made = line.value("made", Json(false)) == true;
  if (const auto undo = line.find("undo"); undo != line.end() && undo->is_object()) item->undo = read_members<Undo>(*undo, kUndoMembers);
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
    if (value && apply_line(state, *value)) continue;
    if (is_cut) break;
    return tl::unexpected(make_problem(Failure::bad_file, "bad-ledger",
                                       "found a line that is no ledger entry, expected lines that verify wrote",
                                       {.file = file, .line = number, .column = 1}, std::string(line.substr(0, 200))));
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
  // EINVAL: the file is a pipe or the like, not on a disk.
  if (::fdatasync(file_) != 0 && errno != EINVAL) return tl::unexpected(unwritable(path_, errno));
  return {};
}

Result<std::string> Ledger::begin(LedgerEntry entry) {
  const std::lock_guard lock(mutex_);
  entry.id = fmt::format("{:08x}-{}", run_ & 0xffffffffU, ++count_);
  if (entry.body.size() > kLongestBody) entry.body.resize(kLongestBody);
  entry.at = render_rfc3339_millis(Clock().now());
  Json line = {{"event", "sending"}};
  write_members(line, entry, kEntryMembers);
  if (auto done = append(line); !done) return tl::unexpected(done.error());
  return entry.id;
}

Result<void> Ledger::settle(const std::string& id, bool made, const std::optional<Undo>& undo) {
  const std::lock_guard lock(mutex_);
  Json line = {{"event", "answered"}, {"id", id}, {"made", made}};
  if (undo) {
    write_members(line["undo"], *undo, kUndoMembers);
    open_.emplace(key_of(undo->origin, undo->method, undo->target), id);
  }
  return append(line);
}

bool Ledger::note_removed(const std::string& origin, const std::string& method, const std::string& target) {
  const std::lock_guard lock(mutex_);
  const auto [begin, end] = open_.equal_range(key_of(origin, method, target));
  for (auto entry = begin; entry != end; ++entry) static_cast<void>(append({{"event", "undone"}, {"id", entry->second}}));
  const bool any = begin != end;
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
