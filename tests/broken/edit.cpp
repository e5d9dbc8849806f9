#include "tests/broken/edit.h"

namespace broken {

Edit edit_answer(std::string operation, std::string named, std::function<void(Answer&)> edit) {
  return [=](const Request&, Answer& answer) {
    if (answer.operation == operation && answer.name == named) edit(answer);
  };
}

Edit edit_json(std::string operation, std::string named, std::function<void(Json&)> edit) {
  return edit_answer(std::move(operation), std::move(named), [edit = std::move(edit)](Answer& answer) {
    Json body = Json::parse(answer.body, nullptr, false);
    edit(body);
    answer.body = body.dump();
  });
}

Edit edit_status(std::string operation, std::string named, int status) {
  return edit_answer(std::move(operation), std::move(named), [status](Answer& answer) { answer.status = status; });
}

Edit edit_member(std::string operation, std::string named, const std::string& pointer, Json value) {
  return edit_json(std::move(operation), std::move(named),
                   [at = Json::json_pointer(pointer), value = std::move(value)](Json& body) { body[at] = value; });
}

Edit drop_member(std::string operation, std::string named, const std::string& pointer) {
  return edit_json(std::move(operation), std::move(named),
                   [at = Json::json_pointer(pointer)](Json& body) { body[at.parent_pointer()].erase(at.back()); });
}

}  // namespace broken
