#include "conformance/run/plan.h"

#include <fmt/format.h>

#include <map>

#include "conformance/live/guard.h"
#include "conformance/report/report.h"
#include "conformance/run/session.h"

namespace understudy {
namespace {

// For a Session that is only asked what it would do.
class NoTransport : public Transport {
 public:
  TransportResult send(const Url&, const Request&, const SendOptions&) override {
    return {.outcome = Outcome::unreachable, .detail = "a plan sends nothing"};
  }
};

std::string placeholder(const std::string& name) { return "{{" + name + "}}"; }

// Braces of names that stand for what is not known yet are read better as they were written.
std::string plain_braces(std::string text) {
  for (const auto& [coded, brace] : {std::pair<std::string_view, const char*>{"%7B", "{"}, {"%7D", "}"}}) {
    for (auto at = text.find(coded); at != std::string::npos; at = text.find(coded)) text.replace(at, coded.size(), brace);
  }
  return text;
}

class Planning {
 public:
  Planning(const Run& run, const RunContext& context)
      : run_(run), context_(context), session_(run, context, nowhere_), names_(session_.variables) {
    plan_.name = run.name;
    plan_.profile = render_profile(run.profile);
  }

  Result<Plan> go() {
    if (find_base(context_.target, run_.file->scenario.api) == nullptr) {
      plan_.skipped = fmt::format("the target has no {}", run_.file->scenario.api);
      return std::move(plan_);
    }
    if (!session_.lacks().empty()) {
      for (const auto& one : session_.lacks()) plan_.skipped += (plan_.skipped.empty() ? "the target cannot arrange " : "; ") + one;
      return std::move(plan_);
    }
    const auto arrangement = plan_arrangement(run_, context_, names_);
    add_states(arrangement);
    if (auto done = add_records(arrangement); !done) return tl::unexpected(done.error());
    for (const auto& step : run_.row.steps) {
      if (auto done = add(step, false); !done) return tl::unexpected(done.error());
    }
    const auto& cleanup = run_.file->scenario.cleanup;
    for (auto step = cleanup.rbegin(); step != cleanup.rend(); ++step) {
      if (auto done = add(*step, true); !done) return tl::unexpected(done.error());
    }
    return std::move(plan_);
  }

 private:
  // States are set by whoever listens at their URL, who may write what they like.
  void add_states(const Arrangement& arrangement) {
    const auto& states = context_.target.provider_states;
    for (const auto& wanted : arrangement.states) {
      if (!states) return;
      plan_.requests.push_back({.step = fmt::format("state '{}'", wanted.state.name),
                                .is_write = true,
                                .request = {.method = "POST", .target = render_url(states->url)},
                                .note = "set up, and torn down in the end"});
      for (const auto& name : wanted.returns) names_.set(name, placeholder(name));
    }
  }

  Result<void> add_records(const Arrangement& arrangement) {
    for (const auto& record : arrangement.records) {
      Step step;
      step.operation = record.contract->api + "." + record.collection->create.operation;
      step.pointer = step.with.pointer = record.pointer;
      step.with.body_kind = Sending::Body::json;
      step.with.body = record.body;
      if (auto done = add_message(step, "record " + record.pointer); !done) return done;
      if (!record.id_name.empty()) names_.set(record.id_name, placeholder(record.id_name));
    }
    return {};
  }

  Result<void> add(const Step& step, bool cleanup) {
    if (step.kind == Step::Kind::advance) {
      plan_.requests.push_back({.step = fmt::format("step {}", step.number),
                                .is_write = false,
                                .note = fmt::format("time passes: {}", render_duration(step.advance))});
      return {};
    }
    auto label = fmt::format("{} {}", cleanup ? "cleanup" : "step", step.number);
    if (!step.name.empty()) label += fmt::format(" ({})", step.name);
    if (auto done = add_message(step, label); !done) return done;
    auto& note = plan_.requests.back().note;
    if (step.until)
      note = fmt::format("again every {} for up to {}", render_duration(step.until->every), render_duration(step.until->within));
    if (step.redeliveries > 0) note = fmt::format("up to {} deliveries by the contract's schedule", step.redeliveries);
    for (const auto& [name, pointer] : step.capture) names_.set(name, placeholder(name));
    for (const auto& call : step.calls) {
      for (const auto& [name, pointer] : call.capture) names_.set(name, placeholder(name));
    }
    return {};
  }

