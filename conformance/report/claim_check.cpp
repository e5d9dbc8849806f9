#include <fmt/format.h>

#include <algorithm>
#include <istream>
#include <map>
#include <set>

#include "conformance/report/claim.h"
#include "contracts/src/base/hash.h"
#include "contracts/src/base/text.h"
#include "contracts/src/schema/schema.h"

namespace understudy {
namespace {

constexpr std::size_t kMostDifferences = 1000;
constexpr std::string_view kOwnDigest = "\"understudy_sha256\": \"";
constexpr std::size_t kDigestDigits = 64;

// The claim, and the lines of a transcript.
const SchemaSet& claim_schemas() {
  static const SchemaSet schemas =
      *SchemaSet::compile(parse_json(claim_schema()).value_or(Json()), {"", "/definitions/exchange", "/definitions/verdict"});
  return schemas;
}

std::optional<std::string> find_mistake(std::string_view pointer, const Json& value) {
  const auto findings = claim_schemas().check(pointer, value, 1);
  if (findings.empty()) return std::nullopt;
  const auto& first = findings.front();
  return fmt::format("{}: found {}, expected {}", first.pointer.empty() ? "the document" : first.pointer, first.actual, first.expected);
}

// The lines of a stream, and the digest of all its bytes. A line that is too long is skipped.
class LineReader {
 public:
  explicit LineReader(std::istream& in) : in_(in), block_(std::size_t{1} << 16, '\0') {}

  enum class Line { whole, too_long, unended, none };
  Line next(std::string& line) {
    line.clear();
    bool too_long = false, any = false;
    while (!rest_.empty() || read_block()) {
      any = true;
      const auto end = rest_.find('\n');
      const auto part = rest_.substr(0, end);
      too_long |= line.size() + part.size() > kLongestTranscriptLine;
      if (!too_long) line += part;
      rest_.remove_prefix(end == std::string_view::npos ? rest_.size() : end + 1);
      if (end != std::string_view::npos) return too_long ? Line::too_long : Line::whole;
    }
    return any ? Line::unended : Line::none;
  }
  std::string finish() { return hash_.finish(); }

 private:
  bool read_block() {
    in_.read(block_.data(), static_cast<std::streamsize>(block_.size()));
    rest_ = std::string_view(block_).substr(0, static_cast<std::size_t>(in_.gcount()));
    hash_.add(rest_);
    return !rest_.empty();
  }

  std::istream& in_;
  std::string block_;
  std::string_view rest_;
  Sha256 hash_;
};

// Names of tests by the list of the claim that has them.
using Lists = std::map<std::string, std::vector<std::string>>;
constexpr std::string_view kLists[] = {"passedTests", "warnedTests", "failedTests", "understudy_skipped"};

Lists read_lists(const Json& predicate) {
  Lists lists;
  for (const auto list : kLists) {
    for (const auto& entry : predicate[list])
      lists[std::string(list)].push_back((entry.is_object() ? entry["name"] : entry).get<std::string>());
  }
  return lists;
}

std::string list_of(const std::string& verdict) {
  if (verdict == "passed" || verdict == "warned") return verdict + "Tests";
  return verdict == "skipped" ? "understudy_skipped" : "failedTests";
}

// Reads the lines of a transcript in order, and compares what each test says about itself.
class TranscriptCheck {
 public:
  explicit TranscriptCheck(ClaimDifferences& differences) : differences_(differences) {}

  void add(std::string_view text) {
    ++number_;
    std::vector<std::string> duplicates;
    const auto line = parse_json(text, &duplicates);
    if (!line) return differ(fmt::format("no JSON: {}", line.error().message));
    if (!duplicates.empty()) return differ(fmt::format("{} occurs twice", duplicates.front()));
    const bool is_verdict = line->is_object() && line->value("type", Json()) == "verdict";
    if (const auto mistake = find_mistake(is_verdict ? "/definitions/verdict" : "/definitions/exchange", *line)) return differ(*mistake);
    const auto& test = (*line)["test"].get_ref<const std::string&>();
    if (test != test_name((*line)["scenario"], (*line)["profile"]))
      differ(fmt::format("the test '{}' has the name of another scenario or profile", test));
    if (exchanges_ > 0 && test != test_) {
      differ(fmt::format("found the test '{}', expected the verdict of '{}'", test, test_));
      forget();
    }
    test_ = test;
    is_verdict ? conclude(*line) : count(*line);
  }
  void skip(const std::string& why) {
    ++number_;
    differ(why);
  }
  void end() {
    if (exchanges_ > 0) differences_.add(fmt::format("transcript: the verdict of '{}' is missing", test_));
  }

