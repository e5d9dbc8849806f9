#include "mock/state/commit.h"

#include "mock/state/json_values.h"

namespace understudy {
namespace {

// Lets the texts of a change refer to copies.
struct TextCopier {
  std::forward_list<std::string>& texts;

  void operator()(const char*, std::string_view& text) const {
    if (!text.empty()) text = texts.emplace_front(text);
  }
  template <class Name, class Value>
  void operator()(Name, Value&) const {}
};

struct MemberWriter {
  Json& out;

  template <class Value>
  void operator()(const char* name, const Value& value) const {
    out[name] = write_value(value);
  }
  template <class Value>
  void operator()(change::Optional member, const Value& value) const {
    if (value != Value{}) out[member.name] = write_value(value);
  }
};

struct MemberReader {
  const Json& from;
  const Contracts& contracts;
  std::string problem{};  // the name of the first member that is wrong; empty: none

  template <class Value>
  void operator()(const char* name, Value& value) {
    const auto found = from.find(name);
    bool is_read = found != from.end() && read_value(*found, value, contracts);
    if constexpr (std::is_same_v<Value, std::string_view>)
      is_read = is_read && (name != std::string_view("api") || contracts.find_api(value) != nullptr);
    if (!is_read && problem.empty()) problem = name;
  }
  template <class Value>
  void operator()(change::Optional member, Value& value) {
    if (from.contains(member.name)) (*this)(member.name, value);
  }
};

Problem bad_commit(const std::string& message) { return make_problem(Failure::bad_file, "bad-commit", message); }

using Adder = void (Commit::*)(const Change& change);

// Adds the change to the commit if it is of this kind.
template <class Kind>
bool read_kind(const Json& from, const Contracts& contracts, Commit& commit, Adder add, std::optional<Problem>& problem) {
  if (text_at(from, "/kind") != Kind::kKind) return false;
  Kind change;
  MemberReader reader{.from = from, .contracts = contracts};
  Kind::members(change, reader);
  if (reader.problem.empty())
    (commit.*add)(change);
  else
    problem = bad_commit("the member '" + reader.problem + "' of a change '" + std::string(Kind::kKind) + "' is absent or wrong");
  return true;
}

template <class... Kinds>
std::optional<Problem> read_change(const Json& from, const Contracts& contracts, Commit& commit, Adder add, const std::variant<Kinds...>*) {
  std::optional<Problem> problem;
  const bool is_known = from.is_object() && (read_kind<Kinds>(from, contracts, commit, add, problem) || ...);
  return is_known ? problem : bad_commit("found " + describe(from) + ", expected a change of a known kind");
}

std::optional<Problem> read_changes(const Json& from, const Contracts& contracts, Commit& commit, Adder add) {
  for (const Json& change : from) {
    if (auto problem = read_change(change, contracts, commit, add, static_cast<const Change*>(nullptr))) return problem;
  }
  return std::nullopt;
}

Json render_changes(const std::vector<Change>& changes) {
  Json out = Json::array();
  for (const Change& change : changes) out.push_back(render_change(change));
  return out;
}

}  // namespace

void Commit::keep(const Change& change, std::vector<Change>& in) {
  const TextCopier copier{texts_};
  Change& kept = in.emplace_back(change);
  std::visit([&](auto& kind) { std::decay_t<decltype(kind)>::members(kind, copier); }, kept);
  if (auto* stored = std::get_if<change::RecordStored>(&kept)) stored->value = nullptr;
}

bool Commit::is_note() const {
  return std::ranges::all_of(changes_, [](const Change& change) { return std::holds_alternative<change::Settled>(change); });
}

void Commit::add(const Change& change) { keep(change, changes_); }

void Commit::add_to_inverse(const Change& change) { keep(change, inverse_); }

void Commit::set_inverse(const Change& change) {
  inverse_.clear();
  add_to_inverse(change);
  has_earlier_state_ = true;
}

Json render_change(const Change& change) {
  return std::visit(
      [](const auto& kind) {
        using Kind = std::decay_t<decltype(kind)>;
        Json out = {{"kind", Kind::kKind}};
        const MemberWriter writer{out};
        Kind::members(kind, writer);
        return out;
      },
      change);
}

Json render_commit(const Commit& commit) {
  Json out = {{"number", commit.number},
              {"at", write_value(commit.at)},
              {"made_by", commit.made_by},
              {"changes", render_changes(commit.changes())}};
  if (commit.has_inverse) out["inverse"] = render_changes(commit.inverse());
  return out;
}

Result<std::shared_ptr<const Commit>> parse_commit(const Json& document, const Contracts& contracts) {
  const Json* number = find_pointer(document, "/number");
  const Json* changes = find_pointer(document, "/changes");
  const Json* inverse = find_pointer(document, "/inverse");
  const Json* at = find_pointer(document, "/at");
  auto commit = std::make_shared<Commit>();
  commit->made_by = text_at(document, "/made_by");
  if (at != nullptr && !read_value(*at, commit->at, contracts)) return tl::unexpected(bad_commit("'at' is no number"));
  if (number == nullptr || !read_value(*number, commit->number, contracts) || changes == nullptr || !changes->is_array() ||
      (inverse != nullptr && !inverse->is_array()))
    return tl::unexpected(bad_commit("expected a commit {number, changes}"));
  auto problem = read_changes(*changes, contracts, *commit, &Commit::add);
  if (!problem && inverse != nullptr) {
    commit->has_inverse = true;
    problem = read_changes(*inverse, contracts, *commit, &Commit::add_to_inverse);
  }
  if (problem) return tl::unexpected(*std::move(problem));
  return commit;
}

}  // namespace understudy
