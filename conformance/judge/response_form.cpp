#include "conformance/judge/response_form.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "contracts/src/model/check.h"

namespace understudy {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
constexpr std::size_t kMostDuplicates = 20;

Finding form_finding(std::string code, std::string pointer, std::string expected, std::string actual, std::string message) {
  Finding finding;
  finding.code = std::move(code);
  finding.pointer = std::move(pointer);
  finding.expected = std::move(expected);
  finding.actual = std::move(actual);
  finding.message = std::move(message);
  return finding;
}

}  // namespace

ParsedJson parse_answer(const std::string& body, std::size_t answer_limit, BodyForm& form) {
  auto parsed = parse_body(body, answer_limit, &form.duplicates);
  form.has_byte_order_mark = parsed && body.starts_with(kByteOrderMark);
  return parsed;
}

Findings check_form(const TransportResult& result, const BodyForm& form) {
  Findings findings;
  if (!result.undecoded.empty())
    findings.push_back(form_finding("content-coding", "", "a body in the coding that Content-Encoding names", result.undecoded,
                                    "Clients decode a body as Content-Encoding says (RFC 9110 section 8.4)."));
  for (const auto* name : {"Content-Type", "Location", "ETag", "Last-Modified", "Retry-After"}) {
    std::vector<std::string> lines;
    for (const auto& header : result.response.headers) {
      if (equals_ignore_case(header.name, name)) lines.push_back(fmt::format("\"{}\"", header.value));
    }
    if (std::ranges::adjacent_find(lines, std::not_equal_to()) != lines.end())
      findings.push_back(form_finding("repeated-header", name, "one line of this header", fmt::format("{}", fmt::join(lines, ", ")),
                                      "Clients take one or the other (RFC 9110 section 5.3)."));
  }
  if (form.has_byte_order_mark)
    findings.push_back(form_finding("byte-order-mark", "", "JSON text", "a byte order mark (EF BB BF) in front of it",
                                    "JSON must not begin with one, and many parsers refuse it (RFC 8259 section 8.1)."));
  for (std::size_t i = 0; i < std::min(form.duplicates.size(), kMostDuplicates); ++i)
    findings.push_back(form_finding("duplicate-member", form.duplicates[i], "one member of this name", "the name more than once",
                                    "Which of the values a client sees depends on its parser (RFC 8259 section 4)."));
  return findings;
}

std::string describe_not_json(const TransportResult& result, const JsonError& error) {
  if (!result.response.body.empty() && !result.undecoded.empty())
    return fmt::format("{} ({})", describe(Json(result.response.body.substr(0, 200))), result.undecoded);
  return describe_not_json(result.response, error);
}

}  // namespace understudy
