#include "conformance/live/guard.h"

#include <fmt/format.h>

#include "conformance/target/target.h"
#include "contracts/src/model/responses.h"

namespace understudy {
namespace {

bool is_gone(const TransportResult& result) {
  const int status = result.response.status;
  return result.outcome == Outcome::answered && (status / 100 == 2 || status == 404 || status == 410);
}

const Collection* find_made(const Contract& contract, const Operation& operation) {
  for (const auto& [name, collection] : contract.collections) {
    if (collection.create.operation == operation.id) return &collection;
  }
  const auto own = contract.collections.find(operation.collection);
  return operation.perform == Perform::create && own != contract.collections.end() ? &own->second : nullptr;
}

// The id of what an answer says was made: where the contract says that answer has it, else where the record has it.
std::optional<Json> find_id(const Contract& contract, const Operation& operation, const Collection& collection, const Message& message,
                            const Response& response, const Switches& switches) {
  if (const auto* answer = contract.find_response(operation.success); answer != nullptr) {
    const auto& variant = pick_variant(*answer, switches);
    const auto body = parse_json(response.body);
    if (variant.id && body) {
      if (const Json* id = find_pointer(*body, *variant.id); id != nullptr && id->is_primitive() && !id->is_null()) return *id;
    }
  }
  if (collection.id_from.empty() || !message.json) return std::nullopt;
  const Json* id = find_pointer(*message.json, collection.id_from);
  return id != nullptr && id->is_primitive() && !id->is_null() ? std::optional<Json>(*id) : std::nullopt;
}

std::string fill_path(std::string path, const std::string& name, const Json& id) {
  const auto open = path.find("{" + name + "}");
  const auto text = as_text(id);
  if (open != std::string::npos) path.replace(open, name.size() + 2, percent_encode(text));
  return path;
}

std::optional<Undo> find_undo(const WriteGuard::Going& going, const Response& response, const Switches& switches) {
  const auto& message = going.message;
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
              .origin = render_origin(going.base),
              .method = remove->method,
              .target = join_target(going.base, fill_path(remove->path, remove->record_id, *id)),
              .what = fmt::format("{}.{} {}", contract.api, collection->name, render_json(*id))};
}

// What may leave something new behind: an update or a removal does not.
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

Result<std::string> WriteGuard::begin(const Going& going) {
  if (!is_write(going.message)) return std::string();
  const auto origin = render_origin(going.base);
  if (ledger_ != nullptr && ledger_->is_undo(origin, going.request.method, going.request.target)) return std::string();
  if (const auto count = ++writes_; most_ && count > *most_) {
    --writes_;
    return tl::unexpected(
        make_problem(Failure::unsafe, "too-many-writes",
                     fmt::format("{} would be one more than the {} writes that --max-writes permits; it was not sent",
                                 going.message.operation != nullptr ? going.message.operation->name : going.request.method, *most_)));
  }
  if (ledger_ == nullptr || !may_make(going.message)) return std::string();
  return ledger_->begin({.scenario = going.scenario,
                         .operation = going.message.operation != nullptr ? going.message.operation->name : std::string(),
                         .origin = origin,
                         .method = going.request.method,
                         .target = going.request.target,
                         .body = going.shown_body});
}

Result<void> WriteGuard::end(const Going& going, const std::string& id, const TransportResult& result, const Switches& switches) {
  if (ledger_ == nullptr || !is_write(going.message)) return {};
  if (id.empty()) {
    if (is_gone(result)) ledger_->note_removed(render_origin(going.base), going.request.method, going.request.target);
    return {};
  }
  if (result.outcome == Outcome::unreachable) return ledger_->settle(id, false, std::nullopt);
  if (result.outcome != Outcome::answered) return {};  // nobody knows what came of it
  const bool made = result.response.status / 100 == 2;
  return ledger_->settle(id, made, made ? find_undo(going, result.response, switches) : std::nullopt);
}

}  // namespace understudy
