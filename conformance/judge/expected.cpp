#include "conformance/judge/expected.h"

#include <utility>

namespace understudy {
namespace {

Json fill(const Json& tree, const Variables& names) {
  auto rendered = names.render(tree);
  return rendered ? std::move(*rendered) : tree;
}

ExpectedPart render_expectation(const Expectation& expect, const Variables& names) {
  ExpectedPart part;
  auto& words = part.words;
  if (!expect.answer.empty()) words["answer"] = expect.answer;
  if (!expect.transport.empty()) words["transport"] = expect.transport;
  if (!expect.contract_checked) words["contract"] = "unchecked";
  const std::pair<const char*, const std::optional<Json>*> trees[] = {
      {"status", &expect.status}, {"reason", &expect.reason}, {"headers", &expect.headers}, {"text", &expect.text}};
  for (const auto& [name, tree] : trees) {
    if (*tree) words[name] = fill(**tree, names);
  }
  if (expect.body) part.body = fill(*expect.body, names);
  return part;
}

// The answers of the items are a list of their own; an item without an expected body matches anything.
void add_items(ExpectedPart& part, const Expectation& expect, const Batch& batch, const Variables& names) {
  Json list = Json::array();
  Json answers = Json::array();
  for (const auto& item : expect.items) {
    const auto* body = find_pointer(item, "/body");
    list.push_back(body != nullptr ? fill(*body, names) : Json{{"$any", true}});
    answers.push_back(item.value("answer", Json()));
  }
  part.words["items"] = std::move(answers);
  part.body = Json{{batch.result_member, std::move(list)}};
}

// A difference belongs to the last part that begins before it: only places distinguish the parts, pointers do not.
void distribute(const std::vector<Difference>& differences, const std::vector<Place>& starts, std::vector<ExpectedPart>& parts) {
  if (parts.empty()) return;
  const auto position = [](const Place& place) { return std::pair(place.line, place.column); };
  for (std::size_t i = 0; i < differences.size(); ++i) {
    std::size_t part = 0;
    for (std::size_t k = 1; k < parts.size(); ++k) {
      if (position(starts[k]) <= position(differences[i].finding.place)) part = k;
    }
    parts[part].differences.push_back(i);
  }
}

}  // namespace

std::vector<ExpectedPart> describe_expected(const Step& step, const Message& message, const Variables& names,
                                            const std::vector<Difference>& differences) {
  std::vector<ExpectedPart> parts;
  std::vector<Place> starts;
  std::size_t element = 0;
  for (const auto& call : message.calls) {
    if (!call.is_answered()) continue;
    auto part = render_expectation(call.step.expect, names);
    if (!call.step.expect.items.empty() && message.contract->batch) add_items(part, call.step.expect, *message.contract->batch, names);
    part.title = call.operation != nullptr ? call.operation->name : call.step.method;
    part.within = join_pointer("", element++);
    parts.push_back(std::move(part));
    starts.push_back(call.step.place);
  }
  if (parts.empty()) {
    parts.push_back(render_expectation(step.expect, names));
    starts.push_back(step.place);
  }
  distribute(differences, starts, parts);
  return parts;
}

Json describe_given(const Given& given) {
  Json words = Json::object();
  if (given.clock) words["clock"] = render_rfc3339(*given.clock);
  if (given.seed) words["seed"] = *given.seed;
  if (!given.profile.is_null()) words["profile"] = given.profile;
  const std::pair<const char*, const Json*> trees[] = {
      {"ids", &given.ids},         {"settings", &given.settings}, {"variables", &given.variables},
      {"records", &given.records}, {"faults", &given.faults},     {"limits", &given.limits}};
  for (const auto& [name, tree] : trees) {
    if (!tree->empty()) words[name] = *tree;
  }
  return words;
}

}  // namespace understudy