  Result<void> add_message(const Step& step, const std::string& label) {
    Variables names = names_;
    names.set_templates(step.variables);
    if (!names.contains("token")) names.set("token", placeholder("token"));
    for (const Json& tree : {Json(step.with.path), step.with.path_parameters, step.with.query, step.with.headers, step.with.body}) {
      for (const auto& [name, pointer] : find_names(tree)) {
        if (!names.contains(name)) names.set(name, placeholder(name));  // of a cleanup, perhaps never captured
      }
    }
    const MessageContext composing{.contracts = context_.contracts, .file = *run_.file, .variables = names};
    Result<Message> message = [&]() -> Result<Message> {
      if (step.kind != Step::Kind::repeat) return compose(step, composing);
      const auto found = sent_.find(step.repeat_of);
      if (found == sent_.end())
        return tl::unexpected(run_.file->document.problem(step.pointer + "/repeat", "not-sent", "the step to repeat was not sent"));
      return recompose(found->second, step, composing);
    }();
    if (!message) return tl::unexpected(message.error());
    add_login(*message, step.auth);
    plan_.requests.push_back(planned(*message, step.auth, label));
    if (!step.name.empty()) sent_.insert_or_assign(step.name, std::move(*message));
    return {};
  }

  // A token is fetched before the first request that needs one; when it is renewed the answers will tell.
  void add_login(const Message& message, const Auth& auth) {
    const auto& contract = *message.contract;
    const bool needs_token = contract.credentials.kind == Credentials::Kind::bearer_token && message.is_secured() &&
                             (auth.kind == Auth::Kind::automatic || auth.kind == Auth::Kind::expired);
    if (!needs_token || !logged_in_.insert(contract.api).second) return;
    const auto* login = contract.find_operation(contract.credentials.operation);
    const auto* base = find_base(context_.target, contract.api);
    if (login == nullptr || base == nullptr) return;
    plan_.requests.push_back({.step = "login",
                              .operation = login->name,
                              .is_write = false,
                              .request = {.method = login->method, .target = render_origin(*base) + join_target(*base, login->path)}});
  }

  PlannedRequest planned(const Message& message, const Auth& auth, const std::string& label) {
    const auto& contract = *message.contract;
    const auto* base = find_base(context_.target, contract.api);
    Request request{.method = message.method, .headers = message.headers, .body = message.body};
    std::optional<Json> call;
    switch (auth.kind == Auth::Kind::none || !message.is_secured() ? Credentials::Kind::none : contract.credentials.kind) {
      case Credentials::Kind::bearer_token:
      case Credentials::Kind::api_key:
        request.headers.insert(request.headers.begin(), credential_header(contract, auth.scheme, "***"));
        break;
      case Credentials::Kind::in_batch:
        if (message.is_batch) call = credential_call(*contract.batch, account_at(context_.target, contract.api).username, "***");
        break;
      case Credentials::Kind::none: break;
    }
    if (message.is_batch) request.body = render_calls(message, call);
    for (const auto& header : context_.target.headers) {
      if (!find_header(request.headers, header.name)) request.headers.push_back(header);
    }
    request.target = plain_braces(base == nullptr ? message.path : join_target(*base, message.path));
    session_.secrets.hide(request);
    if (base != nullptr) request.target = render_origin(*base) + request.target;
    return {.step = label,
            .operation = message.operation != nullptr ? message.operation->name : std::string(),
            .is_write = is_write(message),
            .request = std::move(request)};
  }

  NoTransport nowhere_;
  const Run& run_;
  const RunContext& context_;
  Session session_;
  Variables names_;
  Plan plan_;
  std::map<std::string, Message> sent_;  // by the step's name
  std::set<std::string> logged_in_;      // APIs
};

}  // namespace

Result<Plan> plan_run(const Run& run, const RunContext& context) { return Planning(run, context).go(); }

std::string render_plan(const Plan& plan) {
  std::string out = fmt::format("{} [{}]\n", plan.name, plan.profile);
  if (!plan.skipped.empty()) return out + "  skipped: " + plan.skipped + "\n";
  for (const auto& one : plan.requests) {
    const auto& request = one.request;
    if (request.method.empty()) {
      out += fmt::format("  {}: {}\n", one.step, one.note);
      continue;
    }
    out += fmt::format("  {}: {} {}{}{}\n", one.step, request.method, request.target, one.is_write ? "  (write)" : "",
                       one.note.empty() ? "" : "  " + one.note);
    for (const auto& header : request.headers) out += fmt::format("    {}: {}\n", header.name, render_excerpt(header.value));
    if (!request.body.empty()) out += fmt::format("    {}\n", render_excerpt(request.body, 2000));
  }
  return out;
}

}  // namespace understudy
