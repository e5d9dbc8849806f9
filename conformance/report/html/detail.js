// The details of one verdict: its steps with findings, expected and actual bodies side by side, request and response.
const LONGEST = 5;  // of steps and findings; more of them are folded
const SIGNS = ["", "≠", "−", "+", "·"];
const LINE_KINDS = ["same", "changed", "missing", "added", "unasked"];
const LINE_WORDS = ["as expected", "differs", "missing", "must not be there", "no expectation"];

function renderDetail(verdict) {
  const facts = h("div", { class: "facts" },
    h("span", {}, "file ", h("code", {}, verdict.file || "?")),
    h("span", {}, "profile ", h("code", {}, verdict.profile)),
    h("span", {}, plural(verdict.steps.length, "request") + ", " + time(verdict.elapsed_ms)),
    h("a", { href: "#" + verdict.id, title: "A link to this verdict" }, "link"));
  const labels = verdict.labels.length ? h("p", { class: "facts" }, h("span", {}, verdict.labels.map((label) => h("span", { class: "label" }, label)))) : null;
  const parts = [facts, labels];
  if (verdict.verdict === "skipped") parts.push(h("p", {}, "Skipped: ", verdict.reason));
  if (verdict.known_failing) parts.push(h("p", { class: "alarm" }, "Known failing: ", verdict.known_reason));
  if (verdict.problem) {
    parts.push(h("div", { class: "finding" }, h("p", { class: "what" }, "Could not continue: " + verdict.problem.code), h("p", {}, verdict.problem.message),
      verdict.problem.place ? h("p", {}, h("code", {}, placeOf(verdict.problem.place))) : null));
  }
  parts.push(renderLeftBehind(verdict.left_behind || []));
  if (Object.keys(verdict.given).length) {
    parts.push(h("details", {}, h("summary", {}, "given: " + Object.keys(verdict.given).join(", ")), h("pre", { class: "source" }, layOut(JSON.stringify(verdict.given)))));
  }
  parts.push(...renderSteps(verdict.steps));
  return h("div", { class: "detail" }, parts);
}

// One banner, however many records it is about.
function renderLeftBehind(left) {
  if (!left.length) return null;
  if (left.length === 1) return h("p", { class: "alarm" }, "Left behind: ", left[0]);
  return h("details", { class: "alarm" }, h("summary", {}, "Left behind: " + plural(left.length, "record")), h("ul", {}, left.map((one) => h("li", {}, one))));
}

// All steps; a long run of steps without findings is one line that opens.
function renderSteps(steps) {
  const parts = [];
  for (let at = 0; at < steps.length;) {
    let end = at;
    while (end < steps.length && !steps[end].findings.length) end++;
    const run = steps.slice(at, end);
    const isFolded = run.length > LONGEST && run.length < steps.length;
    parts.push(...(isFolded ? [renderMore(run.length + " steps without findings", () => run.map(renderStep))] : run.map(renderStep)));
    if (end < steps.length) parts.push(renderStep(steps[end++]));
    at = end;
  }
  return parts;
}

// A line that is replaced by what it stands for.
function renderMore(words, make) {
  const button = h("button", { class: "tool more", type: "button", onclick: () => button.replaceWith(...make()) }, "show " + words);
  return button;
}

function outcomeOf(step) {
  if (step.outcome !== "answered") return { text: step.outcome, kind: "warn" };
  const status = step.response.status;
  return { text: status + (step.response.reason ? " " + step.response.reason : ""), kind: "" };
}

function renderStep(step) {
  const bad = step.findings.some((one) => one.severity === "error");
  const noted = step.findings.length > 0;
  const outcome = outcomeOf(step);
  const title = (step.cleanup ? "cleanup " : "") + step.number + (step.name ? " " + step.name : "");
  const summary = h("summary", {},
    h("span", { class: "mark " + (bad ? "failed" : noted ? "known" : "passed"), "aria-hidden": "true" }, bad ? MARKS.failed : noted ? "i" : MARKS.passed),
    h("span", { class: "hidden-text" }, bad ? "failed" : noted ? "with notes" : "passed"),
    h("span", { class: "grow" }, title, " ", h("span", { class: "soft" }, step.operation || step.request.method + " " + step.request.target)),
    h("span", { class: "badge " + (bad ? "bad" : outcome.kind) }, outcome.text),
    h("span", { class: "ms" }, time(step.elapsed_ms)));
  const details = h("details", { class: "step", open: noted }, summary);
  const fill = () => { if (details.childElementCount === 1) details.append(renderWithin(step)); };
  if (noted) fill();
  else details.addEventListener("toggle", fill, { once: true });
  return details;
}

function renderWithin(step) {
  const parts = [];
  const found = step.findings;
  if (step.place && !found.length) parts.push(sourceLine(step.place, step.line, false));
  step.expected.forEach((part) => parts.push(renderExpected(part, step)));
  const shown = found.map((one, index) => () => renderFinding(one, index > 0 && placeOf(found[index - 1].place) === placeOf(one.place)));
  const rest = shown.length > LONGEST + 1 ? shown.splice(LONGEST) : [];
  if (found.length) parts.push(h("section", {}, h("h4", {}, "Findings"), shown.map((make) => make()), rest.length ? renderMore(rest.length + " more findings", () => rest.map((make) => make())) : null));
  if (step.detail) parts.push(h("p", {}, "Transport: ", h("code", {}, step.outcome), " ", step.detail));
  parts.push(h("div", { class: "exchange" }, renderMessage("Request", step.request.method + " " + step.request.target, step.request),
    step.response ? renderMessage("Response", step.response.status + " " + step.response.reason, step.response)
      : h("div", { class: "message" }, h("h4", {}, "Response"), h("p", { class: "line" }, "none: " + step.outcome), step.detail ? h("p", {}, step.detail) : null)));
  return h("div", { class: "within" }, parts);
}

