// Owns the shapes that the admin API takes and gives, as JSON Schemas by name; which route has which is admin_openapi.cpp's business.
#pragma once

#include "contracts/src/base/json.h"

namespace understudy {

Json admin_schemas();

}  // namespace understudy
