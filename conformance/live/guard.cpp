#include "conformance/live/guard.h"

#include <fmt/format.h>

#include <algorithm>

#include "conformance/target/target.h"
#include "contracts/src/base/http.h"
#include "contracts/src/model/path_template.h"
#include "contracts/src/model/responses.h"

namespace understudy {
namespace {

// The collection of the record that the operation creates; null: it creates none.
const Collection* find_made(const Contract& contract, const Operation& operation) {
  for (const auto& [name, collection] : contract.collections) {
    if (collection.create.operation == operation.id) return &collection;
  }
  const auto own = contract.collections.find(operation.collection);
  return operation.perform == Perform::create && own != contract.collections.end() ? &own->second : nullptr;
}

bool is_id(const Json* value) { return value != nullptr && value->is_primitive() && !value->is_null(); }

// The operation that removes what `operation` creates; null: there is none.
const Operation* find_removal(const Contract& contract, const Operation& operation) {
  const auto* collection = find_made(contract, operation);
  return collection != nullptr ? contract.find_operation(collection->create.remove) : nullptr;
}

// The JSON body of a request, or the members of its form.
std::optional<Json> read_sent_body(const Message& message) {
  if (message.json) return message.json;
  if (auto parsed = parse_json(message.body)) return std::move(*parsed);
  if (media_type_of(find_header(message.headers, "Content-Type").value_or("")) != "application/x-www-form-urlencoded") return std::nullopt;
  Json members = Json::object();
  for (const auto& [name, value] : parse_form(message.body)) members[name] = value;
  return members;
}

// The id of the created record: from the response, where the contract names its place, else from the request.
std::optional<Json> find_id(const Contract& contract, const Operation& operation, const Collection& collection, const Message& message,
                            const Response& response, const Switches& switches) {
  if (const auto* answer = contract.find_response(operation.success); answer != nullptr) {
    const auto& variant = pick_variant(*answer, switches);
    const auto body = parse_body(response.body);
    if (variant.id && body) {
      if (const Json* id = find_pointer(*body, *variant.id); is_id(id)) return *id;
    }
  }
  const auto sent = read_sent_body(message);
  if (collection.id_from.empty() || !sent) return std::nullopt;
  const Json* id = find_pointer(*sent, collection.id_from);
  return is_id(id) ? std::optional<Json>(*id) : std::nullopt;
}

std::string fill_path(std::string path, const std::string& name, const Json& id) {
  const auto open = path.find("{" + name + "}");
  if (open != std::string::npos) path.replace(open, name.size() + 2, percent_encode(as_text(id)));
  return path;
}

std::optional<Undo> find_undo(const PendingWrite& write, const Response& response, const Switches& switches) {
  if (write.operation == nullptr) return std::nullopt;
  const auto& contract = *write.message.contract;
  const auto* remove = find_removal(contract, *write.operation);
  if (remove == nullptr) return std::nullopt;
  const auto& collection = *find_made(contract, *write.operation);
  const auto id = find_id(contract, *write.operation, collection, write.message, response, switches);
  if (!id) return std::nullopt;
  return Undo{.api = contract.api,
              .operation = remove->name,
              .origin = render_origin(write.base),
              .method = remove->method,
              .target = join_target(write.base, fill_path(remove->path, remove->record_id, *id)),
              .what = fmt::format("{}.{} {}", contract.api, collection.name, render_json(*id))};
}

// Whether an operation removes what the message makes.
bool is_removable(const PendingWrite& write) {
  const auto& contract = *write.message.contract;
  if (write.operation != nullptr) return find_removal(contract, *write.operation) != nullptr;
  return std::ranges::any_of(write.message.calls, [&](const SentCall& call) {
    return call.operation != nullptr && find_removal(contract, *call.operation) != nullptr;
  });
}

// Whether the message may create something: an update or a removal does not.
bool may_make(const PendingWrite& write) {
  const auto* operation = write.operation;
  const bool is_post = equals_ignore_case(write.message.method, "POST");
  if (operation == nullptr) return is_post || equals_ignore_case(write.message.method, "PUT") || write.message.is_batch;
  return operation->perform == Perform::create || find_made(*write.message.contract, *operation) != nullptr ||
         ((operation->perform == Perform::module || operation->perform == Perform::change) && is_post);
}

// The same for every spelling of a path; a query does not change what is removed.
std::string key_of(const std::string& origin, const std::string& method, const std::string& target) {
  return origin + " " + method + " " + canonical_path(path_of(target));
}
std::string key_of(const PendingWrite& write) { return key_of(render_origin(write.base), write.request.method, write.request.target); }

}  // namespace

bool is_write(const Message& message) {
  if (message.method == "GET" || message.method == "HEAD" || message.method == "OPTIONS") return false;
  return message.operation == nullptr || message.operation->perform != Perform::issue_token;
}

bool may_have_made(const Contract& contract, const Operation* operation, const Switches& switches, const TransportResult& result) {
  if (result.outcome == Outcome::unreachable) return false;
  const int status = result.response.status;
  if (result.outcome != Outcome::answered || status < 400) return true;
  if (status < 500) return false;
  const auto refuses = [&](const std::string& name) {
    const auto* answer = name == contract.refusals.unhandled ? nullptr : contract.find_response(name);
    return answer != nullptr && !answer->success && status_of(pick_variant(*answer, switches), switches) == status;
  };
  return operation == nullptr || std::ranges::none_of(operation->answers, refuses);
}

Result<std::string> WriteGuard::begin(const PendingWrite& write) {
  if (!is_write(write.message)) return std::string();
  {
    const std::lock_guard lock(mutex_);
    if (made_.contains(key_of(write))) return std::string();
  }
  if (const auto count = ++writes_; most_ && count > *most_) {
    --writes_;
    return tl::unexpected(make_problem(Failure::unsafe, "too-many-writes",
                                       fmt::format("{} would be one more than the {} writes that --max-writes permits; it was not sent",
                                                   write.operation != nullptr ? write.operation->name : write.request.method, *most_)));
  }
  if (ledger_ == nullptr || !may_make(write)) return std::string();
  return ledger_->begin({.scenario = write.scenario,
                         .operation = write.operation != nullptr ? write.operation->name : std::string(),
                         .origin = render_origin(write.base),
                         .method = write.request.method,
                         .target = write.request.target,
                         .body = write.masked_body});
}

Result<void> WriteGuard::end(const PendingWrite& write, const std::string& id, const TransportResult& result, const Switches& switches) {
  if (!is_write(write.message)) return {};
  Result<void> done;
  const std::lock_guard lock(mutex_);
  if (const auto [first, last] = made_.equal_range(key_of(write)); first != last && is_gone(result)) {
    for (auto made = first; made != last && ledger_ != nullptr && done; ++made) done = ledger_->mark_undone(made->second.entry);
    made_.erase(first, last);
    return done;
  }
  if (!may_make(write)) return {};
  const auto what = [&](std::string_view why) { return fmt::format("what {} {} {}", write.request.method, write.request.target, why); };
  if (!is_success(result)) {
    if (may_have_made(*write.message.contract, write.operation, switches, result))
      made_.emplace("", Made{id, write.scenario, what("perhaps made")});  // the ledger's entry stays open
    else if (ledger_ != nullptr)
      done = ledger_->settle(id, false, std::nullopt);
    return done;
  }
  const auto undo = find_undo(write, result.response, switches);
  // 201 says that something was made, also where the contract does not know what.
  const bool is_unknown_create = write.operation == nullptr && !write.message.is_batch && result.response.status == 201;
  const bool removable = is_removable(write) || is_unknown_create;
  if (undo)
    made_.emplace(key_of(undo->origin, undo->method, undo->target), Made{id, write.scenario, undo->what});
  else if (removable)
    made_.emplace("", Made{id, write.scenario, what("made, of unknown id,")});
  return ledger_ != nullptr ? ledger_->settle(id, true, undo, removable) : done;
}

std::vector<std::string> WriteGuard::take_leftovers(const std::string& scenario) {
  const std::lock_guard lock(mutex_);
  std::vector<std::string> leftovers;
  std::erase_if(made_, [&](const auto& item) {
    if (item.second.scenario != scenario) return false;
    leftovers.push_back(item.second.what);
    return true;
  });
  return leftovers;
}

}  // namespace understudy
