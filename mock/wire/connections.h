// Owns the list of one loop's connections and what happens to them from outside: deadlines, stops. A deadline is a field that
// a sweep looks at now and then, so that setting one costs nothing and thousands of idle connections need one timer.
#pragma once

#include <chrono>
#include <cstddef>
#include <vector>

namespace understudy {

class Connection {
 public:
  using Clock = std::chrono::steady_clock;
  enum class Phase { greeting, idle, reading, answering, stalled, lingering };
  static constexpr auto kForever = Clock::time_point::max();

  virtual ~Connection() = default;
  virtual void interrupt() = 0;  // ends the wait it is in
  virtual void abort() = 0;      // ends all that it will ever wait for

  bool awaits_answer() const { return phase == Phase::reading || phase == Phase::answering; }

  Phase phase = Phase::greeting;
  Clock::time_point deadline = kForever;
  bool expired = false;   // the sweep interrupted it
  std::size_t index = 0;  // where in the list
};

class Connections {
 public:
  void join(Connection& connection);
  void leave(Connection& connection);
  bool empty() const { return list_.empty(); }

  void sweep(Connection::Clock::time_point now);  // interrupts those past their deadline
  void interrupt_waiting();                       // those that no answer is in flight for
  void abort_all();

 private:
  std::vector<Connection*> list_;
};

}  // namespace understudy
