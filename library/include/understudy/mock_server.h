// Owns the mock as users' own tests meet it: a server on a free port of this machine, scenarios staged on it, and what came in
// and what was decided. Understudy's only installed header (docs/in-your-tests.md); it includes nothing but the standard library.
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

// Why the mock cannot do what it was asked: a bad file, an unknown name, a port that is taken. what() is the whole text as
// `understudy serve` prints it: file:line:column, the sentence, the code, the line with a caret.
class MockError : public std::runtime_error {
 public:
  MockError(std::string code, const std::string& text) : std::runtime_error(text), code_(std::move(code)) {}
  const std::string& code() const noexcept { return code_; }  // stable, kebab-case: unknown-operation, port-in-use

 private:
  std::string code_;
};

struct MockServerOptions {
  std::string host = "127.0.0.1";
  std::uint16_t port = 0;                    // 0: a free one
  int threads = 2;                           // of the sockets
  std::string contracts{};                   // a folder whose APIs add to or replace the bundled ones
  std::string only_api{};                    // serve this API alone, at the root
  std::string profile = "documented";        // or observed, or switches: "{base: observed, throttle_status: 409}"
  bool demo = true;                          // the tenant demo (user, password and key: demo) exists
  std::string tls_certificate{}, tls_key{};  // PEM files, both or none; given, the mock speaks HTTPS
  std::size_t body_limit = 8u << 20;         // of a request, in bytes; beyond: 413
  std::size_t journal_entries = 1000;        // for each tenant; the oldest go first
  std::size_t journal_bytes = 8u << 20;      // for each tenant
};

struct MockHeader {
  std::string name, value;
};

// What decided one Operation of an exchange; a batch has one for each call or item.
struct MockDecision {
  std::string operation;  // sellercloud.createOrder; empty where no route knew one
  std::string answer;     // order_created; empty where a fault left none
  std::string rule;       // what refused it; empty when it succeeded
  std::string place;      // file:line of that rule
};

// A record that an exchange created, updated or removed.
struct MockChange {
  std::string kind;        // created, updated, removed
  std::string collection;  // orders
  std::string id;
};

// One request and what was answered, as the journal holds it. Very long bodies are cut with a mark.
struct MockExchange {
  std::uint64_t arrival = 0;  // what came later has a greater one, of whatever tenant
  std::string tenant, api;
  std::chrono::sys_time<std::chrono::milliseconds> at;  // by the tenant's clock
  std::string method, target;                           // as sent, undecoded
  std::vector<MockHeader> headers;                      // order and case as sent
  std::string body;
  int status = 0;
  std::vector<MockHeader> response_headers;  // without those of the wire: Content-Length, Date, Connection
  std::string response_body;
  std::vector<MockDecision> decisions;
  std::string fault, phase;           // kind and phase of a fault that struck
  std::string ending;                 // of the connection: complete, or what the fault made of it: close, reset, stall
  std::vector<MockChange> committed;  // what this exchange really did
  std::vector<std::string> findings;  // on the mock's own answer: bugs of Understudy

  // Of the first decision, empty without one.
  std::string operation() const { return decisions.empty() ? std::string() : decisions.front().operation; }
  std::string answer() const { return decisions.empty() ? std::string() : decisions.front().answer; }
  std::string rule() const { return decisions.empty() ? std::string() : decisions.front().rule; }
};

// Everything that changes for one integrator or scenario: records, clock, faults, journal. A handle: cheap to copy, good for as
// long as any handle or the server lives, also after stop(). All members but the first four throw MockError if the tenant was
// removed. Records, faults and what is `given` are written as JSON or YAML text.
class MockTenant {
 public:
  const std::string& name() const { return name_; }
  const std::string& username() const { return username_; }  // what a client presents to be this tenant
  const std::string& password() const { return password_; }
  const std::string& key() const { return key_; }

  std::vector<MockExchange> requests() const;                                    // oldest first
  std::size_t count(std::string_view operation) const;                           // Operations of this name: sellercloud.createOrder
  std::size_t count(std::string_view operation, std::string_view answer) const;  // that got this answer: order_created

  // Records as JSON texts in order of creation, of a collection with its API: "sellercloud.orders".
  std::vector<std::string> records(std::string_view collection) const;
  // Adds a record, with the collection's defaults and an id if it has none.
  void seed(std::string_view collection, std::string_view record);

  // The tenant's clock. It runs with the machine's until it is set, or given by the scenario.
  std::chrono::sys_time<std::chrono::milliseconds> now() const;
  void set_clock(std::chrono::sys_time<std::chrono::milliseconds> time);
  void advance(std::chrono::milliseconds by);
  void expire_tokens();  // every token issued so far is past its life

  // "{on: createOrder, call: 1, phase: after_commit, kind: reset}": docs/scenarios.md, "Faults".
  void arm_fault(std::string_view fault);
  void clear_faults();

  void clear_requests();  // forgets the journal
  void reset();           // back to what it was when it was staged; forgets the journal, too
  void remove();

 private:
  friend class MockServer;
  struct Impl;
  MockTenant() = default;
  std::string path(std::string_view call = {}) const;  // of the admin API
  std::shared_ptr<Impl> server_;
  std::string name_, username_, password_, key_;
};

// Listens from its construction to stop(), on threads of its own. Members may be called from any thread, several at a time, but
// not while the object is constructed, moved or destroyed. Every failure is a MockError.
class MockServer {
 public:
  explicit MockServer(const MockServerOptions& options = {});
  ~MockServer();  // stops
  MockServer(MockServer&&) noexcept;
  MockServer& operator=(MockServer&&) noexcept;

  std::string url() const;                      // http://127.0.0.1:PORT
  std::string url(std::string_view api) const;  // where that API begins: http://127.0.0.1:PORT/veeqo
  std::uint16_t port() const;

  // Makes a tenant of a scenario's `given`; name, username and key are the file's name without .yaml, the password is demo. Its
  // steps are checked, not run. A tenant of that name is replaced.
  MockTenant stage_file(const std::string& path);
  MockTenant stage_yaml(std::string_view scenario, const std::string& name = "scenario");
  // Every scenario below a folder, sorted by path; all of them or, after an error, none.
  std::vector<MockTenant> stage_folder(const std::string& path);
  // A tenant without a scenario: {api, clock, seed, ids, profile, settings, limits, records, faults, credentials: {username, password,
  // key}}.
  MockTenant stage_tenant(const std::string& name, std::string_view given = "{}");
  MockTenant tenant(const std::string& name) const;  // one that exists: "demo", or one staged by HTTP

  // Of all tenants, in order of arrival. Whoever presents no known credential is the tenant "lobby".
  std::vector<MockExchange> requests() const;
  std::size_t count(std::string_view operation) const;
  std::size_t count(std::string_view operation, std::string_view answer) const;
  void clear_requests();  // forgets the journals of all tenants
  // What Understudy found wrong with its own answers: bugs of ours, empty in a healthy run.
  std::vector<std::string> findings() const;

  // Any call of the admin API, without a socket: admin("GET", "/tenants"). The body of its answer; a refusal is a MockError.
  std::string admin(const std::string& method, const std::string& path, const std::string& body = "") const;

  // Stops accepting, lets answers in flight finish, joins the threads. What came in stays readable. Again: nothing.
  void stop();

 private:
  std::shared_ptr<MockTenant::Impl> impl_;
};

}  // namespace understudy