function sourceLine(place, line, caret) {
  return h("pre", { class: "source" }, h("span", { class: "at" }, placeOf(place) + "\n"), line, caret && line && place.column ? "\n" + " ".repeat(place.column - 1) + "^" : "");
}

function renderFinding(finding, isSamePlace) {
  const facts = [];
  const fact = (name, ...value) => facts.push(h("dt", {}, name), h("dd", {}, ...value));
  if (finding.expected) fact("expected", h("code", {}, finding.expected));
  if (finding.actual) fact("found", h("code", {}, finding.actual));
  if (finding.rule) fact("rule", h("code", {}, finding.rule), finding.rule_says ? h("span", {}, ": " + finding.rule_says) : null);
  if (finding.rule_place) fact("in", h("code", {}, placeOf(finding.rule_place)));
  if (finding.source) fact("source", finding.source, " ", h("span", { class: "badge" }, finding.evidence));
  if (finding.rule_because) fact("because", finding.rule_because);
  const note = finding.severity === "note";
  const repeats = finding.message.includes(finding.expected) && finding.message.includes(finding.actual);
  return h("div", { class: "finding" + (note ? " note" : "") },
    h("p", { class: "what" }, note ? "Note, the contract only assumes this: " : "", finding.pointer ? h("code", {}, finding.pointer) : "", " " + finding.code),
    finding.message && !repeats ? h("p", {}, finding.message) : null,
    h("dl", {}, facts),
    finding.place && !isSamePlace ? sourceLine(finding.place, finding.line, true) : null);
}

function renderExpected(part, step) {
  const words = [];
  for (const name of ["answer", "status", "reason", "transport", "contract", "headers", "text", "items"]) {
    if (name in part) words.push(name + " " + (typeof part[name] === "string" ? part[name] : JSON.stringify(part[name])));
  }
  const heading = (part.title ? part.title + ": " : "") + "expected and found";
  if (!part.diff && !words.length) return null;
  return h("section", {}, h("h4", {}, heading),
    words.length ? h("p", { class: "mono words" }, "expected " + words.join(", ") + (step.answer && step.answer !== part.answer ? "; matched answer " + step.answer : "")) : null,
    part.diff ? renderDiff(part.diff) : null);
}

// Folds long runs of equal lines; keeps three lines before and after each difference.
function renderDiff(diff) {
  const lines = diff.lines;
  const near = lines.map(() => false);
  lines.forEach((line, index) => {
    if (line[0] === 0 || line[0] === 4) return;
    for (let i = Math.max(0, index - 3); i <= Math.min(lines.length - 1, index + 3); i++) near[i] = true;
  });
  const body = h("tbody", {});
  for (let at = 0; at < lines.length;) {
    let end = at;
    while (end < lines.length && !near[end]) end++;
    if (end - at > 8) {
      const hidden = lines.slice(at + 1, end - 1);
      const row = h("tr", { class: "fold" }, h("td", { colspan: "3" }, h("button", { type: "button", onclick: () => row.replaceWith(...hidden.map(renderLine)) },
        "show " + hidden.length + " equal lines")));
      body.append(renderLine(lines[at]), row, renderLine(lines[end - 1]));
    } else {
      for (let i = at; i < end; i++) body.append(renderLine(lines[i]));
    }
    if (end < lines.length) body.append(renderLine(lines[end]));
    at = end + 1;
  }
  return h("div", {}, h("table", { class: "diff" },
    h("thead", {}, h("tr", {}, h("th", { class: "sign", scope: "col" }, h("span", { class: "hidden-text" }, "kind")), h("th", { scope: "col" }, "expected"), h("th", { scope: "col" }, "found"))),
    body),
  h("p", { class: "legend" }, [1, 2, 3, 4].map((kind) => h("span", {}, SIGNS[kind] + " " + LINE_WORDS[kind])), diff.cut ? h("span", {}, "Further lines are omitted.") : null));
}

function renderLine(line) {
  const [kind, depth, left, right, pointer] = line;
  return h("tr", { class: LINE_KINDS[kind], title: pointer },
    h("td", { class: "sign" }, h("span", { "aria-hidden": "true" }, SIGNS[kind]), h("span", { class: "hidden-text" }, LINE_WORDS[kind])),
    h("td", { class: "left indent", "--depth": depth }, left), h("td", { class: "right indent", "--depth": depth }, right));
}

function renderMessage(title, line, message) {
  const pre = h("pre", { tabindex: "0", "aria-label": title + " body" });
  const isPretty = !message.body_bytes && isJson(message.body);
  const show = (pretty) => { pre.textContent = pretty ? layOut(message.body) : message.body; };
  show(isPretty);
  let pretty = isPretty;
  const toggle = isPretty ? h("button", { class: "tool", type: "button", onclick: () => { pretty = !pretty; show(pretty); toggle.textContent = pretty ? "as sent" : "formatted"; } }, "as sent") : null;
  return h("div", { class: "message" }, h("h4", {}, toggle, title), h("p", { class: "line" }, line),
    h("div", { class: "headers" }, message.headers.map((header) => h("div", {}, h("b", {}, header.name), ": " + header.value))),
    message.body ? pre : h("p", { class: "soft" }, "no body"),
    message.body_bytes ? h("p", { class: "cut" }, "cut; the complete body has " + message.body_bytes + " bytes (see the JSON report)") : null);
}
