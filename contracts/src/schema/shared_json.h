// A JSON document that contracts, their copies and their schemas share. It reads like a `const Json`.
#pragma once

#include <memory>
#include <utility>

#include "contracts/src/base/json.h"

namespace understudy {

class SharedJson {
 public:
  SharedJson() : SharedJson(std::make_shared<const Json>()) {}
  explicit SharedJson(std::shared_ptr<const Json> json) : json_(std::move(json)) {}  // not null

  operator const Json&() const { return *json_; }  // NOLINT(google-explicit-constructor): it stands where the document is read
  const Json& operator*() const { return *json_; }
  const Json* operator->() const { return json_.get(); }

 private:
  std::shared_ptr<const Json> json_;
};

}  // namespace understudy
