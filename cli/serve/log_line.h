// Renders the lines of the access log: one for each exchange and each event, as text or as JSON. A line never holds a secret or a
// character that could break it. log.h writes the lines.
#pragma once

#include <string>
#include <string_view>

#include "contracts/src/base/env.h"
#include "mock/wire/wire.h"

namespace understudy {

enum class LogFormat { text, json, terminal };  // terminal: short lines for people who watch

// One field of a line of text: blanks and control characters become \xNN, so that they cannot end the field or control a terminal.
std::string escape_field(std::string_view text);
// Without a newline at the end, headers and bodies. In the query of the target, values of members that are named like a credential
// are masked.
std::string render_exchange(LogFormat format, Time at, const WireExchange& exchange);
// `what` is a word such as reloaded. `message` may have several lines; in a text log the further ones are indented.
std::string render_event(LogFormat format, Time at, std::string_view what, std::string_view message);

}  // namespace understudy
