#include "conformance/live/leftovers.h"

#include <fmt/format.h>

#include "conformance/target/credential.h"

namespace understudy {
namespace {

std::string explain(const LoginFailure& failure) {
  if (const auto* problem = std::get_if<Problem>(&failure)) return problem->message;
  const auto& finding = std::get<WrongLogin>(failure).finding;
  return fmt::format("could not log in: expected {}, found {}", finding.expected, finding.actual);
}

class Undoing {
 public:
  Undoing(const Target& target, const Contracts& contracts, Transport& transport)
      : target_(target),
        contracts_(contracts),
        transport_(transport),
        logins_([this](std::string_view api) { return account_at(target_, api); },
                [this](const Contract& contract, Request request) -> Result<TransportResult> {
                  auto base = base_of(contract);
                  request.target = join_target(base, request.target);
                  add_headers(request.headers);
                  return transport_.send(base, request, {.deadline = target_.deadline, .as_is = false});
                }) {}

  Removed undo(const Undo& undo) {
    Removed removed{.what = undo.what, .gone = false};
    const auto* contract = contracts_.find_api(undo.api);
    const auto origin = parse_url(undo.origin);
    if (contract == nullptr || !origin) {
      removed.detail = fmt::format("the ledger names {} at '{}', which is not known", undo.api, undo.origin);
      return removed;
    }
    if (origin_ != *origin) logins_.forget();
    origin_ = *origin;
    Request request{.method = undo.method, .target = undo.target};
    if (auto failure = add_credential(*contract, request)) {
      removed.detail = std::move(*failure);
      return removed;
    }
    add_headers(request.headers);
    const auto result = transport_.send(origin_, request, {.deadline = target_.deadline, .as_is = false});
    const int status = result.response.status;
    removed.gone = result.outcome == Outcome::answered && (status / 100 == 2 || status == 404 || status == 410);
    removed.detail = result.outcome == Outcome::answered ? fmt::format("{} answered {}", undo.operation, status)
                                                         : fmt::format("{}: {}", to_string(result.outcome), result.detail);
    return removed;
  }

 private:
  // Where the API lies by the target, if that is the origin of the ledger; else its own paths there.
  Url base_of(const Contract& contract) const {
    const auto* base = find_base(target_, contract.api);
    return base != nullptr && render_origin(*base) == render_origin(origin_) ? *base : origin_;
  }

  void add_headers(Headers& headers) const {
    for (const auto& header : target_.headers) {
      if (!find_header(headers, header.name)) headers.push_back(header);
    }
  }

  std::optional<std::string> add_credential(const Contract& contract, Request& request) {
    switch (contract.credentials.kind) {
      case Credentials::Kind::api_key:
        request.headers.push_back(credential_header(contract, "", account_at(target_, contract.api).key));
        return std::nullopt;
      case Credentials::Kind::bearer_token: {
        const auto token = logins_.token(contract, resolve_profile(target_.profile.value_or(Profile()), contract), Clock().now());
        if (!token) return explain(token.error());
        request.headers.push_back(credential_header(contract, "", token->value));
        return std::nullopt;
      }
      case Credentials::Kind::in_batch:
      case Credentials::Kind::none: return std::nullopt;
    }
    return std::nullopt;
  }

  const Target& target_;
  const Contracts& contracts_;
  Transport& transport_;
  Url origin_;
  Logins logins_;
};

}  // namespace

std::vector<Removed> undo_leftovers(const LedgerState& state, Ledger& ledger, const Target& target, const Contracts& contracts,
                                    Transport& transport) {
  std::vector<Removed> all;
  Undoing undoing(target, contracts, transport);
  for (auto item = state.items.rbegin(); item != state.items.rend(); ++item) {
    if (!LedgerState::is_leftover(*item)) continue;
    all.push_back(undoing.undo(*item->undo));
    if (!all.back().gone) continue;
    if (const auto marked = ledger.mark_undone(item->entry.id); !marked) all.back().detail += "; " + marked.error().message;
  }
  return all;
}

}  // namespace understudy
