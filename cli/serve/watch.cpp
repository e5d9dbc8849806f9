#include "cli/serve/watch.h"

#include <fmt/format.h>
#include <sys/inotify.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstring>
#include <filesystem>
#include <utility>

#include "cli/inputs.h"

namespace understudy {
namespace {

namespace fs = std::filesystem;

// A file counts as changed when its writer closes it, not while it is half written.
constexpr unsigned kEvents =
    IN_CLOSE_WRITE | IN_CREATE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE | IN_ATTRIB | IN_DELETE_SELF | IN_MOVE_SELF;

tl::unexpected<Problem> cannot_watch(std::string message) { return tl::unexpected(usage_problem("cannot-watch", std::move(message))); }

fs::path parent_of(const fs::path& path) {
  const auto plain = path.has_filename() ? path : path.parent_path();  // "folder/" means "folder"
  return plain.has_parent_path() ? plain.parent_path() : fs::path(".");
}
std::string name_of(const fs::path& path) { return (path.has_filename() ? path : path.parent_path()).filename().string(); }

// A new regular file with one link is still being written: IN_CLOSE_WRITE will report it.
bool is_still_written(const std::string& path) {
  std::error_code error;
  const auto status = fs::symlink_status(path, error);
  return !error && fs::is_regular_file(status) && fs::hard_link_count(path, error) == 1;
}

// The folders to watch: all names in them, or some.
struct Wanted {
  std::map<std::string, std::pair<bool, std::set<std::string>>> folders;

  void add_name(const fs::path& path) { folders[parent_of(path).string()].second.insert(name_of(path)); }
  void add_folder(const fs::path& folder) {
    folders[folder.string()].first = true;
    std::error_code error;
    fs::recursive_directory_iterator entry(folder, fs::directory_options::skip_permission_denied, error);
    for (; !error && entry != fs::recursive_directory_iterator(); entry.increment(error)) {
      std::error_code ignored;
      if (entry->is_symlink(ignored))
        add_target(entry->path());
      else if (entry->is_directory(ignored))
        folders[entry->path().string()].first = true;
    }
  }
  // A change of the target of a link counts as a change of the link.
  void add_target(const fs::path& link) {
    std::error_code error;
    const auto target = fs::weakly_canonical(link, error);
    if (!error && !fs::is_directory(target, error)) add_name(target);
  }
  void add(const fs::path& path) {
    std::error_code error;
    add_name(path);
    if (fs::is_directory(path, error)) return add_folder(path);
    if (fs::is_symlink(path, error)) add_target(path);
  }
};

}  // namespace

Result<Watch> Watch::open() {
  const int descriptor = ::inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
  if (descriptor < 0) return cannot_watch(fmt::format("changes of files cannot be watched: {}", std::strerror(errno)));
  return Watch(descriptor);
}

Watch::Watch(Watch&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)), folders_(std::move(other.folders_)) {}
Watch::~Watch() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

Result<void> Watch::follow(const std::vector<std::string>& paths) {
  Wanted wanted;
  for (const auto& path : paths) wanted.add(path);
  std::map<int, Folder> followed;
  for (auto& [path, names] : wanted.folders) {
    const int watch = ::inotify_add_watch(descriptor_, path.c_str(), kEvents | IN_ONLYDIR);
    if (watch >= 0) {  // two paths of one folder have the same descriptor
      Folder& folder = followed.try_emplace(watch, Folder{.path = path, .whole = false}).first->second;
      folder.whole = folder.whole || names.first;
      folder.names.merge(names.second);
    } else if (errno == ENOSPC) {
      return cannot_watch(fmt::format("'{}' cannot be watched: the limit fs.inotify.max_user_watches is reached", path));
    } else if (errno != ENOENT && errno != ENOTDIR && errno != EACCES) {
      return cannot_watch(fmt::format("'{}' cannot be watched: {}", path, std::strerror(errno)));
    }
  }
  for (const auto& [watch, folder] : folders_)
    if (!followed.contains(watch)) ::inotify_rm_watch(descriptor_, watch);
  folders_ = std::move(followed);
  return {};
}

bool Watch::is_watched(const Folder& folder, const std::string& name, unsigned mask) const {
  if (name.empty()) return folder.whole && (mask & IN_ATTRIB) == 0;  // the folder itself was removed
  if (!folder.whole && !folder.names.contains(name)) return false;
  return (mask & IN_CREATE) == 0 || (mask & IN_ISDIR) != 0 || !is_still_written(folder.path + "/" + name);
}

bool Watch::take_changes() {
  bool changed = false;
  alignas(inotify_event) char buffer[16384];
  for (;;) {
    const auto count = ::read(descriptor_, buffer, sizeof buffer);
    if (count <= 0) return changed;
    for (std::size_t at = 0; at < static_cast<std::size_t>(count);) {
      inotify_event event;
      std::memcpy(&event, buffer + at, sizeof event);
      const std::string name = event.len > 0 ? std::string(buffer + at + sizeof event) : std::string();
      at += sizeof event + event.len;
      if ((event.mask & IN_Q_OVERFLOW) != 0) changed = true;  // events were lost: assume a change
      const auto folder = folders_.find(event.wd);
      if (folder == folders_.end() || (event.mask & IN_IGNORED) != 0) continue;
      changed = is_watched(folder->second, name, event.mask) || changed;
    }
  }
}

}  // namespace understudy
