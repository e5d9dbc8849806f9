#include "mock/wiremock/secrets.h"

#include "contracts/src/model/credential_names.h"
#include "contracts/src/redact/mask.h"

namespace understudy {
namespace {

void mask_finding(Finding& finding, const SecretNames& names) {
  if (!names.has_member_on(finding.pointer)) return;
  finding.actual = kMask;
  finding.message = finding.code + " " + finding.pointer;
}

}  // namespace

Logged mask_secrets(const Logged& logged, const Contracts& contracts) {
  SecretNames names;
  for (const auto& contract : contracts.apis) names.add_header(contract->credentials.header);
  JournalEntry entry = *logged.entry;
  if (const Contract* contract = contracts.find_api(entry.api)) add_credential_names(*contract, names);
  entry.request.target = mask_target(entry.request.target, names);
  mask_headers(entry.request.headers, names);
  mask_headers(entry.response.headers, names);
  entry.request.body = mask_body(entry.request.body, names);
  entry.response.body = mask_body(entry.response.body, names);
  for (Decision& decision : entry.decisions) {
    for (Finding& finding : decision.findings) mask_finding(finding, names);
  }
  return {.entry = std::make_shared<const JournalEntry>(std::move(entry)), .tenant = logged.tenant};
}

}  // namespace understudy
