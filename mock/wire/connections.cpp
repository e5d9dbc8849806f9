#include "mock/wire/connections.h"

#include <utility>

namespace understudy {

void Connections::join(Connection& connection) {
  connection.index = list_.size();
  list_.push_back(&connection);
}

void Connections::leave(Connection& connection) {
  list_.back()->index = connection.index;
  std::swap(list_[connection.index], list_.back());
  list_.pop_back();
}

void Connections::sweep(Connection::Clock::time_point now) {
  for (auto* connection : list_) {
    if (now < connection->deadline) continue;
    connection->expired = true;
    connection->interrupt();
  }
}

void Connections::interrupt_waiting() {
  for (auto* connection : list_) {
    if (!connection->awaits_answer()) connection->interrupt();
  }
}

void Connections::abort_all() {
  for (auto* connection : list_) connection->abort();
}

}  // namespace understudy
