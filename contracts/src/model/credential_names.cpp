#include "contracts/src/model/credential_names.h"

namespace understudy {

void add_credential_names(const Contract& contract, SecretNames& names) {
  names.add_header(contract.credentials.header);
  names.add_member_at(contract.credentials.password);
  names.add_member_at(contract.credentials.token);
  if (contract.batch) names.add_member_at(contract.batch->credential_password);
}

}  // namespace understudy
