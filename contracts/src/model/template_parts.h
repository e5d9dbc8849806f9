// What filling (template.cpp) and writing (template_write.cpp) share.
#pragma once

#include "contracts/src/model/template.h"

namespace understudy {

template <class... Ts>
struct Overload : Ts... {
  using Ts::operator()...;
};
template <class... Ts>
Overload(Ts...) -> Overload<Ts...>;

// Null where there is nothing.
inline const Json& look_up(const Json* found) {
  static const Json kNoValue = nullptr;
  return found == nullptr ? kNoValue : *found;
}
inline const Json& look_up(const TemplateScope& scope, const TemplatePath& path) { return look_up(scope.find(path)); }

}  // namespace understudy