  Lists lists;
  std::map<std::string, std::string> reasons;  // of skipped tests
  std::size_t exchanges = 0;

 private:
  void differ(const std::string& what) { differences_.add(fmt::format("transcript, line {}: {}", number_, what)); }
  void forget() { exchanges_ = errors_ = notes_ = 0; }

  void count(const Json& line) {
    ++exchanges;
    ++exchanges_;
    for (const auto& finding : line["findings"]) ++(finding["severity"] == "error" ? errors_ : notes_);
  }

  void conclude(const Json& line) {
    const auto verdict = line["verdict"].get<std::string>();
    if (line["exchanges"] != exchanges_ || line["errors"] != errors_ || line["notes"] != notes_)
      differ(fmt::format("found {} exchanges, {} errors and {} notes of '{}', the verdict says {}, {} and {}", exchanges_, errors_, notes_,
                         test_, render_json(line["exchanges"]), render_json(line["errors"]), render_json(line["notes"])));
    const bool fits = verdict == "passed"    ? errors_ + notes_ == 0
                      : verdict == "warned"  ? errors_ == 0 && notes_ > 0
                      : verdict == "failed"  ? errors_ > 0
                      : verdict == "not-run" ? exchanges_ == 0
                                             : true;
    if (!fits) differ(fmt::format("'{}' cannot be '{}' with {} errors and {} notes", test_, verdict, errors_, notes_));
    if (!concluded_.insert(test_).second) differ(fmt::format("a second verdict of '{}'", test_));
    lists[list_of(verdict)].push_back(test_);
    if (verdict == "skipped") reasons[test_] = line.value("reason", "");
    forget();
  }

