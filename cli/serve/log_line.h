// Owns the words of the log: one line for each exchange and each event, as text or as JSON, with nothing in it that could be a
// secret or could break the line. Where lines go is cli/serve/log.h's business.
#pragma once

#include <string>
#include <string_view>

#include "contracts/src/base/env.h"
#include "mock/wire/wire.h"

namespace understudy {

enum class LogFormat { text, json };

// No newline at the end. Headers and bodies are never in it; a target's query loses the values of members whose names sound
// like a credential.
std::string render_exchange(LogFormat format, Time at, const WireExchange& exchange);
// `what` is a word such as reloaded; `message` may have several lines; as text the further ones are set in.
std::string render_event(LogFormat format, Time at, std::string_view what, std::string_view message);

// "/a?password=x&b=1" -> "/a?password=***&b=1"; a URL loses the user before its host.
std::string hide_secrets(std::string_view target);

}  // namespace understudy
