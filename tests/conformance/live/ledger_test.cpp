#include "conformance/live/ledger.h"

#include <sys/stat.h>

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

// leftover, unknown, kept, or closed: one word for each entry.
std::string states_of(const LedgerState& state) {
  std::string words;
  for (const auto& item : state.items) {
    words += LedgerState::is_leftover(item)        ? "leftover "
             : LedgerState::is_unknown(item)       ? "unknown "
             : LedgerState::is_not_removable(item) ? "kept "
                                                   : "closed ";
  }
  return words;
}

LedgerState state_of(const std::string& path) {
  const auto state = parse_ledger(read_text(path), path);
  REQUIRE(state);
  return *state;
}

}  // namespace

TEST_CASE("the ledger tells what became of each thing that was to be made", "[conformance][ledger]") {
  const Folder folder;
  const auto path = folder.path("deep/ledger.ndjson");
  const auto ledger = Ledger::open(path, 7);
  REQUIRE(ledger);
  std::vector<std::string> ids;
  for (int i = 0; i < 6; ++i) ids.push_back((*ledger)->begin(entry()).value_or(""));

  (*ledger)->settle(ids[0], true, undo("1"));      // made, still there
  (*ledger)->settle(ids[1], false, std::nullopt);  // refused
  (*ledger)->settle(ids[2], true, std::nullopt);   // made, nothing removes it
  (*ledger)->settle(ids[3], true, undo("4"));      // made and removed by a step
  CHECK((*ledger)->note_removed("http://127.0.0.1:1", "DELETE", "/things/4"));
  (*ledger)->settle(ids[4], true, undo("5"));  // made and removed by hand
  CHECK((*ledger)->mark_undone(ids[4]));
  // the last one was never answered

  CHECK(states_of(state_of(path)) == "leftover closed kept closed closed unknown ");
  CHECK((*ledger)->is_undo("http://127.0.0.1:1", "DELETE", "/things/1"));
  CHECK_FALSE((*ledger)->is_undo("http://127.0.0.1:2", "DELETE", "/things/1"));
}

TEST_CASE("a ledger is its owner's alone, and grows from run to run", "[conformance][ledger]") {
  const Folder folder;
  const auto path = folder.path("ledger.ndjson");
  for (const std::uint64_t run : {1u, 2u}) {
    const auto ledger = Ledger::open(path, run);
    REQUIRE(ledger);
    CHECK((*ledger)->begin(entry(std::string(5000, 'x'))));
  }

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

TEST_CASE("an incomplete last line is ignored, any other bad line is reported", "[conformance][ledger]") {
  struct Row {
    const char* why;
    std::string text;
    const char* result;  // the states, or the place of the problem
  };
  const std::string sending = R"({"event":"sending","id":"a","method":"POST"})";
  const auto row = GENERATE_COPY(values<Row>({
      {"nothing", "", ""},
      {"one line", sending + "\n", "unknown "},
      {"cut off", sending + "\n{\"event\":\"answ", "unknown "},
      {"garbage", sending + "\ngarbage\n", "l:2:1"},
      {"an answer to nothing",
       R"({"event":"answered","id":"b"})"
       "\n",
       "l:1:1"},
      {"an unknown event",
       R"({"event":"x","id":"b"})"
       "\n",
       "l:1:1"},
  }));
  INFO(row.why);

  const auto state = parse_ledger(row.text, "l");

  CHECK((state ? states_of(*state) : render_place(state.error().place)) == row.result);
}
