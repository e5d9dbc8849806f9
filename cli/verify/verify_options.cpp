#include "cli/verify/verify_options.h"

#include "cli/terminal.h"

namespace understudy {
namespace {

Options run_options(VerifyOptions& options) {
  return group_options(
      "Run",
      {
          {"--profile", &options.profile,
           "Expect what this profile says: documented, observed, all, or {base: NAME, switch: value}. Default: the profile of the "
           "target file, else documented."},
          {"-j,--jobs", &options.jobs, "Run this many scenarios at a time.", by_cores(in_range(1, 256))},
          {"--level LEVEL", &options.level,
           "Differences from statements up to this level are errors, others are notes: documented, published, observed, assumed. "
           "Default: assumed for a mock (in this process, or with --admin); for other targets documented, or observed with "
           "--profile observed."},
          {"--operation NAME", &options.operations,
           "The target implements this operation (createProduct, sellercloud.createOrder), and no others than those named so. May be "
           "repeated. Default: the target file's operations, else found out by the run."},
          {"--require-all", &options.require_all, "Fail if the target does not implement an operation that a scenario needs."},
          {"--strict", &options.strict, "The same as --level assumed."},
          {"--shuffle", &options.shuffle, "Run in random order, and print the seed."},
          {"--seed", &options.seed, "The seed of --shuffle and of run ids."},
          {"--repeat", &options.repeat, "Repeat the whole run this often.", in_range(1, 10000)},
          {"--check-determinism", &options.check_determinism,
           "Run everything at least twice, and compare the responses. Only ids and times may differ."},
          {"--fail-fast", &options.fail_fast, "Stop at the first scenario that does not pass."},
          {"--known-failing FILE", &options.known_failing,
           "Read known failures from this file, as lines `pattern # reason`. A known failure that passes is an error."},
      });
}

Options generate_options(VerifyOptions& options) {
  return group_options(
      "Generated cases",
      {
          {"--generate", &options.generate,
           "Add cases made from the contracts: each member absent, of another type, at and beyond its bounds, each rule kept and broken, "
           "credentials, duplicates, unknown ids. Run them alone with --run 'generated-*'."},
          {"--generate-limit N", &options.generate_limit,
           "Generate at most this many cases from each request that succeeds. --seed chooses them.", in_range(1, 100000)},
          {"--generate-to DIR", &options.generate_to, "Save the generated cases as scenario files in this folder. Implies --generate."},
      });
}

Options report_options(VerifyOptions& options) {
  return group_options(
      "Reports",
      {
          {"-q,--quiet", &options.quiet, "Print no progress, only causes, failures and counts."},
          color_option(options.color),
          {"-v,--verbose", &options.verbose, "Print one line for each scenario, and notes."},
          {"--coverage", &options.coverage, "Print which answers, rules, rows and values of the contracts the run exercised."},
          {"--min-coverage", &options.min_coverage, "Fail if a smaller part of what is documented was exercised. Implies --coverage.",
           in_range(0, 1)},
          {"--report-html FILE", &options.report_html, "Write a page for browsers to this file. It needs no network and no server."},
          {"--report-json FILE", &options.report_json, "Write every exchange and finding to this file, as one JSON document."},
          {"--report-ndjson FILE", &options.report_ndjson,
           "Write exchanges and findings to this file during the run, one JSON document a line."},
          {"--report-junit FILE", &options.report_junit, "Write a JUnit report to this file, for CI systems."},
          {"--report-claim FILE", &options.report_claim,
           "Write the result to this file as an in-toto statement, and every exchange to FILE.transcript.ndjson, for others to check."},
          {"--report-github", &options.report_github,
           "Annotate the scenario files on GitHub, and write a summary to $GITHUB_STEP_SUMMARY if it is set."},
      });
}

}  // namespace

Options verify_options(VerifyOptions& options) {
  const Options plan = {{"--plan", &options.plan, "Print every request that the run would send, and send nothing."}};
  const Options recording = {
      {"--from FILE", &options.from,
       "Judge the exchanges of this recording (HAR, or an export of a mock's journal), and send nothing. Reads it as a stream."},
      {"--api NAME", &options.api, "With --from: only this API. Its paths may lack the API's base."},
  };
  return group_options("Run", input_options(options.inputs) + recording) + target_options(options.target) + safety_options(options.safety) +
         plan + run_options(options) + generate_options(options) + report_options(options);
}

}  // namespace understudy
