#include "conformance/live/ledger.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <unordered_map>

#include "contracts/src/base/env.h"
#include "contracts/src/base/http.h"
#include "contracts/src/base/text.h"

namespace understudy {
namespace {

constexpr std::size_t kLongestBody = 2000;

Problem unwritable(const std::string& path, int error) {
  return make_problem(Failure::unsafe, "ledger-unwritable",
                      fmt::format("cannot write the ledger {}: {}; nothing is made without it", path, std::strerror(error)));
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

// Sent exactly as the ledger says, so it must be one request to a known place.
bool is_sound(const Undo& undo) {
  return !undo.method.empty() && undo.target.starts_with('/') && !find_framing_break(undo.method, undo.target, {});
}

class LedgerReader {
 public:
  // False: no line of a ledger.
  bool apply(const Json& line) {
    if (!line.is_object()) return false;
    const auto event = text_of(line, "event");
    const auto id = text_of(line, "id");
    if (id.empty()) return false;
    if (event == "sending") return add(read_members<LedgerEntry>(line, kEntryMembers));
    if (event == "answered") return apply_answer(line, id);
    const auto known = index_.find(id);
    if (event != "undone" || known == index_.end()) return false;
    state.items[known->second].undone = true;
    return true;
  }

  LedgerState state;

 private:
  bool add(LedgerEntry entry) {
    index_.insert_or_assign(entry.id, state.items.size());
    state.items.push_back({.entry = std::move(entry)});
    return true;
  }

  bool apply_answer(const Json& line, const std::string& id) {
    std::optional<Undo> undo;
    if (const auto written = line.find("undo"); written != line.end() && written->is_object()) {
      undo = read_members<Undo>(*written, kUndoMembers);
      if (!is_sound(*undo)) return false;
    }
    if (!index_.contains(id)) {
      if (!undo) return false;
      add({.id = id, .origin = undo->origin});  // its first line was skipped; this one is enough to remove the record
    }
    auto& item = state.items[index_.at(id)];
    item.answered = true;
    item.made = line.value("made", Json(false)) == true;
    item.removable = line.value("removable", Json(false)) == true;
    item.undo = std::move(undo);
    return true;
  }

  std::unordered_map<std::string, std::size_t> index_;  // by id
};

// Whether the file ends without the end of a line. False where that cannot be known: for a pipe, or a file that may only be written.
bool is_cut_off(const std::string& path) {
  std::ifstream file(path, std::ios::binary | std::ios::ate);
  if (!file || file.tellg() <= 0 || !file.seekg(-1, std::ios::end)) return false;
  return file.get() != '\n';
}

}  // namespace

LedgerState parse_ledger(std::string_view text, const std::string& file) {
  LedgerReader reader;
  for (std::size_t number = 1; !text.empty(); ++number) {
    const auto end = std::min(text.find('\n'), text.size());
    const auto line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (trim(line).empty()) continue;
    const auto value = parse_json(line);
    if (value && reader.apply(*value)) continue;
    reader.state.skipped.push_back(make_problem(Failure::bad_file, "bad-ledger",
                                                "skipped a line that is no ledger entry: cut off, or foreign",
                                                {.file = file, .line = number, .column = 1}, std::string(line.substr(0, 200))));
  }
  return std::move(reader.state);
}

Result<std::unique_ptr<Ledger>> Ledger::open(const std::string& path, std::uint64_t run) {
  std::error_code ignored;
  std::filesystem::create_directories(std::filesystem::path(path).parent_path(), ignored);
  const bool is_regular = std::filesystem::is_regular_file(path, ignored);
  const int file = ::open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
  if (file < 0) return tl::unexpected(unwritable(path, errno));
  return std::unique_ptr<Ledger>(new Ledger(path, file, run, is_regular && is_cut_off(path)));
}

Ledger::~Ledger() { ::close(file_); }

Result<void> Ledger::append(const Json& line) {
  const std::string text = (is_cut_ ? "\n" : "") + render_json(line) + "\n";
  std::string_view rest = text;
  while (!rest.empty()) {
    const auto written = ::write(file_, rest.data(), rest.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return tl::unexpected(unwritable(path_, errno));
    rest.remove_prefix(static_cast<std::size_t>(written));
    is_cut_ = !rest.empty();
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

Result<void> Ledger::settle(const std::string& id, bool made, const std::optional<Undo>& undo, bool removable) {
  const std::lock_guard lock(mutex_);
  Json line = {{"event", "answered"}, {"id", id}, {"made", made}};
  if (undo) write_members(line["undo"], *undo, kUndoMembers);
  if (made && !undo && removable) line["removable"] = true;
  return append(line);
}

Result<void> Ledger::mark_undone(const std::string& id) {
  const std::lock_guard lock(mutex_);
  return append({{"event", "undone"}, {"id", id}});
}

}  // namespace understudy
