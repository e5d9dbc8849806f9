// Owns the ways in which an engine is wrong on purpose: one Deviation is one wrong thing, plain data; the engine asks here at the
// few places where it may be wrong. What is wrong in the contract itself (a rule dropped) is an edit of it: mutation.h's business.
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "contracts/src/model/check.h"
#include "mock/delivery.h"

namespace understudy {

struct Exchange;

struct Deviation {
  enum class Kind {
    none,
    // what the walk leaves out
    waived,            // findings of the implicit rule `name` are dropped; the members that broke it are taken for absent
    any_credential,    // a credential is not compared with what was issued
    any_password,      // a login succeeds with every password
    no_expiry,         // a token lives for ever
    write_lost,        // success is answered, nothing is kept
    written_twice,     // what is created is created twice
    redelivery_by_id,  // a batch call is taken for a redelivery by its id alone
    stale,             // a read repeats what it answered to the same target first
    // an answer as a whole
    status,          // `value` instead
    reason,          // `value` instead, in phrase and body
    header_missing,  // `name`
    content_type,    // `value` instead; null: none
    body,            // `value` (a text) instead
    wrapped,         // {"data": body}
    cut_short,       // half of the body, its length right
    cut_off,         // half of the body, then the connection ends
    // members of an answer
    member_missing,
    member_value,    // `value` instead
    member_as_text,  // a number as a string
    member_other,    // another value of the same type
    // the list of a batch
    elements_reversed,
    element_dropped,
    bare_element,  // a list of one as its element
    items_reversed,
    item_dropped,
  };
  Kind kind = Kind::none;
  std::string api;
  std::string operation;  // api.operation; empty: any of the API
  // Which answers, and what of them; empty: it is not about a named answer.
  struct Where {
    std::string answer;
    std::optional<std::size_t> variant{};  // index in the answer; absent: any
    std::string member{};                  // JSON Pointer, '*' matches every element
  };
  std::vector<Where> where{};
  std::string name{};  // a header, a rule; in the list of a batch a member
  Json value{};
};

// One engine's deviation, and how often it showed. Thread-safe.
struct Misconduct {
  explicit Misconduct(Deviation what) : deviation(std::move(what)) {}

  const Deviation deviation;
  std::atomic<std::uint64_t> met{0};     // times that it could have shown
  std::atomic<std::uint64_t> struck{0};  // times that it changed what was done or sent
  std::mutex mutex;
  std::map<std::string, Response> remembered;  // of `stale`, by tenant and target; guarded by mutex
};

// Is this exchange's engine to do this wrong, at this operation (may be null)? True counts as struck.
bool is_deviant(const Exchange& exchange, Deviation::Kind kind, const Operation* operation = nullptr);
// Drops what is waived of a body's findings, and the members that they are about.
void waive(const Exchange& exchange, const Operation& operation, Findings& findings, Json& body);
// The answer of a whole exchange, once the walk is done.
void bend_delivery(const Exchange& exchange, bool is_batch, Delivery& delivery);
// The answer of one call or item in a batch, and the entries of one call.
void bend_element(const Exchange& exchange, const Operation* operation, const ResponseDefinition& answer, const ResponseVariant& variant,
                  Json& element);
void bend_items(const Exchange& exchange, const Operation& operation, Json& entries);

}  // namespace understudy
