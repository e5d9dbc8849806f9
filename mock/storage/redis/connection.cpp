#include "mock/storage/redis/connection.h"

#include <hiredis/hiredis.h>
#include <poll.h>

#include <charconv>

namespace understudy::redis {
namespace {

constexpr timeval kConnectTimeout{.tv_sec = 0, .tv_usec = 500'000};
constexpr timeval kReplyTimeout{.tv_sec = 2, .tv_usec = 0};

Reply convert(const redisReply& reply) {
  Reply out;
  switch (reply.type) {
    case REDIS_REPLY_NIL: out.kind = Reply::Kind::nil; break;
    case REDIS_REPLY_INTEGER:
      out.kind = Reply::Kind::number;
      out.number = reply.integer;
      break;
    case REDIS_REPLY_ARRAY:
      out.kind = Reply::Kind::list;
      for (std::size_t i = 0; i < reply.elements; ++i) out.list.push_back(convert(*reply.element[i]));
      break;
    default: out.kind = reply.type == REDIS_REPLY_ERROR ? Reply::Kind::error : Reply::Kind::text; out.text.assign(reply.str, reply.len);
  }
  return out;
}

std::string problem_of(const redisContext& context) {
  return context.err == REDIS_ERR_IO ? "it does not answer" : std::string(context.errstr);
}

}  // namespace

std::uint64_t Reply::count() const {
  std::uint64_t value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

const Reply& Reply::at(std::size_t index) const {
  static const Reply kNil{.kind = Kind::nil};
  return index < list.size() ? list[index] : kNil;
}

void Connection::Free::operator()(redisContext* context) const { redisFree(context); }

tl::expected<Connection, std::string> Connection::open(const Address& address) {
  Connection connection(redisConnectWithTimeout(address.host.c_str(), address.port, kConnectTimeout));
  const std::string where = "Redis at " + address.text() + ": ";
  redisContext* context = connection.context_.get();
  if (context == nullptr) return tl::unexpected(where + "out of memory");
  if (context->err != 0) return tl::unexpected(where + context->errstr);
  redisSetTimeout(context, kReplyTimeout);
  redisEnableKeepAlive(context);
  std::vector<Command> commands;
  if (!address.password.empty()) {
    commands.push_back(address.user.empty() ? Command{"AUTH", address.password} : Command{"AUTH", address.user, address.password});
  }
  if (address.database != 0) commands.push_back({"SELECT", std::to_string(address.database)});
  commands.push_back({"PING"});
  for (const Reply& reply : connection.run(commands)) {
    if (reply.kind == Reply::Kind::error) return tl::unexpected(where + reply.text);
    if (reply.kind == Reply::Kind::lost) return tl::unexpected(where + connection.failure_);
  }
  return connection;
}

bool Connection::is_open() const {
  if (context_ == nullptr || context_->err != 0) return false;
  pollfd waiting{.fd = context_->fd, .events = POLLIN, .revents = 0};
  return ::poll(&waiting, 1, 0) == 0;  // nothing is expected: what can be read is the end
}

bool Connection::send(std::span<const Command> commands) {
  std::vector<const char*> texts;
  std::vector<std::size_t> lengths;
  for (const Command& command : commands) {
    texts.clear();
    lengths.clear();
    for (const std::string& word : command) {
      texts.push_back(word.data());
      lengths.push_back(word.size());
    }
    if (redisAppendCommandArgv(context_.get(), static_cast<int>(texts.size()), texts.data(), lengths.data()) != REDIS_OK) return false;
  }
  return true;
}

std::vector<Reply> Connection::run(std::span<const Command> commands) {
  std::vector<Reply> replies(commands.size());
  if (context_->err != 0 || !send(commands)) return replies;
  for (Reply& each : replies) {
    void* raw = nullptr;
    if (redisGetReply(context_.get(), &raw) != REDIS_OK || raw == nullptr) {
      failure_ = problem_of(*context_);
      break;
    }
    each = convert(*static_cast<redisReply*>(raw));
    freeReplyObject(raw);
  }
  return replies;
}

}  // namespace understudy::redis