  ClaimDifferences& differences_;
  std::string test_;
  std::size_t number_ = 0, exchanges_ = 0, errors_ = 0, notes_ = 0;
  std::set<std::string> concluded_;
};

std::vector<std::string> names_only_in(std::vector<std::string> left, std::vector<std::string> right) {
  std::ranges::sort(left);
  std::ranges::sort(right);
  std::vector<std::string> only;
  std::ranges::set_difference(left, right, std::back_inserter(only));
  return only;
}

void compare_lists(const Json& predicate, const TranscriptCheck& transcript, ClaimDifferences& differences) {
  auto claimed = read_lists(predicate);
  auto found = transcript.lists;
  for (const auto list : kLists) {
    const std::string name(list);
    const auto missing = names_only_in(found[name], claimed[name]), invented = names_only_in(claimed[name], found[name]);
    for (const auto& test : missing) differences.add(fmt::format("{}: '{}' is missing, the transcript has its verdict", name, test));
    for (const auto& test : invented) differences.add(fmt::format("{}: '{}' has no such verdict in the transcript", name, test));
    if (missing.empty() && invented.empty() && claimed[name] != found[name])
      differences.add(fmt::format("{}: the order differs from the transcript", name));
  }
  for (const auto& skipped : predicate["understudy_skipped"]) {
    const auto reason = transcript.reasons.find(skipped["name"].get<std::string>());
    if (reason != transcript.reasons.end() && skipped["reason"] != reason->second)
      differences.add(fmt::format("understudy_skipped: the reason of '{}' differs from the transcript", reason->first));
  }
  if (const auto& claimed_count = predicate["understudy_counts"]["exchanges"]; claimed_count != transcript.exchanges)
    differences.add(
        fmt::format("understudy_counts/exchanges: found {}, the transcript has {}", render_json(claimed_count), transcript.exchanges));
}

}  // namespace

void ClaimDifferences::add(std::string line) {
  if (lines_.size() < kMostDifferences)
    lines_.push_back(std::move(line));
  else
    ++left_out_;
}

std::size_t find_own_digest(std::string_view claim) {
  const auto found = claim.find(kOwnDigest);
  if (found == std::string_view::npos || claim.find(kOwnDigest, found + 1) != std::string_view::npos) return std::string_view::npos;
  const auto digest = found + kOwnDigest.size();
  return digest + kDigestDigits <= claim.size() ? digest : std::string_view::npos;
}

Result<Json> parse_claim(std::string_view text, const std::string& file) {
  const auto fail = [&](std::string code, std::string message, Place place) {
    return tl::unexpected(make_problem(Failure::bad_file, std::move(code), std::move(message), std::move(place)));
  };
  if (text.size() > kLargestClaim) return fail("claim-too-large", "found more than 64 MiB", {.file = file});
  if (text.empty()) return fail("claim-empty", "found an empty file: the run that should write the claim did not end", {.file = file});
  std::vector<std::string> duplicates;
  auto claim = parse_json(text, &duplicates);
  if (!claim)
    return fail("claim-not-json", claim.error().message, {.file = file, .line = claim.error().line, .column = claim.error().column});
  if (!duplicates.empty()) return fail("duplicate-key", fmt::format("found {} twice", duplicates.front()), {.file = file});
  if (const auto mistake = find_mistake("", *claim)) return fail("not-a-claim", *mistake, {.file = file});
  return *std::move(claim);
}

void check_claim_itself(const Json& claim, std::string_view text, ClaimDifferences& differences) {
  const auto& predicate = claim["predicate"];
  std::string zeroed(text);
  if (const auto digest = find_own_digest(text); digest == std::string_view::npos) {
    differences.add("understudy_sha256: it does not stand exactly once, as it is written");
  } else {
    zeroed.replace(digest, kDigestDigits, kDigestDigits, '0');
    if (const auto found = sha256(zeroed); predicate["understudy_sha256"] != found)
      differences.add(fmt::format("understudy_sha256: the claim was changed: its digest is {}", found));
  }
  auto lists = read_lists(predicate);
  const std::pair<const char*, std::string> counted[] = {
      {"passed", "passedTests"}, {"warned", "warnedTests"}, {"failed", "failedTests"}, {"skipped", "understudy_skipped"}};
  for (const auto& [count, list] : counted) {
    if (predicate["understudy_counts"][count] != lists[list].size())
      differences.add(fmt::format("understudy_counts/{}: found {}, {} has {}", count, render_json(predicate["understudy_counts"][count]),
                                  list, lists[list].size()));
  }
  const bool failed = !lists["failedTests"].empty() || lists["passedTests"].size() + lists["warnedTests"].size() == 0;
  const std::string result = failed ? "FAILED" : lists["warnedTests"].empty() ? "PASSED" : "WARNED";
  if (predicate["result"] != result)
    differences.add(fmt::format("result: found {}, the lists say {}", as_text(predicate["result"]), result));

  std::vector<std::string> listed, expected;
  for (const auto& [list, names] : lists) listed.insert(listed.end(), names.begin(), names.end());
  for (const auto& used : predicate["configuration"]) {
    for (const auto& test : used["annotations"].value("understudy_tests", Json::array())) expected.push_back(test.get<std::string>());
  }
  for (const auto& test : names_only_in(expected, listed))
    differences.add(fmt::format("'{}' is in no list, but in understudy_tests", test));
  for (const auto& test : names_only_in(listed, expected))
    differences.add(fmt::format("'{}' is in a list, but of no scenario, or twice", test));
}

void check_transcript(const Json& claim, std::istream& transcript, ClaimDifferences& differences) {
  TranscriptCheck check(differences);
  LineReader reader(transcript);
  std::string line;
  using Line = LineReader::Line;
  for (auto kind = reader.next(line); kind != Line::none; kind = reader.next(line)) {
    switch (kind) {
      case Line::whole: check.add(line); break;
      case Line::too_long: check.skip("longer than 64 MiB"); break;
      default: check.skip("it does not end with a line feed: the transcript is cut"); break;
    }
  }
  check.end();
  const auto& digest = claim["subject"][0]["digest"]["sha256"];
  if (const auto found = reader.finish(); digest != found)
    differences.add(fmt::format("transcript: found sha256 {}, the claim says {}", found, as_text(digest)));
  compare_lists(claim["predicate"], check, differences);
}

}  // namespace understudy
