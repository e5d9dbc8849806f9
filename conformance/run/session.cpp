#include "conformance/run/session.h"

#include <fmt/format.h>

#include <ranges>

#include "conformance/live/guard.h"
#include "conformance/run/implemented.h"
#include "conformance/run/records.h"
#include "scenarios/src/model/given.h"

namespace understudy {
namespace {

Account account_of(const Run& run, const Target& target, std::string_view api) {
  return target.can_arrange() ? Account{.username = run.tenant, .password = "demo", .key = run.tenant} : account_at(target, api);
}

Json to_json(const Profile& profile) {
  if (profile.overrides.empty()) return profile.base;
  Json value = profile.overrides;
  value["base"] = profile.base;
  return value;
}

}  // namespace

Session::Session(const Run& run, const RunContext& context, Transport& transport)
    : run_(run),
      context_(context),
      transport_(transport),
      logins_([this](std::string_view api) { return account_of(run_, context_.target, api); },
              [this](const Contract& contract, Request request) {
                if (const auto* base = find_base(context_.target, contract.api)) request.target = join_target(*base, request.target);
                add_target_headers(context_.target, request.headers);
                return deliver(contract, request, false);
              }) {
  const auto& given = run.file->scenario.given;
  const auto& target = context.target;
  if (target.admin) admin_.emplace(transport, *target.admin, target.deadline, target.admin_token);
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

const Switches& Session::switches(const Contract& contract) {
  const auto [found, fresh] = switches_.try_emplace(contract.api);
  if (fresh) found->second = resolve_profile(run_.profile, contract);
  return found->second;
}

const Settings& Session::settings(const Contract& contract) {
  const auto [found, fresh] = settings_.try_emplace(contract.api);
  auto& settings = found->second;
  if (!fresh) return settings;
  for (const auto& setting : contract.settings) settings[setting.name] = setting.value;
  if (const Json* declared = find_pointer(context_.target.settings, join_pointer("", contract.api))) {
    for (const auto& [name, value] : declared->items()) settings[name] = value == true;
  }
  for (const auto& [name, value] : run_.file->scenario.given.settings.items()) {
    if (value.is_boolean() && settings.contains(name)) settings[name] = value.get<bool>();
  }
  return settings;
}

JudgeContext Session::judge_context(const Message& message) {
  return {.contract = message.contract,
          .operation = message.operation,
          .switches = &switches(*message.contract),
          .settings = &settings(*message.contract),
          .document = &run_.file->document,
          .variables = &variables,
          .answer_limit = context_.target.answer_limit};
}

Result<void> Session::arrange() {
  if (admin_) return stage_tenant();
  for (const auto& state : plan_.states)
    if (auto done = set_state(state); !done) return done;
  for (const auto& plan : plan_.records) {
    auto made = make_record(*this, run_, context_, plan);
    if (!made) return tl::unexpected(made.error());
    made_records_.push_back(std::move(*made));
  }
  return {};
}

Result<void> Session::set_state(const StateToSet& wanted) {
  const auto& document = run_.file->document;
  const auto params = variables.render_sent(wanted.state.params);
  if (!params)
    return tl::unexpected(
        document.problem(wanted.pointer + "/params" + params.error().pointer, "undefined-name", render_undefined(params.error())));
  set_states_.push_back({.state = {.name = wanted.state.name, .params = *params}});  // a refused state is torn down, too
  const auto values = send_state(transport_, context_.target, set_states_.back().state, "setup");
  set_states_.back().is_set = values.has_value();
  if (!values) {
    auto problem = document.problem(wanted.pointer, values.error().code, values.error().message);
    problem.failure = values.error().failure;
    return tl::unexpected(std::move(problem));
  }
  for (const auto& name : wanted.returns) {
    const auto value = values->find(name);
    if (value == values->end())
      return tl::unexpected(document.problem(wanted.pointer + "/returns", "state-gives-nothing",
                                             fmt::format("found no '{}' in the response to the setup of '{}'", name, wanted.state.name)));
    variables.set(name, *value);
  }
  return {};
}

// Changes of the clock are states like others; finish() tears each of them down.
Result<void> Session::set_clock(const Json& params) {
  return set_state({.state = {.name = "clock", .params = params}, .pointer = "/given"});
}

Result<void> Session::stage_tenant() {
  auto document = render_given(*run_.file, variables, to_json(run_.profile));
  if (!document) return tl::unexpected(std::move(document.error()));
  const Given& given = run_.file->scenario.given;
  if (given.clock_runs) (*document)["clock"] = render_rfc3339_millis(*given.clock);  // stands still, so that runs repeat
  auto done = admin_->put_tenant(run_.tenant, *document);
  // Where the mock refuses `given`, the scenario is wrong.
  if (!done && done.error().failure == Failure::internal)
    return tl::unexpected(run_.file->document.problem("/given" + done.error().pointer, "given-refused", done.error().message));
  return done;
}

tl::expected<void, LoginFailure> Session::provide_token(const Contract& contract) {
  if (contract.credentials.kind != Credentials::Kind::bearer_token) return {};
  auto token = logins_.token(contract, switches(contract), clock_.now());
  if (!token) return tl::unexpected(std::move(token.error()));
  secrets.add_value(token->value);
  variables.set("token", token->value);
  return {};
}

bool Session::may_stay(const std::string& removal) const {
  return !removal.empty() && context_.implemented != nullptr && !context_.implemented->may_have(removal) &&
         find_remote_host(context_.target).empty();
}

Result<void> Session::finish(std::vector<std::string>& orphaned, std::vector<std::string>& not_removable) {
  for (const auto& made : std::views::reverse(made_records_)) {
    const auto what = fmt::format("{}.{} {}", made.plan->contract->api, made.plan->collection->name, render_json(made.id));
    const auto removal = remove_record(*this, run_, context_, made);
    if (removal == Removal::failed) {
      const auto& remove = made.plan->collection->create.remove;
      auto& records = may_stay(made.plan->contract->api + "." + remove) ? not_removable : orphaned;
      records.push_back(fmt::format("{} was not removed by {}", what, remove));
    }
    if (removal == Removal::no_operation) not_removable.push_back(fmt::format("{} stays: no operation removes it", what));
  }
  made_records_.clear();
  for (const auto& [state, is_set] : std::views::reverse(set_states_)) {
    if (auto done = send_state(transport_, context_.target, state, "teardown"); !done && is_set)
      orphaned.push_back(fmt::format("state '{}' was not torn down: {}", state.name, done.error().message));
  }
  set_states_.clear();
  if (!admin_) return {};
  if (context_.journals != nullptr) {
    const auto journal = admin_->read_journal(run_.tenant);
    if (!journal) return tl::unexpected(journal.error());
    context_.journals->add(run_.name, run_.file->scenario, run_.profile, *journal);
  }
  return admin_->delete_tenant(run_.tenant);
}

Result<void> Session::advance(Milliseconds by) {
  Result<void> done;
  if (admin_)
    done = admin_->advance(run_.tenant, by);
  else if (sets_states())
    done = set_clock({{"api", run_.file->scenario.api}, {"advance", render_duration(by)}, {"milliseconds", by.count()}});
  if (done) clock_.advance(by);
  return done;
}

Result<TransportResult> Session::deliver(const Contract& contract, const Request& request, bool as_is) {
  const auto* base = find_base(context_.target, contract.api);
  if (base == nullptr)
    return tl::unexpected(
        make_problem(Failure::usage, "no-target", fmt::format("found no target for {0}, expected --target {0}=URL", contract.api)));
  constexpr std::size_t kAnswers = 8;  // of the largest size: the report keeps all answers of a run
  const auto limit = context_.target.answer_limit;
  auto result = transport_.send(*base, request, {.deadline = context_.target.deadline, .as_is = as_is, .answer_limit = limit});
  if (result.outcome == Outcome::unreachable) return tl::unexpected(unreachable(*base, result));
  received_ += result.response.body.size();
  if (received_ / kAnswers > limit) {
    result.outcome = Outcome::too_large;
    result.detail = fmt::format("the answers of this scenario are together larger than {} times --answer-limit", kAnswers);
    result.response.body.clear();
  }
  return result;
}

// Waits until the token has expired, if the target issues such short ones.
Result<void> Session::outlive(const Token& token) {
  constexpr Milliseconds kAfter{300};
  const auto rest = token.ends ? std::chrono::duration_cast<Milliseconds>(*token.ends - clock_.now()) + kAfter : Milliseconds::max();
  if (!wait || rest > context_.target.max_wait)
    return tl::unexpected(make_problem(Failure::bad_file, "token-lives-long", "the target's tokens live longer than --max-wait allows"));
  wait(rest);
  return {};
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
      auto token = logins_.token(contract, switches(contract), clock_.now());
      if (!token) return tl::unexpected(std::move(token.error()));
      return token->value;
    }
    case Auth::Kind::expired: {
      if (!has_tokens) return std::string(kGarbageToken);
      auto token = logins_.log_in(contract, switches(contract), clock_.now());
      if (!token) return tl::unexpected(std::move(token.error()));
      Result<void> done;
      if (admin_)
        done = admin_->expire_tokens(run_.tenant);
      else if (sets_states())
        done = set_clock({{"api", contract.api}, {"expire_tokens", true}});
      else
        done = outlive(*token);
      if (!done) return tl::unexpected(LoginFailure(done.error()));
      logins_.forget();  // the current token has expired, too
      return token->value;
    }
  }
  return std::string();
}

