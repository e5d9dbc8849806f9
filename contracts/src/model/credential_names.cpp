#include "contracts/src/model/credential_names.h"

namespace understudy {

void add_credential_names(const Contract& contract, SecretNames& names) {
  names.add_header(contract.credentials.header);
  for (const std::string& header : contract.credentials.headers) names.add_header(header);
  for (const std::string& parameter : contract.credentials.query) names.add_member_at(join_pointer("", parameter));
  names.add_member_at(contract.credentials.password);
  names.add_member_at(contract.credentials.token);
  if (contract.batch) names.add_member_at(contract.batch->credential_password);
}

}  // namespace understudy
