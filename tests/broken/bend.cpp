#include "tests/broken/bend.h"

namespace broken {

Bend bend_answer(std::string operation, std::string named, std::function<void(Answer&)> edit) {
  return [=](const Request&, Answer& answer) {
    if (answer.operation == operation && answer.name == named) edit(answer);
  };
}

Bend bend_json(std::string operation, std::string named, std::function<void(Json&)> edit) {
  return bend_answer(std::move(operation), std::move(named), [edit = std::move(edit)](Answer& answer) {
    Json body = Json::parse(answer.body, nullptr, false);
    edit(body);
    answer.body = body.dump();
  });
}

Bend bend_status(std::string operation, std::string named, int status) {
  return bend_answer(std::move(operation), std::move(named), [status](Answer& answer) { answer.status = status; });
}

Bend bend_member(std::string operation, std::string named, const std::string& pointer, Json value) {
  return bend_json(std::move(operation), std::move(named),
                   [at = Json::json_pointer(pointer), value = std::move(value)](Json& body) { body[at] = value; });
}

Bend drop_member(std::string operation, std::string named, const std::string& pointer) {
  return bend_json(std::move(operation), std::move(named),
                   [at = Json::json_pointer(pointer)](Json& body) { body[at.parent_pointer()].erase(at.back()); });
}

}  // namespace broken
