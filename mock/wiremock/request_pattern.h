// Request patterns in WireMock's format: criteria for a journaled exchange, all of which must hold. The member `understudy` holds
// criteria that WireMock does not have (tenant, api, operation, answer, rule, fault, status).
#pragma once

#include "mock/wiremock/logged_request.h"
#include "mock/wiremock/string_pattern.h"

namespace understudy {

// The result of one criterion, for near misses.
struct CriterionResult {
  std::string criterion;  // method, path, header Accept, body ...
  bool matched = false;
  std::string expected, actual;
  double distance = 0;  // 0 to 1
  double weight = 1;
};
// The weighted mean of the distances, 0 to 1.
double distance_of(const std::vector<CriterionResult>& results);
Json render_criteria(const std::vector<CriterionResult>& results);

struct PatternMember;  // a member that a pattern may have: a row of the table in request_pattern.cpp

class RequestPattern {
 public:
  // A member that is not supported is an error.
  static PatternResult<RequestPattern> parse(const Json& given);

  bool match(const Logged& logged, StepBudget& budget) const;
  std::vector<CriterionResult> compare(const Logged& logged, StepBudget& budget) const;
  // An error if a criterion names a tenant, API, operation or answer that does not exist: it would match nothing because of a typo.
  struct Names {
    std::vector<std::string> tenants, apis, operations, answers;
  };
  std::optional<PatternError> find_unknown_name(const Names& names, StepBudget& budget) const;

 private:
  struct Criterion {
    const PatternMember* member = nullptr;
    std::string name;  // of a header, a parameter ...
    StringPattern pattern;
  };
  bool holds(const Criterion& criterion, const Logged& logged, StepBudget& budget) const;

  std::vector<Criterion> criteria_;
  std::string template_;  // urlPathTemplate
};

}  // namespace understudy
