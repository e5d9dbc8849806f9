#include "tests/reference/http.h"

#include "tests/reference/text.h"

namespace reference {

std::string_view Request::header(std::string_view lower_name) const {
  const auto found = headers.find(std::string(lower_name));
  return found == headers.end() ? std::string_view{} : std::string_view{found->second};
}

std::string Request::bearer() const {
  const std::string_view value = trim(header("authorization"));
  const auto space = value.find(' ');
  if (space == std::string_view::npos || !same_word(value.substr(0, space), "bearer")) return {};
  return std::string(trim(value.substr(space)));
}

std::string Request::media_type() const {
  const std::string_view value = header("content-type");
  return to_lower(trim(value.substr(0, value.find(';'))));
}

Answer json_answer(std::string name, int status, const Json& body) {
  return {.name = std::move(name), .operation = {}, .status = status, .headers = {}, .body = render_json(body)};
}

}  // namespace reference
