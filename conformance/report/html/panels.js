// The tabs Timings and Coverage.
function renderTimings(report, open) {
  const sorted = [...report.verdicts].filter((one) => one.steps.length).sort((a, b) => b.elapsed_ms - a.elapsed_ms || a.index - b.index);
  if (!sorted.length) return h("p", { class: "nothing" }, "No request was sent.");
  const longest = Math.max(1, sorted[0].elapsed_ms);
  const steps = sorted.flatMap((one) => one.steps.map((step) => step.elapsed_ms)).sort((a, b) => a - b);
  const quantile = (part) => steps[Math.min(steps.length - 1, Math.floor(part * steps.length))];
  const body = h("tbody", {});
  const add = (list) => body.append(...list.map((one) => h("tr", {},
    h("td", {}, h("button", { type: "button", onclick: () => open(one) }, one.name), " ", h("span", { class: "ms" }, one.profile)),
    h("td", { class: "number" }, plural(one.steps.length, "request")),
    h("td", { class: "meter" }, h("div", { class: "track" }, h("span", { "--part": (100 * one.elapsed_ms / longest).toFixed(1) + "%" }))),
    h("td", { class: "number" }, time(one.elapsed_ms)))));
  add(sorted.slice(0, 50));
  const more = sorted.length > 50 ? h("button", { class: "tool more", type: "button", onclick: () => { add(sorted.slice(50)); more.remove(); } }, "show all " + sorted.length) : null;
  return h("div", {}, h("p", { class: "lead" }, plural(steps.length, "request") + ": median " + time(quantile(0.5)) + ", 95th percentile " + time(quantile(0.95)) + ", maximum " + time(steps[steps.length - 1]) + "."),
    h("table", { class: "grid" }, h("caption", {}, "Slowest first"),
      h("thead", {}, h("tr", {}, h("th", { scope: "col" }, "scenario"), h("th", { scope: "col", class: "number" }, ""), h("th", { scope: "col" }, ""), h("th", { scope: "col", class: "number" }, "time"))), body), more);
}

function renderCoverage(coverage) {
  if (!coverage) return h("p", { class: "nothing" }, "No coverage data: run verify with --coverage to see which rules, answers and values were exercised.");
  const evidences = ["documented", "observed", "published", "assumed"];
  const apis = [...new Set(coverage.counts.map((one) => one.api))];
  const parts = apis.map((api) => {
    const counts = coverage.counts.filter((one) => one.api === api);
    const kinds = [...new Set(counts.map((one) => one.kind))];
    const cell = (one) => one ? h("td", { class: one.exercised === one.all ? "full" : "" }, h("span", { class: "mono" }, one.exercised + " of " + one.all), h("div", { class: "track" }, h("span", { "--part": (100 * one.exercised / Math.max(1, one.all)).toFixed(1) + "%" })))
      : h("td", { class: "ms" }, "none");
    return h("table", { class: "grid" }, h("caption", {}, api),
      h("thead", {}, h("tr", {}, h("th", { scope: "col" }, ""), evidences.map((evidence) => h("th", { scope: "col" }, evidence)))),
      h("tbody", {}, kinds.map((kind) => h("tr", {}, h("th", { scope: "row" }, kind), evidences.map((evidence) => cell(counts.find((one) => one.kind === kind && one.evidence === evidence)))))));
  });
  const left = coverage.untouched;
  parts.push(left.length
    ? h("table", { class: "grid untouched" }, h("caption", {}, "Not exercised: " + left.length),
      h("thead", {}, h("tr", {}, ["item", "kind", "evidence", "missing"].map((name) => h("th", { scope: "col" }, name)))),
      h("tbody", {}, left.map((one) => h("tr", {}, h("td", {}, h("code", {}, one.id)), h("td", {}, one.kind), h("td", {}, one.evidence), h("td", {}, one.lack)))))
    : h("p", { class: "lead" }, "Every item was exercised."));
  return h("div", {}, parts);
}

// What to repair, the causes of most scenarios first. `open` shows a verdict by its name.
function renderCauses(causes, open) {
  const renderCause = (cause) => h("li", {},
    h("p", { class: "advice" }, cause.advice, " ", h("span", { class: "badge bad" }, plural(cause.scenarios.length, "scenario"))),
    h("p", {}, "expected ", h("code", {}, cause.finding.expected), ", found ", h("code", {}, cause.finding.actual)),
    h("p", { class: "soft" }, [cause.finding.rule, cause.finding.code, cause.finding.pointer].filter(Boolean).join(" "), ". For example ",
      h("button", { type: "button", onclick: () => open(cause.scenarios[0]) }, cause.example)));
  const rest = causes.length > 2 * LONGEST + 1 ? causes.slice(2 * LONGEST) : [];
  const list = h("ol", {}, causes.slice(0, causes.length - rest.length).map(renderCause));
  const more = rest.length ? renderMore(rest.length + " more causes", () => { list.append(...rest.map(renderCause)); return []; }) : null;
  return h("section", { id: "causes", "aria-label": "causes" }, h("h2", {}, plural(causes.length, "cause")), list, more);
}
