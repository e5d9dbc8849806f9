// The names under which requests and responses of an API carry credentials, for masking (contracts/src/redact).
#pragma once

#include "contracts/src/model/contract.h"
#include "contracts/src/redact/secret_names.h"

namespace understudy {

// Adds the header and the members of this API to `names`.
void add_credential_names(const Contract& contract, SecretNames& names);

}  // namespace understudy
