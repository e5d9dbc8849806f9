// The files of a claim. What a check finds in claims of real runs: tests/claims.
#include <sys/stat.h>

#include <filesystem>

#include "tests/support/catch.h"
#include "tests/support/net/process.h"

using namespace understudy::test;

namespace {

Ended claim(const std::string& path) { return run_understudy({"verify", "--run", "veeqo/veeqo-created-product", "--report-claim", path}); }

}  // namespace

TEST_CASE("claim and transcript are for their owner only, and the claim holds", "[cli][claim]") {
  const Folder folder;
  const auto path = folder.path("claim.json");
  CHECK(claim(path).code == 0);
  for (const auto& file : {path, path + ".transcript.ndjson"}) {
    struct stat status {};
    REQUIRE(::stat(file.c_str(), &status) == 0);
    CHECK((status.st_mode & 0777) == 0600);
  }
  const auto ended = run_understudy({"claim", "check", path});
  CHECK(ended.out == "the claim holds\n");
  CHECK(ended.code == 0);
}

TEST_CASE("a claim that cannot be written completely is an error", "[cli][claim]") {
  const Folder folder;
  const auto full = GENERATE(values<std::string>({"claim.json", "claim.json.transcript.ndjson"}));
  std::filesystem::create_symlink("/dev/full", folder.path(full));
  const auto ended = claim(folder.path("claim.json"));
  CHECK(ended.code == 2);
  CHECK_THAT(ended.err, CONTAINS("could not write the whole report to " + folder.path(full)));
}

TEST_CASE("a claim needs two files of its own", "[cli][claim]") {
  const Folder folder;
  const auto path = folder.path("claim.json");
  CHECK_THAT(claim("-").err, CONTAINS("found --report-claim -, expected the name of a file"));
  CHECK_THAT(run_understudy({"claim", "check", "-"}).err, CONTAINS("found -, expected the name of a file"));
  const auto twice = run_understudy({"verify", "--report-claim", path, "--report-json", path + ".transcript.ndjson"});
  CHECK(twice.code == 2);
  CHECK_THAT(twice.err, CONTAINS("[report-twice]"));
}

TEST_CASE("what is no claim is exit 3, with its place", "[cli][claim]") {
  const Folder folder;
  CHECK(run_understudy({"claim", "check", folder.path("nothing.json")}).code == 3);
  CHECK(run_understudy({"claim", "check", folder.path()}).code == 3);
  const auto ended = run_understudy({"claim", "check", folder.write("claim.json", "{\n  \"_type\": }\n")});
  CHECK(ended.code == 3);
  CHECK_THAT(ended.err, CONTAINS("claim.json:2:"));
}
