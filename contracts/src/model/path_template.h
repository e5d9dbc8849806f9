// Paths of operations: how a contract writes them (/report.{format}), how they are sent, and how they are compared with a request's.
#pragma once

#include <boost/container/flat_map.hpp>
#include <boost/container/small_vector.hpp>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

namespace understudy {

// The parameters of a path by name, decoded. Up to two need no allocation.
using PathParameters = boost::container::flat_map<std::string, std::string, std::less<>,
                                                  boost::container::small_vector<std::pair<std::string, std::string>, 2>>;

// As paths are compared (RFC 3986 section 6.2.2): in each segment everything but unreserved characters is percent-encoded. An encoded
// slash stays inside its segment.
std::string canonical_path(std::string_view path);
bool is_canonical_path(std::string_view path);  // unreserved characters and slashes alone: most paths are

// A segment: a text before, between and after its parameters, so one text more than names.
struct PathSegment {
  std::vector<std::string> texts;  // canonical
  std::vector<std::string> names;

  // Compares with a canonical segment and adds the parameters, decoded. A parameter has at least one character, and ends where the
  // following text first occurs.
  bool match(std::string_view segment, bool ignore_case, PathParameters& parameters) const;
};

struct PathTemplate {
  std::string sent;  // as written, with what a URL cannot hold percent-encoded
  std::vector<PathSegment> segments;

  bool is_fixed() const;  // has no parameters
  std::vector<std::string> names() const;
  // The parameters of a canonical path, or nullopt: it is another path.
  std::optional<PathParameters> match(std::span<const std::string_view> path, bool ignore_case) const;
  // Whether a path that both match belongs to this one: the first segment in which they differ has more text here.
  bool is_more_specific(const PathTemplate& other) const;
};
// The error is a sentence: found ..., expected ...
tl::expected<PathTemplate, std::string> parse_path_template(std::string_view path);

}  // namespace understudy
