// The mock server for your own tests: it listens on a free port of this machine, serves staged scenarios, and records requests and
// decisions. Understudy's only installed header (docs/in-your-tests.md); it includes only the standard library.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace understudy {

// A call failed: a bad file, an unknown name, a port in use. what() is the text that `understudy serve` would print:
// file:line:column, the message, the code, the line with a caret.
class MockError : public std::runtime_error {
 public:
  MockError(std::string code, const std::string& text) : std::runtime_error(text), code_(std::move(code)) {}
  const std::string& code() const noexcept { return code_; }  // stable, kebab-case: unknown-operation, port-in-use

 private:
  std::string code_;
};

struct MockServerOptions {
  std::string host = "127.0.0.1";
  std::uint16_t port = 0;                    // 0: a free port
  int threads = 2;                           // that serve the sockets
  std::string contracts{};                   // a folder whose APIs add to or replace the bundled ones
  std::string only_api{};                    // serve this API alone, at the root
  std::string profile = "documented";        // or observed, or a profile with switches: "{base: observed, throttle_status: 409}"
  bool demo = true;                          // the tenant demo (user, password and key: demo) exists
  std::string tls_certificate{}, tls_key{};  // PEM files; with both, the mock serves HTTPS
  std::size_t body_limit = 8u << 20;         // of a request, in bytes; a longer body gets 413
  std::size_t journal_entries = 1000;        // for each tenant; the oldest are removed first
  std::size_t journal_bytes = 8u << 20;      // for each tenant
};

struct MockHeader {
  std::string name, value;
};

// The decision about one operation of an exchange; a batch has one for each call or item.
struct MockDecision {
  std::string operation;  // sellercloud.createOrder; empty if no route matched
  std::string answer;     // order_created; empty if a fault prevented a response
  std::string rule;       // the rule that refused it; empty if it succeeded
  std::string place;      // file:line of that rule
};

// A record that an exchange created, updated or removed.
struct MockChange {
  std::string kind;        // created, updated, removed
  std::string collection;  // orders
  std::string id;
};

// One request with its response, as the journal has it. Very long bodies are cut and marked.
struct MockExchange {
  std::uint64_t arrival = 0;  // grows with each request of all tenants
  std::string tenant, api;
  std::chrono::sys_time<std::chrono::milliseconds> at;  // by the tenant's clock
  std::string method, target;                           // as sent, undecoded
  std::vector<MockHeader> headers;                      // order and case as sent
  std::string body;
  int status = 0;
  std::vector<MockHeader> response_headers;  // without Content-Length, Date and Connection
  std::string response_body;
  std::vector<MockDecision> decisions;
  std::string fault, phase;           // kind and phase of the injected fault
  std::string ending;                 // of the connection: complete, or with a fault close, reset or stall
  std::vector<MockChange> committed;  // changes of records by this exchange
  std::vector<std::string> findings;  // about the mock's own response: bugs of Understudy

  // Of the first decision; empty if there is none.
  std::string operation() const { return decisions.empty() ? std::string() : decisions.front().operation; }
  std::string answer() const { return decisions.empty() ? std::string() : decisions.front().answer; }
  std::string rule() const { return decisions.empty() ? std::string() : decisions.front().rule; }
};

// A handle of one tenant: its records, clock, faults and journal. It is cheap to copy and stays valid as long as any handle or the
// server exists, also after stop(). All members but the first four throw MockError if the tenant was removed. Records, faults and
// `given` are JSON or YAML text.
class MockTenant {
 public:
  const std::string& name() const { return name_; }
  const std::string& username() const { return username_; }  // the credentials of this tenant
  const std::string& password() const { return password_; }
  const std::string& key() const { return key_; }

  std::vector<MockExchange> requests() const;                                    // oldest first
  std::size_t count(std::string_view operation) const;                           // calls of this operation: sellercloud.createOrder
  std::size_t count(std::string_view operation, std::string_view answer) const;  // with this response: order_created

  // Records as JSON texts in order of creation, of a collection with its API: "sellercloud.orders".
  std::vector<std::string> records(std::string_view collection) const;
  // Adds a record, with the collection's defaults and an id if it has none.
  void seed(std::string_view collection, std::string_view record);

  // The tenant's clock. It shows the machine's time until it is set here or by the scenario.
  std::chrono::sys_time<std::chrono::milliseconds> now() const;
  void set_clock(std::chrono::sys_time<std::chrono::milliseconds> time);
  void advance(std::chrono::milliseconds by);
  void expire_tokens();  // all tokens issued so far expire

  // "{on: createOrder, call: 1, phase: after_commit, kind: reset}": docs/scenarios.md, "Faults".
  void arm_fault(std::string_view fault);
  void clear_faults();

  void clear_requests();  // clears the journal
  void reset();           // restores the state at staging, and clears the journal
  void remove();

 private:
  friend class MockServer;
  struct Impl;
  MockTenant() = default;
  std::string path(std::string_view call = {}) const;  // of the admin API
  std::shared_ptr<Impl> server_;
  std::string name_, username_, password_, key_;
};

// Listens from its construction to stop(), on its own threads. Members may be called from any thread, also concurrently, but not
// while the object is constructed, moved or destroyed. Every failure is a MockError.
class MockServer {
 public:
  explicit MockServer(const MockServerOptions& options = {});
  ~MockServer();  // stops
  MockServer(MockServer&&) noexcept;
  MockServer& operator=(MockServer&&) noexcept;

  std::string url() const;                      // http://127.0.0.1:PORT
  std::string url(std::string_view api) const;  // the base URL of an API: http://127.0.0.1:PORT/veeqo
  std::uint16_t port() const;

  // Creates a tenant from the `given` of a scenario, or replaces it. Its name, username and key are the file's name without .yaml,
  // its password is demo. The steps are checked but not run.
  MockTenant stage_file(const std::string& path);
  MockTenant stage_yaml(std::string_view scenario, const std::string& name = "scenario");
  // Stages every scenario below a folder, sorted by path. After an error none is staged.
  std::vector<MockTenant> stage_folder(const std::string& path);
  // Creates a tenant without a scenario: {api, clock, seed, ids, profile, settings, limits, records, faults, credentials: {username,
  // password, key}}.
  MockTenant stage_tenant(const std::string& name, std::string_view given = "{}");
  MockTenant tenant(const std::string& name) const;  // an existing tenant: "demo", or one staged by HTTP

  // Of all tenants, in order of arrival. Requests without a known credential belong to the tenant "lobby".
  std::vector<MockExchange> requests() const;
  std::size_t count(std::string_view operation) const;
  std::size_t count(std::string_view operation, std::string_view answer) const;
  void clear_requests();  // clears the journals of all tenants
  // Errors in the mock's own responses, which are bugs of Understudy; empty in a healthy run.
  std::vector<std::string> findings() const;

  // Calls the admin API without a socket, as in admin("GET", "/tenants"), and returns the response body. An error is a MockError.
  std::string admin(const std::string& method, const std::string& path, const std::string& body = "") const;

  // Stops accepting, finishes open requests and joins the threads. The journals stay readable. A second call does nothing.
  void stop();

 private:
  std::shared_ptr<MockTenant::Impl> impl_;
};

}  // namespace understudy
