#include "conformance/run/session.h"

#include <algorithm>

#include <fmt/format.h>

#include "conformance/live/guard.h"
#include "conformance/run/records.h"
#include "contracts/src/model/router.h"
#include "scenarios/src/model/given.h"

namespace understudy {
namespace {

constexpr const char* kTenantHeader = "Understudy-Tenant";

Account account_of(const Run& run, const Target& target, std::string_view api) {
  return target.can_arrange() ? Account{.username = run.tenant, .password = "demo", .key = run.tenant} : account_at(target, api);
}

Problem no_base(const std::string& api) {
  return make_problem(Failure::usage, "no-target", "found no target for " + api + ", expected --target " + api + "=URL");
}

Json to_json(const Profile& profile) {
  if (profile.overrides.empty()) return profile.base;
  Json value = profile.overrides;
  value["base"] = profile.base;
  return value;
}

}  // namespace

struct Session::Made {
  MadeRecord record;
};

Session::~Session() = default;

Session::Session(const Run& run, const RunContext& context, Transport& transport)
    : run_(run),
      context_(context),
      transport_(transport),
      logins_([this](std::string_view api) { return account_of(run_, context_.target, api); },
              [this](const Contract& contract, Request request) {
                request.target = address(contract, request.target);
                add_headers(request.headers);
                return deliver(contract, request, false);
              }) {
  const auto& given = run.file->scenario.given;
  const auto& target = context.target;
  if (target.admin) admin_.emplace(transport, *target.admin, target.deadline, target.admin_token);
  if (target.provider_states && !admin_) states_.emplace(transport, *target.provider_states, target.deadline);
  if (given.clock && admin_) clock_ = Clock(*given.clock);

  const auto account = logins_.account(run.file->scenario.api);
  variables.set_run(admin_ ? given.seed.value_or(1) : run.seed);
  variables.set("username", account.username);
  variables.set("password", account.password);
  variables.set("api_key", account.key);
  variables.set_templates(given.variables);
  for (const auto* values : {&target.variables, &context.variables})
    for (const auto& [name, value] : values->items()) variables.set(name, value);
  variables.set_templates(run.row.variables);

  secrets.add_target(target, context.contracts);
  plan_ = plan_arrangement(run, context, variables);
}

void Session::add_headers(Headers& headers) const {
  for (const auto& header : context_.target.headers)
    if (!find_header(headers, header.name)) headers.push_back(header);
}

const Switches& Session::switches(const Contract& contract) {
  const auto [found, fresh] = switches_.try_emplace(contract.api);
  if (fresh) found->second = resolve_profile(run_.profile, contract);
  return found->second;
}

const Settings& Session::settings(const Contract& contract) {
  const auto [found, fresh] = settings_.try_emplace(contract.api);
  if (fresh) {
    for (const auto& setting : contract.settings) found->second[setting.name] = setting.value;
    if (const Json* told = find_pointer(context_.target.settings, join_pointer("", contract.api))) {
      for (const auto& [name, value] : told->items()) found->second[name] = value == true;
    }
    for (const auto& [name, value] : run_.file->scenario.given.settings.items()) {
      if (value.is_boolean() && found->second.contains(name)) found->second[name] = value.get<bool>();
    }
  }
  return found->second;
}

Result<void> Session::arrange() {
  if (admin_) return stage_tenant();
  for (const auto& state : plan_.states)
    if (auto done = set_state(state); !done) return done;
  for (const auto& plan : plan_.records) {
    auto made = make_record(*this, run_, context_, plan);
    if (!made) return tl::unexpected(made.error());
    made_.push_back({std::move(*made)});
  }
  return {};
}

Result<void> Session::set_state(const StateToSet& wanted) {
  const auto& document = run_.file->document;
  const auto params = variables.render_sent(wanted.state.params);
  if (!params)
    return tl::unexpected(
        document.problem(wanted.pointer + "/params" + params.error().pointer, "undefined-name", render_undefined(params.error())));
  set_.push_back({.state = {.name = wanted.state.name, .params = *params}});  // what was begun is torn down too
  const auto values = states_->set_up(set_.back().state);
  set_.back().is_set = values.has_value();
  if (!values) {
    auto problem = document.problem(wanted.pointer, values.error().code, values.error().message);
    problem.failure = values.error().failure;
    return tl::unexpected(std::move(problem));
  }
  for (const auto& name : wanted.returns) {
    const auto value = values->find(name);
    if (value == values->end())
      return tl::unexpected(document.problem(wanted.pointer + "/returns", "state-gives-nothing",
                                             fmt::format("found no '{}' in what setting '{}' answered", name, wanted.state.name)));
    variables.set(name, *value);
  }
  return {};
}

// Moves of the clock are states like others; each is torn down in the end.
Result<void> Session::set_clock(const Json& params) {
  return set_state({.state = {.name = "clock", .params = params}, .pointer = "/given"});
}

Result<void> Session::stage_tenant() {
  auto document = render_given(*run_.file, variables, to_json(run_.profile));
  if (!document) return tl::unexpected(std::move(document.error()));
  auto done = admin_->put_tenant(run_.tenant, *document);
  // What the mock refuses about `given` is a mistake in the scenario.
  if (!done && done.error().failure == Failure::internal) {
    auto problem = run_.file->document.problem("/given", "given-refused", done.error().message);
    return tl::unexpected(std::move(problem));
  }
  return done;
}

tl::expected<void, LoginFailure> Session::provide_token(const Contract& contract) {
  if (contract.credentials.kind != Credentials::Kind::bearer_token) return {};
  auto token = logins_.token(contract, switches(contract), now());
  if (!token) return tl::unexpected(std::move(token.error()));
  secrets.add_value(token->value);
  variables.set("token", token->value);
  return {};
}

Result<void> Session::leave(std::vector<std::string>& left_behind, std::vector<std::string>& kept) {
  for (auto made = made_.rbegin(); made != made_.rend(); ++made) {
    const auto& plan = *made->record.plan;
    const auto what = fmt::format("{}.{} {}", plan.contract->api, plan.collection->name, render_json(made->record.id));
    const auto removal = remove_record(*this, run_, context_, made->record);
    if (removal == Removal::failed) left_behind.push_back(fmt::format("{} was not removed by {}", what, plan.collection->create.remove));
    if (removal == Removal::no_operation) kept.push_back(fmt::format("{} stays: no operation removes it", what));
  }
  made_.clear();
  for (auto one = set_.rbegin(); one != set_.rend(); ++one) {
    if (auto done = states_->tear_down(one->state); !done && one->is_set)
      left_behind.push_back(fmt::format("state '{}' was not torn down: {}", one->state.name, done.error().message));
  }
  set_.clear();
  if (!admin_) return {};
  if (context_.coverage != nullptr) {
    const auto journal = admin_->read_journal(run_.tenant);
    if (!journal) return tl::unexpected(journal.error());
    context_.coverage->add(scenario_name(run_.file->scenario), run_.file->scenario, run_.profile, *journal);
  }
  return admin_->delete_tenant(run_.tenant);
}

Result<void> Session::advance(Milliseconds by) {
  if (admin_) {
    if (auto done = admin_->advance(run_.tenant, by); !done) return done;
  } else if (states_) {
    const auto api = run_.file->scenario.api;
    if (auto done = set_clock({{"api", api}, {"advance", render_duration(by)}, {"milliseconds", by.count()}}); !done) return done;
  }
  clock_.advance(by);
  return {};
}

Result<TransportResult> Session::deliver(const Contract& contract, const Request& request, bool as_is) {
  const auto* base = find_base(context_.target, contract.api);
  if (base == nullptr) return tl::unexpected(no_base(contract.api));
  auto result = transport_.send(*base, request, {.deadline = context_.target.deadline, .as_is = as_is});
  if (result.outcome == Outcome::unreachable) return tl::unexpected(unreachable(*base, result));
  return result;
}

// The request target of a path below the API's base; without a base it is never sent.
std::string Session::address(const Contract& contract, std::string_view path) const {
  const auto* base = find_base(context_.target, contract.api);
  return base == nullptr ? std::string(path) : join_target(*base, path);
}

// Whether the operation that a request means asks for no credential.
bool Session::is_open(const Message& message) const {
  if (message.operation != nullptr || message.is_batch) return !message.is_batch && !message.operation->secured;
  const auto route = Router(context_.contracts, message.contract->api).find(message.method, message.path);
  return route.operation != nullptr && !route.operation->secured;
}

tl::expected<std::string, LoginFailure> Session::find_secret(const Contract& contract, const Auth& auth, const Variables& names) {
  const bool has_tokens = contract.credentials.kind == Credentials::Kind::bearer_token;
  switch (auth.kind) {
    case Auth::Kind::none: return std::string();
    case Auth::Kind::garbage: return std::string(kGarbageToken);
    case Auth::Kind::literal: {
      auto value = names.render_text(auth.value);
      if (value) return std::move(*value);
      return tl::unexpected(LoginFailure(run_.file->document.problem("", "undefined-name", render_undefined(value.error()))));
    }
    case Auth::Kind::automatic: {
      if (!has_tokens) return logins_.account(contract.api).key;
      auto token = logins_.token(contract, switches(contract), now());
      if (!token) return tl::unexpected(std::move(token.error()));
      return token->value;
    }
    case Auth::Kind::expired: {
      if (!has_tokens) return std::string(kGarbageToken);
      auto token = logins_.log_in(contract, switches(contract), now());
      if (!token) return tl::unexpected(std::move(token.error()));
      if (admin_) {
        if (auto done = admin_->expire_tokens(run_.tenant); !done) return tl::unexpected(LoginFailure(done.error()));
      } else if (states_) {
        if (auto done = set_clock({{"api", contract.api}, {"expire_tokens", true}}); !done)
          return tl::unexpected(LoginFailure(done.error()));
      }
      logins_.forget();  // the one at hand is over too
      return token->value;
    }
  }
  return std::string();
}

tl::expected<Credential, LoginFailure> Session::find_credential(const Message& message, const Auth& auth, const Variables& names) {
  Credential credential;
  const auto& contract = *message.contract;
  const auto kind = contract.credentials.kind;
  const bool automatic = auth.kind == Auth::Kind::automatic;
  if (auth.kind == Auth::Kind::none || kind == Credentials::Kind::none) return credential;
  if (automatic && is_open(message)) return credential;
  if (kind == Credentials::Kind::in_batch) {
    const auto account = logins_.account(contract.api);
    if (message.is_batch)
      credential.call = credential_call(*contract.batch, account.username, automatic ? account.password : kGarbageToken);
    return credential;
  }
  const bool written_by_hand = find_header(message.headers, credential_header(contract, auth.scheme, "").name).has_value();
  if (written_by_hand) return credential;
  auto secret = find_secret(contract, auth, names);
  if (!secret) return tl::unexpected(std::move(secret.error()));
  if (kind == Credentials::Kind::bearer_token) secrets.add_value(*secret);
  credential.headers.push_back(credential_header(contract, auth.scheme, *secret));
  return credential;
}

tl::expected<Sent, LoginFailure> Session::send(const Message& message, const Auth& auth, const Variables& names) {
  auto credential = find_credential(message, auth, names);
  if (!credential) return tl::unexpected(std::move(credential.error()));

  Sent sent;
  sent.request = {
      .method = message.method, .target = address(*message.contract, message.path), .headers = message.headers, .body = message.body};
  auto& headers = sent.request.headers;
  headers.insert(headers.begin(), credential->headers.begin(), credential->headers.end());
  if (message.is_batch) sent.request.body = render_calls(message, credential->call);
  // A credential that works leads to its tenant; where there is none, the tenant is named.
  const bool is_usual = auth.kind == Auth::Kind::automatic && auth.scheme.empty();
  const bool leads_to_tenant = is_usual && (!credential->headers.empty() || credential->call);
  if (admin_ && !leads_to_tenant) headers.push_back({kTenantHeader, run_.tenant});
  if (message.as_is && !message.no_host && !find_header(headers, "Host")) {
    if (const auto* base = find_base(context_.target, message.contract->api))
      headers.insert(headers.begin(), {"Host", render_authority(*base)});
  }
  add_headers(headers);
  if (auto done = deliver_guarded(message, sent); !done) return tl::unexpected(LoginFailure(done.error()));
  return sent;
}

Result<void> Session::deliver_guarded(const Message& message, Sent& sent) {
  const auto* base = find_base(context_.target, message.contract->api);
  const bool guarded = context_.guard != nullptr && base != nullptr && !admin_;
  std::optional<WriteGuard::Going> going;
  std::string entry;
  if (guarded) {
    Request shown = sent.request;
    secrets.hide(shown);
    going.emplace(WriteGuard::Going{
        .message = message, .request = sent.request, .base = *base, .scenario = run_.name, .shown_body = std::move(shown.body)});
    auto begun = context_.guard->begin(*going);
    if (!begun) return tl::unexpected(begun.error());
    entry = std::move(*begun);
  }
  const auto note = [&](const TransportResult& result) {
    return guarded ? context_.guard->end(*going, entry, result, switches(*message.contract)) : Result<void>();
  };
  auto result = deliver(*message.contract, sent.request, message.as_is);
  if (!result) {
    static_cast<void>(note({.outcome = Outcome::unreachable}));
    return tl::unexpected(result.error());
  }
  sent.result = std::move(*result);
  return note(sent.result);
}

}  // namespace understudy
