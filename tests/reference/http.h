// Owns Request and Answer: what the three services see of HTTP. The server that speaks it is server.h.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>

#include "tests/reference/json.h"

namespace reference {

struct Request {
  std::string method;
  std::string path;                            // decoded, without the query
  std::string target;                          // as sent
  std::map<std::string, std::string> headers;  // names in lower case
  std::multimap<std::string, std::string> query;
  std::string body;

  std::string_view header(std::string_view lower_name) const;  // "" if absent
  std::string bearer() const;                                  // of `Authorization: Bearer x`, the scheme in any case; "" if absent
  std::string media_type() const;                              // lower case, without parameters; "" if absent
};

struct Answer {
  std::string name;       // what happened, in one word: product_created, rule_broken, ...
  std::string operation;  // api.operation it belongs to; empty if the path or method is none
  int status = 200;
  std::string content_type = "application/json; charset=utf-8";
  std::map<std::string, std::string> headers;
  std::string body;
  std::size_t withheld_bytes = 0;  // promised by Content-Length, never sent; only broken servers withhold
};

Answer json_answer(std::string name, int status, const Json& body);

}  // namespace reference
