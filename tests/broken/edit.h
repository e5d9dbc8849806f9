// Ways to edit a correct answer into a wrong one. `named` selects answers by name (reference::Answer::name).
#pragma once

#include <functional>
#include <string>

#include "tests/broken/catalogue.h"

namespace broken {

using reference::Answer;
using reference::Json;
using reference::Request;

Edit edit_answer(std::string operation, std::string named, std::function<void(Answer&)> edit);
Edit edit_json(std::string operation, std::string named, std::function<void(Json&)> edit);
Edit edit_status(std::string operation, std::string named, int status);
Edit edit_member(std::string operation, std::string named, const std::string& pointer, Json value);
Edit drop_member(std::string operation, std::string named, const std::string& pointer);  // the parent must be an object

}  // namespace broken
