#include "cli/verify/verify_options.h"

#include <CLI/CLI.hpp>

namespace understudy {
namespace {

void add_run_options(CLI::App& app, VerifyOptions& options) {
  const std::string group = "Run";
  app.add_option("--run", options.selection.run, "Only scenarios whose api/name matches; '*' and '?' stand for anything")
      ->type_name("PATTERN")
      ->take_all()
      ->expected(1)
      ->allow_extra_args(false)
      ->group(group);
  app.add_option("--skip", options.selection.skip, "Not these")
      ->type_name("PATTERN")
      ->take_all()
      ->expected(1)
      ->allow_extra_args(false)
      ->group(group);
  app.add_option("--label", options.selection.labels, "Only scenarios with one of these labels")
      ->take_all()
      ->expected(1)
      ->allow_extra_args(false)
      ->group(group);
  app.add_option("--profile", options.profile,
                 "documented, observed, all, or {base: NAME, switch: value}. Left out: what the target file says, else documented")
      ->group(group);
  app.add_option("--var", options.variables, "name=value; wins over the scenario's variables")
      ->take_all()
      ->expected(1)
      ->allow_extra_args(false)
      ->group(group);
  app.add_option("--contracts", options.contracts, "Folder with contracts that add to or replace the bundled ones")->group(group);
  app.add_option("-j,--jobs", options.jobs, "Scenarios at a time")->check(CLI::Range(1, 256))->capture_default_str()->group(group);
  app.add_flag("--strict", options.strict, "Differences from what the contract only assumes are errors too")->group(group);
  app.add_flag("--shuffle", options.shuffle, "In random order; the seed is printed")->group(group);
  app.add_option("--seed", options.seed, "Of --shuffle and of run ids")
      ->each([&options](const std::string&) { options.has_seed = true; })
      ->group(group);
  app.add_option("--repeat", options.repeat, "Run all of it so many times")
      ->check(CLI::Range(1, 10000))
      ->capture_default_str()
      ->group(group);
  app.add_flag("--check-determinism", options.check_determinism,
               "Run all of it at least twice; what comes back must be the same each time, but for ids and times")
      ->group(group);
  app.add_flag("--fail-fast", options.fail_fast, "End at the first scenario that does not pass")->group(group);
  app.add_option("--known-failing", options.known_failing, "File with lines `pattern # reason`: these may fail, and must")->group(group);
}

void add_report_options(CLI::App& app, VerifyOptions& options) {
  const std::string group = "Reports";
  app.add_flag("-v,--verbose", options.verbose, "A line for each scenario, and notes")->group(group);
  app.add_flag("--coverage", options.coverage, "Say which answers, rules, rows and values of the contracts the run exercised");
  app.add_option("--min-coverage", options.min_coverage,
                 "Least part of what is documented that must be exercised, 0 to 1; implies --coverage")
      ->check(CLI::Range(0.0, 1.0));
  app.add_option("--report-html", options.report_html, "Write a page to look at to this file: it needs no network and no server")
      ->type_name("FILE")
      ->group(group);
  app.add_option("--report-json", options.report_json, "Write every exchange and finding to this file, one JSON document")
      ->type_name("FILE")
      ->group(group);
  app.add_option("--report-ndjson", options.report_ndjson, "Write the same as events, a line for each, while the run goes on")
      ->type_name("FILE")
      ->group(group);
  app.add_option("--report-junit", options.report_junit, "Write what CI systems read to this file")->type_name("FILE")->group(group);
  app.add_flag("--report-github", options.report_github,
               "Annotate the scenario files on GitHub, and write a summary to $GITHUB_STEP_SUMMARY if it is set")
      ->group(group);
}

}  // namespace

void add_verify_options(CLI::App& app, VerifyOptions& options) {
  add_target_options(app, options.target);
  add_safety_options(app, options.safety);
  app.add_flag("--plan", options.plan, "Print every request that would be sent, and send none")->group("Safety");
  add_run_options(app, options);
  add_report_options(app, options);
}

}  // namespace understudy
