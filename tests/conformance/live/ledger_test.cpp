#include "conformance/live/ledger.h"

#include <sys/resource.h>
#include <sys/stat.h>

#include <csignal>
#include <ctime>

#include "tests/support/catch.h"
#include "tests/support/net/process.h"

using namespace understudy;
using namespace understudy::test;

namespace {

LedgerEntry entry(const std::string& body = "{}") {
  return {.scenario = "kiosk/sample",
          .operation = "kiosk.createThing",
          .origin = "http://127.0.0.1:1",
          .method = "POST",
          .target = "/things",
          .body = body};
}

Undo undo(const std::string& id) {
  return {.api = "kiosk",
          .operation = "kiosk.deleteThing",
          .origin = "http://127.0.0.1:1",
          .method = "DELETE",
          .target = "/things/" + id,
          .what = "kiosk.things " + id};
}

// leftover, unknown, lost, kept, or closed: one word for each entry.
std::string states_of(const LedgerState& state) {
  std::string words;
  for (const auto& item : state.items) {
    words += LedgerState::is_leftover(item)        ? "leftover "
             : LedgerState::is_unknown(item)       ? "unknown "
             : LedgerState::is_not_removable(item) ? "kept "
             : LedgerState::is_unidentified(item)  ? "lost "
                                                   : "closed ";
  }
  return words;
}

LedgerState state_of(const std::string& path) {
  auto state = parse_ledger(read_text(path), path);
  CHECK(state.skipped.empty());
  return state;
}

}  // namespace

TEST_CASE("the ledger tells what became of each thing that was to be made", "[conformance][ledger]") {
  const Folder folder;
  const auto path = folder.path("deep/ledger.ndjson");
  const auto ledger = Ledger::open(path, 7);
  REQUIRE(ledger);
  std::vector<std::string> ids;
  for (int i = 0; i < 7; ++i) ids.push_back((*ledger)->begin(entry()).value_or(""));

  (*ledger)->settle(ids[0], true, undo("1"));           // made, still there
  (*ledger)->settle(ids[1], false, std::nullopt);       // refused
  (*ledger)->settle(ids[2], true, std::nullopt);        // made, nothing removes it
  (*ledger)->settle(ids[3], true, std::nullopt, true);  // made, of unknown id
  (*ledger)->settle(ids[4], true, undo("5"));           // made and removed
  CHECK((*ledger)->mark_undone(ids[4]));
  (*ledger)->settle(ids[5], false, std::nullopt, true);  // refused, although it could be removed
  // the last one was never answered

  CHECK(states_of(state_of(path)) == "leftover closed kept lost closed closed unknown ");
}

TEST_CASE("a ledger is its owner's alone, and grows from run to run", "[conformance][ledger]") {
  const Folder folder;
  const auto path = folder.path("ledger.ndjson");
  const auto mask = ::umask(0);
  for (const std::uint64_t run : {1u, 2u}) {
    const auto ledger = Ledger::open(path, run);
    REQUIRE(ledger);
    CHECK((*ledger)->begin(entry(std::string(5000, 'x'))));
  }

  ::umask(mask);
  struct stat about {};
  REQUIRE(::stat(path.c_str(), &about) == 0);
  CHECK((about.st_mode & 0777) == 0600);
  const auto state = state_of(path);
  REQUIRE(state.items.size() == 2);
  CHECK(state.items[0].entry.id != state.items[1].entry.id);
  CHECK(state.items[0].entry.body.size() == 2000);
}

TEST_CASE("a ledger that cannot be written stops what would be made", "[conformance][ledger]") {
  const auto ledger = Ledger::open("/dev/full", 1);
  REQUIRE(ledger);

  const auto begun = (*ledger)->begin(entry());

  REQUIRE_FALSE(begun);
  CHECK(begun.error().failure == Failure::unsafe);
  CHECK(begun.error().code == "ledger-unwritable");
}

