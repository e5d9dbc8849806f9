#include "cli/serve/log_line.h"

#include <fmt/format.h>

#include <iterator>

#include "contracts/src/base/json.h"
#include "contracts/src/redact/mask.h"

namespace understudy {

std::string escape_field(std::string_view text) {
  if (text.empty()) return "-";
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte <= 0x20 || byte >= 0x7F || c == '\\')
      out += fmt::format("\\x{:02x}", byte);
    else
      out += c;
  }
  return out;
}

namespace {

// Further lines of a message (a place and a caret) are indented, so that a line that starts at the margin is always a new entry.
std::string indent_lines(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '\n')
      out += "\n    ";
    else if ((byte < 0x20 && c != '\t') || byte == 0x7F)
      out += fmt::format("\\x{:02x}", byte);
    else
      out += c;
  }
  return out;
}

std::string status_text(int status) { return status == 0 ? "-" : std::to_string(status); }

// POST   /veeqo/products  201  lamp  product_created  1.2 ms
std::string render_for_terminal(const WireExchange& exchange, const AccessLogEntry& entry) {
  std::string line =
      fmt::format("{:<6} {}  {}", escape_field(exchange.method), escape_field(mask_target(exchange.target)), status_text(exchange.status));
  if (!entry.tenant.empty()) line += "  " + escape_field(entry.tenant);
  if (!entry.answer.empty()) line += "  " + escape_field(entry.answer);
  if (!entry.rule.empty() && entry.rule != entry.answer) line += " by " + escape_field(entry.rule);
  if (!entry.fault.empty()) line += "  fault " + escape_field(entry.fault) + " " + escape_field(entry.phase);
  if (exchange.ending != "complete") line += "  " + std::string(exchange.ending);
  if (!exchange.refusal.empty()) line += "  refused: " + indent_lines(exchange.refusal);
  return line + fmt::format("  {:.1f} ms", static_cast<double>(exchange.elapsed.count()) / 1000);
}

class JsonLine {
 public:
  void add(std::string_view name, std::string_view value) {
    if (!value.empty()) raw(name, render_json(Json(value)));
  }
  void add_number(std::string_view name, std::uint64_t value) { raw(name, std::to_string(value)); }
  void raw(std::string_view name, std::string_view value) {
    fmt::format_to(std::back_inserter(text_), "{}\"{}\":{}", text_.empty() ? "{" : ",", name, value);
  }
  std::string finish() { return text_ + "}"; }

 private:
  std::string text_;
};

}  // namespace

std::string render_exchange(LogFormat format, Time at, const WireExchange& exchange) {
  static const AccessLogEntry kNothing;
  const AccessLogEntry& entry = exchange.log_entry ? *exchange.log_entry : kNothing;
  if (format == LogFormat::terminal) return render_for_terminal(exchange, entry);
  const auto target = mask_target(exchange.target);
  const auto milliseconds = fmt::format("{:.3f}", static_cast<double>(exchange.elapsed.count()) / 1000);
  if (format == LogFormat::text) {
    auto line =
        fmt::format("{} {} {} {} {} {} {} {} ms {}/{} B c{}", render_rfc3339_millis(at), escape_field(entry.tenant),
                    escape_field(exchange.method), escape_field(target), status_text(exchange.status), escape_field(entry.operation),
                    escape_field(entry.answer), milliseconds, exchange.bytes_in, exchange.bytes_out, exchange.peer.connection);
    if (!entry.rule.empty()) line += " rule=" + escape_field(entry.rule);
    if (!entry.nearest.empty()) line += " nearest=" + escape_field(entry.nearest);
    if (!entry.fault.empty()) line += " fault=" + escape_field(entry.fault) + "@" + escape_field(entry.phase);
    if (exchange.ending != "complete") line += " " + std::string(exchange.ending);
    if (!exchange.refusal.empty()) line += " refused: " + indent_lines(exchange.refusal);
    return line;
  }
  JsonLine line;
  line.add("time", render_rfc3339_millis(at));
  line.add("event", "exchange");
  line.add("tenant", entry.tenant);
  line.add("method", exchange.method);
  line.add("target", target);
  line.raw("status", exchange.status == 0 ? "null" : std::to_string(exchange.status));
  line.add("operation", entry.operation);
  line.add("answer", entry.answer);
  line.add("rule", entry.rule);
  line.add("nearest", entry.nearest);
  line.add("fault", entry.fault);
  line.add("phase", entry.phase);
  line.add("refused", exchange.refusal);
  line.add("ending", exchange.ending);
  line.raw("ms", milliseconds);
  line.add_number("bytes_in", exchange.bytes_in);
  line.add_number("bytes_out", exchange.bytes_out);
  line.add_number("connection", exchange.peer.connection);
  line.add("peer", exchange.peer.address);
  return line.finish();
}

std::string render_event(LogFormat format, Time at, std::string_view what, std::string_view message) {
  if (format == LogFormat::terminal) return fmt::format("{}: {}", what, indent_lines(message));
  if (format == LogFormat::text) return fmt::format("{} {}: {}", render_rfc3339_millis(at), what, indent_lines(message));
  JsonLine line;
  line.add("time", render_rfc3339_millis(at));
  line.add("event", what);
  line.add("message", message);
  return line.finish();
}

}  // namespace understudy
