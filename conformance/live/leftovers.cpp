#include "conformance/live/leftovers.h"

#include <fmt/format.h>

#include <ranges>

#include "conformance/live/guard.h"
#include "conformance/target/credential.h"

namespace understudy {
namespace {

std::string explain(const LoginFailure& failure) {
  if (const auto* problem = std::get_if<Problem>(&failure)) return problem->message;
  const auto& finding = std::get<WrongLogin>(failure).finding;
  return fmt::format("could not log in: expected {}, found {}", finding.expected, finding.actual);
}

class CleanupRunner {
 public:
  CleanupRunner(const Target& target, const Contracts& contracts, Transport& transport)
      : target_(target),
        contracts_(contracts),
        transport_(transport),
        logins_([this](std::string_view api) { return account_at(target_, api); },
                [this](const Contract& contract, Request request) -> Result<TransportResult> {
                  auto base = base_of(contract);
                  request.target = join_target(base, request.target);
                  add_target_headers(target_, request.headers);
                  return transport_.send(base, request,
                                         {.deadline = target_.deadline, .as_is = false, .answer_limit = target_.answer_limit});
                }) {}

  Removed undo(const Undo& undo) {
    Removed removed{.what = undo.what};
    const auto* contract = contracts_.find_api(undo.api);
    const auto origin = parse_url(undo.origin);
    if (contract == nullptr || !origin) {
      removed.detail = fmt::format("the ledger names {} at '{}', which is not known", undo.api, undo.origin);
      return removed;
    }
    const auto* base = find_base(target_, undo.api);
    if (base == nullptr || render_origin(*base) != render_origin(*origin)) {
      removed.detail = fmt::format("it is at {}, which is not the target", undo.origin);
      return removed;
    }
    if (origin_ != *origin) logins_.forget();
    origin_ = *origin;
    Request request{.method = undo.method, .target = undo.target};
    const auto credential = find_credential(*contract);
    if (!credential) {
      removed.detail = explain(credential.error());
      return removed;
    }
    if (!credential->empty()) request.headers.push_back(credential_header(*contract, "", *credential));
    add_target_headers(target_, request.headers);
    const auto result =
        transport_.send(origin_, request, {.deadline = target_.deadline, .as_is = false, .answer_limit = target_.answer_limit});
    removed.gone = is_gone(result);
    removed.detail = result.outcome == Outcome::answered ? fmt::format("{} answered {}", undo.operation, result.response.status)
                                                         : fmt::format("{}: {}", to_string(result.outcome), result.detail);
    return removed;
  }

 private:
  // The target's base of the API, if it has the ledger's origin; else the root of that origin.
  Url base_of(const Contract& contract) const {
    const auto* base = find_base(target_, contract.api);
    return base != nullptr && render_origin(*base) == render_origin(origin_) ? *base : origin_;
  }

  // Empty: the API needs none, or has none that a removal can carry.
  tl::expected<std::string, LoginFailure> find_credential(const Contract& contract) {
    if (contract.credentials.kind == Credentials::Kind::api_key) return account_at(target_, contract.api).key;
    if (contract.credentials.kind != Credentials::Kind::bearer_token) return std::string();
    return logins_.token(contract, resolve_profile(target_.profile.value_or(Profile()), contract), Clock().now())
        .map([](const Token& token) { return token.value; });
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
  CleanupRunner cleanup(target, contracts, transport);
  for (const auto& item : std::views::reverse(state.items)) {
    if (!LedgerState::is_leftover(item)) continue;
    auto& removed = all.emplace_back(cleanup.undo(*item.undo));
    if (!removed.gone) continue;
    if (const auto marked = ledger.mark_undone(item.entry.id); !marked) removed.detail += "; " + marked.error().message;
  }
  return all;
}

}  // namespace understudy
