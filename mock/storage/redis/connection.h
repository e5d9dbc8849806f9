// A connection to a Redis server. Blocking, for one thread. See also: fleet_log.h (what is said over it).
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "mock/storage/redis/address.h"

struct redisContext;

namespace understudy::redis {

struct Reply {
  enum class Kind {
    lost,  // the connection broke or timed out: the command may have been executed or not
    nil,
    text,
    number,
    list,
    error,  // refused: the command was not executed
  };
  Kind kind = Kind::lost;
  std::string text;  // of an error: its message
  std::int64_t number = 0;
  std::vector<Reply> list;

  bool is_number(std::int64_t expected) const { return kind == Kind::number && number == expected; }
  bool is_error(std::string_view code) const { return kind == Kind::error && text.starts_with(code); }
  // A text as a number; 0: it is none.
  std::uint64_t count() const;
  // An element of a list; nil: there is none.
  const Reply& at(std::size_t index) const;
};

using Command = std::vector<std::string>;

class Connection {
 public:
  // Connects, authenticates and selects the database. Fails with a sentence.
  static tl::expected<Connection, std::string> open(const Address& address);

  // Sends all commands together. Returns a reply for each; after the first lost one, all are lost, and the connection cannot be used.
  std::vector<Reply> run(std::span<const Command> commands);
  Reply run(const Command& command) { return std::move(run(std::span(&command, 1)).front()); }
  // False: the server has closed it, or it broke.
  bool is_open() const;
  const std::string& failure() const { return failure_; }  // why replies were lost

 private:
  struct Free {
    void operator()(redisContext* context) const;
  };
  explicit Connection(redisContext* context) : context_(context) {}
  bool send(std::span<const Command> commands);
  std::unique_ptr<redisContext, Free> context_;
  std::string failure_;
};

}  // namespace understudy::redis
