#include "conformance/live/guard.h"

#include <fmt/format.h>

#include "conformance/target/target.h"
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

// The id of the created record: from the response, where the contract names its place, else from the request.
std::optional<Json> find_id(const Contract& contract, const Operation& operation, const Collection& collection, const Message& message,
                            const Response& response, const Switches& switches) {
  if (const auto* answer = contract.find_response(operation.success); answer != nullptr) {
    const auto& variant = pick_variant(*answer, switches);
    const auto body = parse_json(response.body);
    if (variant.id && body) {
      if (const Json* id = find_pointer(*body, *variant.id); is_id(id)) return *id;
    }
  }
  if (collection.id_from.empty() || !message.json) return std::nullopt;
  const Json* id = find_pointer(*message.json, collection.id_from);
  return is_id(id) ? std::optional<Json>(*id) : std::nullopt;
}

std::string fill_path(std::string path, const std::string& name, const Json& id) {
  const auto open = path.find("{" + name + "}");
  if (open != std::string::npos) path.replace(open, name.size() + 2, percent_encode(as_text(id)));
  return path;
}

std::optional<Undo> find_undo(const PendingWrite& write, const Response& response, const Switches& switches) {
  const auto& message = write.message;
  if (message.operation == nullptr) return std::nullopt;
  const auto& contract = *message.contract;
  const auto* collection = find_made(contract, *message.operation);
  if (collection == nullptr) return std::nullopt;
  const auto* remove = contract.find_operation(collection->create.remove);
  if (remove == nullptr) return std::nullopt;
  const auto id = find_id(contract, *message.operation, *collection, message, response, switches);
  if (!id) return std::nullopt;
  return Undo{.api = contract.api,
              .operation = remove->name,
              .origin = render_origin(write.base),
              .method = remove->method,
              .target = join_target(write.base, fill_path(remove->path, remove->record_id, *id)),
              .what = fmt::format("{}.{} {}", contract.api, collection->name, render_json(*id))};
}

// Whether the message may create something: an update or a removal does not.
bool may_make(const Message& message) {
  if (message.operation == nullptr) return message.method == "POST" || message.is_batch;
  const auto perform = message.operation->perform;
  return perform == Perform::create || find_made(*message.contract, *message.operation) != nullptr ||
         (perform == Perform::module && message.method == "POST");
}

}  // namespace

bool is_write(const Message& message) {
  if (message.method == "GET" || message.method == "HEAD" || message.method == "OPTIONS") return false;
  return message.operation == nullptr || message.operation->perform != Perform::issue_token;
}

Result<std::string> WriteGuard::begin(const PendingWrite& write) {
  if (!is_write(write.message)) return std::string();
  const auto origin = render_origin(write.base);
  if (ledger_ != nullptr && ledger_->is_undo(origin, write.request.method, write.request.target)) return std::string();
  if (const auto count = ++writes_; most_ && count > *most_) {
    --writes_;
    return tl::unexpected(
        make_problem(Failure::unsafe, "too-many-writes",
                     fmt::format("{} would be one more than the {} writes that --max-writes permits; it was not sent",
                                 write.message.operation != nullptr ? write.message.operation->name : write.request.method, *most_)));
  }
  if (ledger_ == nullptr || !may_make(write.message)) return std::string();
  return ledger_->begin({.scenario = write.scenario,
                         .operation = write.message.operation_name(),
                         .origin = origin,
                         .method = write.request.method,
                         .target = write.request.target,
                         .body = write.masked_body});
}

Result<void> WriteGuard::end(const PendingWrite& write, const std::string& id, const TransportResult& result, const Switches& switches) {
  if (ledger_ == nullptr || !is_write(write.message)) return {};
  if (id.empty()) {
    if (is_gone(result)) ledger_->note_removed(render_origin(write.base), write.request.method, write.request.target);
    return {};
  }
  if (result.outcome == Outcome::unreachable) return ledger_->settle(id, false, std::nullopt);
  if (result.outcome != Outcome::answered) return {};  // the effect is unknown: the entry stays open
  const bool made = is_success(result);
  return ledger_->settle(id, made, made ? find_undo(write, result.response, switches) : std::nullopt);
}

}  // namespace understudy
