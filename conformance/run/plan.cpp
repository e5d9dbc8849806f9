#include "conformance/run/plan.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <ranges>
#include <set>

#include "conformance/live/guard.h"
#include "conformance/report/report.h"
#include "conformance/run/records.h"
#include "conformance/run/session.h"

namespace understudy {
namespace {

constexpr const char* kMasked = "***";

// For a session that sends nothing.
class NoTransport : public Transport {
 public:
  TransportResult send(const Url&, const Request&, const SendOptions&) override {
    return {.outcome = Outcome::unreachable, .detail = "a plan sends nothing"};
  }
};

// {{names}} without a value are easier to read without percent encoding.
std::string decode_braces(std::string text) {
  for (const auto& [coded, brace] : {std::pair<std::string_view, const char*>{"%7B", "{"}, {"%7D", "}"}}) {
    for (auto at = text.find(coded); at != std::string::npos; at = text.find(coded)) text.replace(at, coded.size(), brace);
  }
  return text;
}

class Planner {
 public:
  Planner(const Run& run, const RunContext& context)
      : run_(run), context_(context), session_(run, context, no_transport_), names_(session_.variables) {
    plan_.name = run.name;
    plan_.profile = render_profile(run.profile);
  }

  Result<Plan> plan() {
    const auto& [unsupported, states, records, waits] = session_.arrangement();
    if (find_base(context_.target, run_.file->scenario.api) == nullptr)
      plan_.skipped = fmt::format("the target has no {}", run_.file->scenario.api);
    else if (!unsupported.empty())
      plan_.skipped = fmt::format("the target cannot arrange {}", fmt::join(unsupported, "; "));
    if (!plan_.skipped.empty()) return std::move(plan_);

    add_states(states);
    Result<void> done;
    for (const auto& record : records)
      if (done) done = add_record(record);
    for (const auto& step : run_.row.steps)
      if (done) done = add_step(step, "step");
    for (const auto& step : std::views::reverse(run_.file->scenario.cleanup))
      if (done) done = add_step(step, "cleanup");
    if (!done) return tl::unexpected(done.error());
    return std::move(plan_);
  }

 private:
  void set_unknown(const std::string& name) { names_.set(name, "{{" + name + "}}"); }

  // Setting a state may write anything.
  void add_states(const std::vector<StateToSet>& states) {
    for (const auto& wanted : states) {
      plan_.requests.push_back({.step = fmt::format("state '{}'", wanted.state.name),
                                .is_write = true,
                                .request = {.method = "POST", .target = render_url(context_.target.provider_states->url)},
                                .note = "set up, and torn down in the end"});
      for (const auto& name : wanted.returns) set_unknown(name);
    }
  }

  Result<void> add_record(const RecordToMake& record) {
    auto done = add_message(create_step(record), "record " + record.pointer);
    if (done && !record.id_name.empty()) set_unknown(record.id_name);
    return done;
  }

  Result<void> add_step(const Step& step, const char* kind) {
    if (step.kind == Step::Kind::advance) {
      plan_.requests.push_back(
          {.step = fmt::format("step {}", step.number), .note = fmt::format("time passes: {}", render_duration(step.advance))});
      return {};
    }
    auto label = fmt::format("{} {}", kind, step.number);
    if (!step.name.empty()) label += fmt::format(" ({})", step.name);
    if (auto done = add_message(step, label); !done) return done;
    auto& note = plan_.requests.back().note;
    if (step.until)
      note = fmt::format("again every {} for up to {}", render_duration(step.until->every), render_duration(step.until->within));
    if (step.redeliveries > 0) note = fmt::format("up to {} deliveries by the contract's schedule", step.redeliveries);
    for (const auto& [name, pointer] : step.capture) set_unknown(name);
    for (const auto& call : step.calls) {
      for (const auto& [name, pointer] : call.capture) set_unknown(name);
    }
    return {};
  }

  Result<void> add_message(const Step& step, const std::string& label) {
    if (!names_.contains("token")) set_unknown("token");
    Variables names = names_;
    names.set_templates(step.variables);
    for (const auto& name : names_in(step.with))  // of a cleanup, perhaps never captured
      if (!names.contains(name)) names.set(name, "{{" + name + "}}");
    auto message =
        compose(step, {.contracts = context_.contracts, .routers = *context_.routers, .file = *run_.file, .variables = names}, earlier_);
    if (!message) return tl::unexpected(message.error());
    const auto& contract = *message->contract;
    const auto form = find_credential_form(*message, step.auth);
    const bool sends_token =
        form == CredentialForm::header && (step.auth.kind == Auth::Kind::automatic || step.auth.kind == Auth::Kind::expired);
    if (sends_token || (uses_name(step, "token") && !session_.variables.contains("token"))) add_login(contract);
    Credential credential;
    if (form == CredentialForm::header) credential.headers.push_back(credential_header(contract, step.auth.scheme, kMasked));
    if (form == CredentialForm::batch_call)
      credential.call = credential_call(*contract.batch, session_.account(contract.api).username, kMasked);
    auto request = compose_request(*message, step.auth, credential, context_.target, run_.tenant);
    request.target = decode_braces(std::move(request.target));
    session_.secrets.hide(request);
    if (const auto* base = find_base(context_.target, contract.api)) request.target = render_origin(*base) + request.target;
    plan_.requests.push_back(
        {.step = label, .operation = message->operation_name(), .is_write = is_write(*message), .request = std::move(request)});
    if (!step.name.empty()) earlier_.insert_or_assign(step.name, std::move(*message));
    return {};
  }

  // Before the first request that needs a token. Later logins depend on the responses.
  void add_login(const Contract& contract) {
    if (contract.credentials.kind != Credentials::Kind::bearer_token || !logged_in_.insert(contract.api).second) return;
    const auto* login = contract.find_operation(contract.credentials.operation);
    const auto* base = find_base(context_.target, contract.api);
    if (login == nullptr || base == nullptr) return;
    plan_.requests.push_back({.step = "login",
                              .operation = login->name,
                              .request = {.method = login->method, .target = render_origin(*base) + join_target(*base, login->path)}});
  }

  NoTransport no_transport_;
  const Run& run_;
  const RunContext& context_;
  Session session_;
  Variables names_;
  Plan plan_;
  Messages earlier_;
  std::set<std::string> logged_in_;  // APIs
};

}  // namespace

Result<Plan> plan_run(const Run& run, const RunContext& context) { return Planner(run, context).plan(); }

std::string render_plan(const Plan& plan) {
  std::string out = fmt::format("{} [{}]\n", plan.name, plan.profile);
  if (!plan.skipped.empty()) return out + "  skipped: " + plan.skipped + "\n";
  for (const auto& [step, operation, is_write, request, note] : plan.requests) {
    if (request.method.empty()) {
      out += fmt::format("  {}: {}\n", step, note);
      continue;
    }
    out += fmt::format("  {}: {} {}{}{}\n", step, request.method, request.target, is_write ? "  (write)" : "",
                       note.empty() ? "" : "  " + note);
    for (const auto& header : request.headers) out += fmt::format("    {}: {}\n", header.name, render_excerpt(header.value));
    if (!request.body.empty()) out += fmt::format("    {}\n", render_excerpt(request.body, 2000));
  }
  return out;
}

}  // namespace understudy
