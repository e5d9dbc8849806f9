#include "contracts/src/model/profile.h"

#include <algorithm>

namespace understudy {
namespace {

Problem bad_profile(std::string code, std::string message) { return make_problem(Failure::bad_file, std::move(code), std::move(message)); }

std::optional<Problem> check_switch(const std::string& name, const Json& value, const Contracts& contracts) {
  std::vector<std::string> known;
  for (const auto& contract : contracts.apis) {
    for (const Switch& one : contract->switches) {
      known.push_back(one.name);
      if (one.name != name) continue;
      const std::vector<Json> legal = one.values();
      if (std::ranges::any_of(legal, [&](const Json& allowed) { return json_equal(allowed, value); })) return std::nullopt;
      std::string list;
      for (std::size_t i = 0; i < legal.size(); ++i) {
        const bool repeated = std::find(legal.begin(), legal.begin() + static_cast<std::ptrdiff_t>(i), legal[i]) !=
                              legal.begin() + static_cast<std::ptrdiff_t>(i);
        if (!repeated) list += (list.empty() ? "" : ", ") + render_json(legal[i]);
      }
      return bad_profile("bad-switch-value", "switch " + name + " cannot be " + render_json(value) + ", expected one of " + list);
    }
  }
  return bad_profile("unknown-switch", "found unknown switch '" + name + "'" + did_you_mean(name, known));
}

}  // namespace

Result<Profile> parse_profile(const Json& value, const Contracts& contracts) {
  Profile profile;
  if (value.is_null()) return profile;
  const auto set_base = [&](const Json& base) -> std::optional<Problem> {
    if (!base.is_string() || (base != "documented" && base != "observed")) {
      const std::vector<std::string> known = {"documented", "observed"};
      return bad_profile("unknown-profile", "found profile " + describe(base) + ", expected documented or observed" +
                                                (base.is_string() ? did_you_mean(base.get_ref<const std::string&>(), known) : ""));
    }
    profile.base = base.get<std::string>();
    return std::nullopt;
  };
  if (!value.is_object()) {
    if (auto problem = set_base(value)) return tl::unexpected(*problem);
    return profile;
  }
  for (const auto& [name, setting] : value.items()) {
    if (auto problem = name == "base" ? set_base(setting) : check_switch(name, setting, contracts)) return tl::unexpected(*problem);
    if (name != "base") profile.overrides[name] = setting;
  }
  return profile;
}

Switches resolve_profile(const Profile& profile, const Contract& contract) {
  Switches switches;
  for (const Switch& one : contract.switches) {
    const auto found = profile.overrides.find(one.name);
    switches[one.name] = found != profile.overrides.end() ? *found : profile.base == "observed" ? one.observed : one.documented;
  }
  return switches;
}

std::vector<Profile> standard_profiles() { return {{.base = "documented"}, {.base = "observed"}}; }

std::string render_profile(const Profile& profile) {
  std::string text = profile.base;
  for (const auto& [name, value] : profile.overrides.items()) {
    text += "+" + name + "=" + as_text(value);
  }
  return text;
}

}  // namespace understudy
