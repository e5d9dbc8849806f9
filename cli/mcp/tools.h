// The tools of `understudy mcp`: each has a name, a JSON Schema of its arguments, and a function. They work on a mock in this process,
// which also listens on a loopback port for the client's own calls.
#pragma once

#include <memory>
#include <string>

#include "cli/local_mock.h"
#include "contracts/src/base/json.h"

namespace understudy {

// What the tools share.
struct Workbench {
  std::string folder;  // of --contracts; may be empty
  Contracts contracts;
  std::unique_ptr<LocalMock> mock;
};

struct ToolResult {
  std::string text;
  bool is_error = false;
};

// The tools as the method tools/list returns them.
const Json& list_tools();
bool has_tool(const std::string& name);
// Arguments that break the schema, and what a tool refuses, are errors in the result. A long text is cut.
ToolResult call_tool(const Workbench& bench, const std::string& name, const Json& arguments);

}  // namespace understudy
