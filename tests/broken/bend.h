// Owns the ways to bend an answer. `named` picks answers by name (reference::Answer::name); operations share some names.
#pragma once

#include <functional>
#include <string>

#include "tests/broken/catalogue.h"

namespace broken {

using reference::Answer;
using reference::Json;
using reference::Request;

Bend bend_answer(std::string operation, std::string named, std::function<void(Answer&)> edit);
Bend bend_json(std::string operation, std::string named, std::function<void(Json&)> edit);
Bend bend_status(std::string operation, std::string named, int status);
Bend bend_member(std::string operation, std::string named, const std::string& pointer, Json value);
Bend drop_member(std::string operation, std::string named, const std::string& pointer);  // the parent must be an object

}  // namespace broken