tl::expected<Credential, LoginFailure> Session::find_credential(const Message& message, const Auth& auth, const Variables& names) {
  const auto& contract = *message.contract;
  const auto form = find_credential_form(message, auth);
  Credential credential;
  if (form == CredentialForm::batch_call) {
    const auto account = logins_.account(contract.api);
    const bool automatic = auth.kind == Auth::Kind::automatic;
    credential.call = credential_call(*contract.batch, account.username, automatic ? account.password : kGarbageToken);
  } else if (form == CredentialForm::header) {
    auto secret = find_secret(contract, auth, names);
    if (!secret) return tl::unexpected(std::move(secret.error()));
    if (contract.credentials.kind == Credentials::Kind::bearer_token) secrets.add_value(*secret);
    credential.headers.push_back(credential_header(contract, auth.scheme, *secret));
  }
  return credential;
}

tl::expected<Sent, LoginFailure> Session::send(const Message& message, const Auth& auth, const Variables& names) {
  const auto credential = find_credential(message, auth, names);
  if (!credential) return tl::unexpected(credential.error());
  Sent sent{.request = compose_request(message, auth, *credential, context_.target, run_.tenant)};
  // compose() has checked the message, and target files their headers; a credential may be a captured text.
  if (const auto broken = find_framing_break({}, {}, credential->headers)) {
    return tl::unexpected(
        LoginFailure(make_problem(Failure::bad_file, "breaks-framing",
                                  fmt::format("found {}, expected text that keeps the request one request", broken->description))));
  }
  if (auto done = deliver_guarded(message, sent); !done) return tl::unexpected(LoginFailure(done.error()));
  return sent;
}

Result<void> Session::deliver_guarded(const Message& message, Sent& sent) {
  const auto* base = find_base(context_.target, message.contract->api);
  const bool guarded = context_.guard != nullptr && base != nullptr && !admin_;
  std::optional<PendingWrite> write;
  std::string entry;
  if (guarded) {
    Request shown;
    if (context_.guard->has_ledger()) secrets.hide(shown = sent.request);
    write.emplace(PendingWrite{.message = message,
                               .operation = message.reached,
                               .request = sent.request,
                               .base = *base,
                               .scenario = run_.name,
                               .masked_body = std::move(shown.body)});
    auto begun = context_.guard->begin(*write);
    if (!begun) return tl::unexpected(begun.error());
    entry = std::move(*begun);
  }
  auto result = deliver(*message.contract, sent.request, message.as_is);
  sent.result = result ? std::move(*result) : TransportResult{.outcome = Outcome::unreachable};
  const auto noted = guarded ? context_.guard->end(*write, entry, sent.result, switches(*message.contract)) : Result<void>();
  return result ? noted : tl::unexpected(result.error());
}

}  // namespace understudy
