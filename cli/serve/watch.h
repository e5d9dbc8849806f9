// Reports that files have changed, by inotify on their folders and on the targets of links. Call follow() with the paths, wait until
// descriptor() is readable, then call take_changes(). Use it from one thread.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "contracts/src/base/problem.h"

namespace understudy {

class Watch {
 public:
  // Failure: cannot-watch.
  static Result<Watch> open();
  Watch(Watch&& other) noexcept;
  Watch& operator=(Watch&&) = delete;
  ~Watch();

  // Watches these files and folders with all folders below, instead of the previous ones. For a path that does not exist, its
  // parent folder is watched. Call it again after each change, because folders may have been added; changes during the call are
  // reported afterwards. Failure: cannot-watch, with the folder.
  Result<void> follow(const std::vector<std::string>& paths);

  int descriptor() const { return descriptor_; }  // readable when something may have changed
  // Reads the pending events; true if one of them concerns a watched path.
  bool take_changes();

 private:
  explicit Watch(int descriptor) : descriptor_(descriptor) {}
  struct Folder {
    std::string path;
    bool whole = false;           // every name in it is watched
    std::set<std::string> names;  // else these names
  };
  bool is_watched(const Folder& folder, const std::string& name, unsigned mask) const;

  int descriptor_ = -1;
  std::map<int, Folder> folders_;  // by watch descriptor
};

}  // namespace understudy
