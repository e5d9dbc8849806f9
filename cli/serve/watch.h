// Owns noticing that files have changed: inotify over folders and the folders of files, with what lies behind links. What is
// done about a change is `serve`'s business. The only file of ours that speaks to inotify.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "contracts/src/base/problem.h"

namespace understudy {

// Of one thread.
class Watch {
 public:
  // Failure: cannot-watch.
  static Result<Watch> open();
  Watch(Watch&& other) noexcept;
  Watch& operator=(Watch&&) = delete;
  ~Watch();

  // Follows these files and folders, with all folders below them, from now on and instead of those before. A path that does not
  // exist is followed by the folder it would lie in. Called again after each change: folders may have come. Changes that come
  // while it looks around are seen afterwards. Failure: cannot-watch, with the folder.
  Result<void> follow(const std::vector<std::string>& paths);

  int descriptor() const { return descriptor_; }  // readable when something may have changed
  // Takes in what has happened; whether any of it concerns what is followed.
  bool take_changes();

 private:
  explicit Watch(int descriptor) : descriptor_(descriptor) {}
  struct Folder {
    std::string path;
    bool whole = false;           // everything in it counts
    std::set<std::string> names;  // else only these
  };
  bool concerns(const Folder& folder, const std::string& name, unsigned what) const;

  int descriptor_ = -1;
  std::map<int, Folder> folders_;  // by inotify's number
};

}  // namespace understudy