TEST_CASE("a line that is no entry is skipped and reported, and all others count", "[conformance][ledger]") {
  struct Row {
    const char* why;
    std::string text;
    const char* states;
    const char* skipped;  // places
  };
  const std::string sending = R"({"event":"sending","id":"a","method":"POST"})";
  const std::string undo =
      R"("undo":{"api":"kiosk","operation":"kiosk.deleteThing","origin":"http://h:1","method":"DELETE","target":"/things/1","what":"x"})";
  const auto answered = [](const std::string& id, const std::string& rest) {
    return R"({"event":"answered","id":")" + id + R"(","made":true,)" + rest + "}\n";
  };
  const auto row = GENERATE_COPY(values<Row>({
      {"nothing", "", "", ""},
      {"one line", sending + "\n", "unknown ", ""},
      {"blank lines, and those of another system", "\n \r\n" + sending + "\r\n\n", "unknown ", ""},
      {"without its end, but whole", sending, "unknown ", ""},
      {"cut off", sending + "\n{\"event\":\"answ", "unknown ", "l:2:1 "},
      {"cut off in the middle of the file", "{\"event\":\"sen\n" + sending + "\n", "unknown ", "l:1:1 "},
      {"garbage", sending + "\ngarbage\n" + answered("a", undo), "leftover ", "l:2:1 "},
      {"bytes that are no text", std::string("\xff\xfe\0\x1b[2J\n", 8) + sending + "\n", "unknown ", "l:1:1 "},
      {"other JSON", "[1]\n3\n\"x\"\nnull\n{}\n" + sending + "\n", "unknown ", "l:1:1 l:2:1 l:3:1 l:4:1 l:5:1 "},
      {"an answer to nothing", answered("b", R"("x":1)"), "", "l:1:1 "},
      {"an answer whose first line is lost, with its removal", answered("b", undo), "leftover ", ""},
      {"an unknown event", R"({"event":"x","id":"b"})" + std::string("\n"), "", "l:1:1 "},
      {"members of other types", R"({"event":"sending","id":7})" + std::string("\n") + R"({"event":[],"id":"a"})", "", "l:1:1 l:2:1 "},
      {"a removal that would be two requests",
       sending + "\n" + answered("a", R"("undo":{"method":"DELETE","target":"/a HTTP/1.1\r\nHost: h\r\n\r\nDELETE /b"})"), "unknown ",
       "l:2:1 "},
      {"a removal without a path", sending + "\n" + answered("a", R"("undo":{"method":"DELETE","target":"a"})"), "unknown ", "l:2:1 "},
      {"a removal without a method", sending + "\n" + answered("a", R"("undo":{"target":"/a"})"), "unknown ", "l:2:1 "},
  }));
  INFO(row.why);

  const auto state = parse_ledger(row.text, "l");

  CHECK(states_of(state) == row.states);
  std::string skipped;
  for (const auto& problem : state.skipped) skipped += render_place(problem.place) + " ";
  CHECK(skipped == row.skipped);
}

TEST_CASE("a run begins a line of its own, whatever the ledger ends with", "[conformance][ledger]") {
  struct Row {
    const char* why;
    std::string before;
    const char* states;
    std::size_t skipped;
  };
  const auto row = GENERATE(values<Row>({
      {"an empty file", "", "unknown ", 0},
      {"a whole line", "{\"event\":\"sending\",\"id\":\"a\"}\n", "unknown unknown ", 0},
      {"a line without its end", "{\"event\":\"sending\",\"id\":\"a\"}", "unknown unknown ", 0},
      {"a cut line", "{\"event\":\"sending\",\"id\":\"aaaa", "unknown ", 1},
  }));
  INFO(row.why);
  const Folder folder;
  const auto path = folder.write("ledger", row.before);

  CHECK((*Ledger::open(path, 1))->begin(entry()));

  const auto state = parse_ledger(read_text(path), path);
  CHECK(states_of(state) == row.states);
  CHECK(state.skipped.size() == row.skipped);
}

TEST_CASE("a line that a full disk cut off does not take the next one with it", "[conformance][ledger]") {
  const Folder folder;
  const auto path = folder.path("ledger");
  const auto ledger = Ledger::open(path, 1);
  REQUIRE(ledger);
  REQUIRE((*ledger)->begin(entry()));
  rlimit before{};
  ::getrlimit(RLIMIT_FSIZE, &before);
  auto full = before;
  full.rlim_cur = read_text(path).size() + 20;
  std::signal(SIGXFSZ, SIG_IGN);
  ::setrlimit(RLIMIT_FSIZE, &full);
  const auto refused = (*ledger)->begin(entry());
  ::setrlimit(RLIMIT_FSIZE, &before);

  const auto begun = (*ledger)->begin(entry());

  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == "ledger-unwritable");
  CHECK(begun);
  const auto state = parse_ledger(read_text(path), path);
  CHECK(states_of(state) == "unknown unknown ");
  CHECK(state.skipped.size() == 1);
}

TEST_CASE("the cleanup of 40,000 entries is planned in linear time", "[conformance][ledger]") {
  const auto seconds_for = [](std::size_t entries) {
    std::string text;
    for (std::size_t i = 0; i < entries; ++i) text += R"({"event":"sending","id":")" + std::to_string(i) + "\"}\n";
    for (std::size_t i = entries; i-- > 0;) text += R"({"event":"answered","made":true,"id":")" + std::to_string(i) + "\"}\n";
    const auto start = std::clock();
    CHECK(parse_ledger(text, "l").items.size() == entries);
    return static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
  };

  const double few = seconds_for(4'000);
  const double many = seconds_for(40'000);

  CHECK(many < 40 * few + 0.5);  // 100 times as long if every line searched all others
}
