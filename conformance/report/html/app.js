// The page: header, filters, the list of verdicts, keyboard shortcuts and links.
const PAGE_SIZE = 2000;  // rows that are created at first; a button adds the rest

function start() {
  const report = readReport();
  const app = document.getElementById("app");
  document.getElementById("plain").remove();  // the table for readers without JavaScript
  const state = { text: "", kinds: new Set(), api: "", label: "", profile: "", sort: "worst", limit: PAGE_SIZE, shown: [] };
  const rows = new Map();

  // --- theme -------------------------------------------------------------------------------------------------------------
  const stored = () => { try { return localStorage.getItem("understudy-theme"); } catch { return null; } };
  if (stored()) document.documentElement.dataset.theme = stored();
  const isDark = () => document.documentElement.dataset.theme ? document.documentElement.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  const themeButton = h("button", { class: "tool", type: "button", id: "theme", onclick: () => toggleTheme() });
  const nameTheme = () => { themeButton.textContent = isDark() ? "Light" : "Dark"; themeButton.setAttribute("aria-label", "Switch to the " + (isDark() ? "light" : "dark") + " theme"); };
  function toggleTheme() {
    document.documentElement.dataset.theme = isDark() ? "light" : "dark";
    try { localStorage.setItem("understudy-theme", document.documentElement.dataset.theme); } catch { /* a page that was opened from a file may not store anything */ }
    nameTheme();
  }
  nameTheme();

  // --- help --------------------------------------------------------------------------------------------------------------
  const keys = [["j k", "next, previous verdict"], ["Enter", "open or close it"], ["/", "search"], ["f", "next filter: failed first"], ["e", "open all that failed"], ["c", "close all"], ["1 2 3", "verdicts, timings, coverage"], ["t", "light or dark"], ["Esc", "leave the search, clear it"], ["?", "this help"]];
  const help = h("dialog", { id: "help", "aria-labelledby": "help-title" }, h("h2", { id: "help-title" }, "Keys"),
    h("dl", {}, keys.map(([key, what]) => [h("dt", {}, key.split(" ").map((one) => [h("kbd", {}, one), " "])), h("dd", {}, what)])),
    h("button", { class: "tool", type: "button", onclick: () => help.close() }, "Close"));

  // --- head --------------------------------------------------------------------------------------------------------------
  const counts = Object.fromEntries(ORDER.map((kind) => [kind, report.verdicts.filter((one) => one.kind === kind).length]));
  const notes = report.verdicts.filter((one) => one.notes).length;
  const total = report.verdicts.length;
  const summary = report.end && report.end.summary;
  const wrong = counts.failed + counts.errored;
  const headline = !total ? "No scenario was judged" : counts.failed ? plural(counts.failed, "scenario") + " of " + total + " failed"
    : counts.errored ? plural(counts.errored, "scenario") + " of " + total + " could not be judged" : counts.passed + counts.known === 0 ? "No scenario ran: all " + total + " were skipped"
      : counts.passed === total ? "All " + total + " scenarios passed" : counts.passed + " of " + total + " scenarios passed, none failed";
  const meta = [["target", report.run.target], ["profile", (report.run.profiles || []).join(", ")], ["seed", report.run.seed], report.run.shuffle_seed !== undefined ? ["shuffled with", report.run.shuffle_seed] : null,
    report.run.strict ? ["strict", "yes"] : null, ["started", (report.run.started || "").replace("T", " ").replace("Z", " UTC")], summary ? ["took", time(summary.elapsed_ms)] : null, ["understudy", report.run.version]]
    .filter((one) => one && one[1] !== undefined && one[1] !== "");
  const alarms = [];
  if (!report.end) alarms.push("The run did not end: " + total + " of " + (report.run.planned || "?") + " verdicts were written.");
  else if (summary.interrupted) alarms.push("Stopped early: not every scenario was run.");
  for (const one of summary ? summary.problems : []) {
    if (!report.verdicts.some((verdict) => verdict.problem && verdict.problem.message === one.message)) alarms.push(one.message + " [" + one.code + "]");
  }
  document.title = headline + " · understudy";

  // --- filters -----------------------------------------------------------------------------------------------------------
  const values = (read) => [...new Set(report.verdicts.flatMap(read))].filter(Boolean).sort();
  const choice = (name, list, change) => list.length > 1 ? h("select", { "aria-label": name, id: "filter-" + name, onchange: (event) => { change(event.target.value); update(); } }, h("option", { value: "" }, "every " + name), list.map((one) => h("option", { value: one }, one))) : null;
  const search = h("input", { type: "search", id: "search", placeholder: "Search: name, rule, pointer, path…", "aria-label": "Search verdicts", oninput: () => { state.text = search.value.trim().toLowerCase(); update(); } });
  const chips = ORDER.filter((kind) => counts[kind]).map((kind) => chip(kind, WORDS[kind], counts[kind]));
  if (notes) chips.push(chip("notes", "with notes", notes));
  function chip(kind, word, count) {
    return h("button", { class: "chip", type: "button", "aria-pressed": "false", "data-kind": kind, onclick: (event) => { toggleKind(kind, event.currentTarget); } }, h("b", {}, count), " " + word);
  }
  function toggleKind(kind, button) {
    const on = !state.kinds.has(kind);
    if (on) state.kinds.add(kind); else state.kinds.delete(kind);
    button.setAttribute("aria-pressed", String(on));
    update();
  }
  const sort = h("select", { "aria-label": "order", id: "sort", onchange: (event) => { state.sort = event.target.value; update(); } },
    [["worst", "worst first"], ["run", "as run"], ["slow", "slowest first"], ["name", "by name"]].map(([value, word]) => h("option", { value }, word)));
  const filters = h("div", { class: "filters", role: "search" }, search, h("div", { class: "chips", role: "group", "aria-label": "Status" }, chips),
    choice("api", values((one) => [one.api]), (value) => { state.api = value; }), choice("label", values((one) => one.labels), (value) => { state.label = value; }),
    choice("profile", values((one) => [one.profile]), (value) => { state.profile = value; }), sort);
  const count = h("span", { id: "count", role: "status", "aria-live": "polite" });
  const list = h("div", { id: "list", role: "list" });

  function matches(verdict) {
    const kinds = [...state.kinds];
    return (!kinds.length || kinds.some((kind) => kind === "notes" ? verdict.notes > 0 : verdict.kind === kind)) && (!state.api || verdict.api === state.api) &&
      (!state.label || verdict.labels.includes(state.label)) && (!state.profile || verdict.profile === state.profile) && state.text.split(/\s+/).every((word) => verdict.hay.includes(word));
  }
  const orders = {
    worst: (a, b) => ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind) || a.index - b.index, run: (a, b) => a.index - b.index,
    slow: (a, b) => b.elapsed_ms - a.elapsed_ms || a.index - b.index, name: (a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : a.index - b.index),
  };
  function update() {
    state.shown = report.verdicts.filter(matches).sort(orders[state.sort]);
    const fragment = document.createDocumentFragment();
    for (const verdict of state.shown.slice(0, state.limit)) fragment.append(rowOf(verdict));
    if (state.shown.length > state.limit) fragment.append(h("button", { class: "tool more", type: "button", onclick: () => { state.limit = Infinity; update(); } }, "show all " + state.shown.length));
    if (!state.shown.length) fragment.append(h("p", { class: "nothing" }, total ? "No verdict matches these filters." : "There are no verdicts."));
    list.replaceChildren(fragment);
    count.textContent = state.shown.length === total ? plural(total, "verdict") : state.shown.length + " of " + plural(total, "verdict");
  }

  // --- rows --------------------------------------------------------------------------------------------------------------
  function rowOf(verdict) {
    if (rows.has(verdict)) return rows.get(verdict);
    const button = h("button", { class: "row", type: "button", "aria-expanded": "false", "aria-controls": "detail-" + verdict.id, onclick: () => toggle(verdict) },
      h("span", { class: "mark " + verdict.kind, "aria-hidden": "true" }, MARKS[verdict.kind]),
      h("span", { class: "name" }, h("span", { class: "hidden-text" }, WORDS[verdict.kind] + ": "), verdict.name, h("span", { class: "title" }, verdict.title), verdict.first ? h("span", { class: "what" }, verdict.first) : null),
      h("span", { class: "tag", title: verdict.profile }, verdict.profile), h("span", { class: "ms" }, verdict.steps.length ? time(verdict.elapsed_ms) : ""));
    const row = h("div", { class: "verdict " + verdict.kind, id: verdict.id, role: "listitem" }, h("h3", {}, button));
    rows.set(verdict, row);
    return row;
  }
  function toggle(verdict, want) {
    const row = rowOf(verdict);
    const isOpen = row.hasAttribute("data-open");
    if (want === isOpen) return;
    row.firstChild.firstChild.setAttribute("aria-expanded", String(!isOpen));
    if (isOpen) {
      row.removeAttribute("data-open");
      row.lastChild.hidden = true;
      return;
    }
    row.setAttribute("data-open", "");
    if (row.childElementCount === 1) {
      const detail = renderDetail(verdict);
      detail.id = "detail-" + verdict.id;
      row.append(detail);
    }
    row.lastChild.hidden = false;
    if (want === undefined) { try { history.replaceState(null, "", "#" + verdict.id); } catch { /* some browsers forbid this for files */ } }
  }
  function show(verdict) {
    select(0);
    if (!state.shown.includes(verdict)) reset();
    toggle(verdict, true);
    rowOf(verdict).scrollIntoView({ block: "start" });
    rowOf(verdict).firstChild.firstChild.focus({ preventScroll: true });
  }
  function reset() {
    state.kinds.clear();
    Object.assign(state, { text: "", api: "", label: "", profile: "", limit: Infinity });
    search.value = "";
    for (const one of filters.querySelectorAll("select:not(#sort)")) one.value = "";
    for (const one of chips) one.setAttribute("aria-pressed", "false");
    update();
  }
  function followLink() {
    const id = decodeURIComponent(location.hash.slice(1));
    const verdict = id && report.verdicts.find((one) => one.id === id);
    if (verdict) show(verdict);
  }

  // --- tabs --------------------------------------------------------------------------------------------------------------
  const panels = [
    { name: "Verdicts", make: () => h("div", {}, filters, h("div", { class: "count" }, count, h("span", {}, h("kbd", {}, "?"), " keys")), list) },
    { name: "Timings", make: () => renderTimings(report, show) },
    { name: "Coverage", make: () => renderCoverage(report.end && report.end.coverage) },
  ];
  panels.forEach((panel, index) => {
    panel.tab = h("button", { role: "tab", type: "button", id: "tab-" + index, "aria-controls": "panel-" + index, "aria-selected": "false", tabindex: "-1", onclick: () => select(index) }, panel.name);
    panel.body = h("section", { role: "tabpanel", id: "panel-" + index, "aria-labelledby": "tab-" + index, class: index ? "panel" : null, hidden: true });
  });
  function select(index, focus) {
    panels.forEach((panel, at) => {
      const on = at === index;
      panel.tab.setAttribute("aria-selected", String(on));
      panel.tab.tabIndex = on ? 0 : -1;
      panel.body.hidden = !on;
      if (on && !panel.body.childElementCount) panel.body.append(panel.make());
      if (on && focus) panel.tab.focus();
    });
  }
  const tabs = h("div", { class: "tabs", role: "tablist", "aria-label": "Views", onkeydown: (event) => {
    const step = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
    const at = panels.findIndex((panel) => panel.tab === document.activeElement);
    if (step && at >= 0) select((at + step + panels.length) % panels.length, true);
  } }, panels.map((panel) => panel.tab));

  app.append(h("a", { class: "skip-link", href: "#list" }, "Skip to the verdicts"),
    h("div", { class: "page" },
      h("header", {}, h("div", { class: "top" }, h("span", { class: "brand" }, "Understudy conformance report"), h("div", { class: "tools" }, themeButton, h("button", { class: "tool", type: "button", id: "keys", onclick: () => help.showModal() }, "Keys"))),
        h("h1", {}, headline),
        h("div", { class: "bar", role: "img", "aria-label": ORDER.filter((kind) => counts[kind]).map((kind) => counts[kind] + " " + WORDS[kind]).join(", ") || "nothing" }, ORDER.filter((kind) => counts[kind]).map((kind) => h("span", { class: kind, "--share": counts[kind], title: counts[kind] + " " + WORDS[kind] }))),
        summary && summary.causes && summary.causes.length ? renderCauses(summary.causes, (name) => { const verdict = report.verdicts.find((one) => one.name === name); if (verdict) show(verdict); }) : null,
        alarms.map((text) => h("p", { class: "alarm", role: "alert" }, text)),
        renderLeftBehind(summary ? summary.left_behind : []),
        h("dl", { class: "meta" }, meta.map(([name, value]) => h("div", {}, h("dt", {}, name), h("dd", {}, String(value)))))),
      tabs, h("main", {}, panels.map((panel) => panel.body))), help);
  update();
  select(0);
  followLink();
  if (!location.hash && wrong > 0 && wrong <= 3) for (const verdict of state.shown.slice(0, wrong)) toggle(verdict, true);
  addEventListener("hashchange", followLink);

  // --- keys --------------------------------------------------------------------------------------------------------------
  function move(by) {
    select(0);
    const buttons = [...list.querySelectorAll(".row")];
    const at = buttons.indexOf(document.activeElement);
    const next = buttons[at < 0 ? (by > 0 ? 0 : buttons.length - 1) : Math.min(buttons.length - 1, Math.max(0, at + by))];
    if (next) { next.focus({ preventScroll: true }); next.scrollIntoView({ block: "nearest" }); }
  }
  function nextFilter() {
    select(0);
    const at = chips.findIndex((one) => one.getAttribute("aria-pressed") === "true");
    for (const one of chips) one.setAttribute("aria-pressed", "false");
    state.kinds.clear();
    const next = chips[at + 1];
    if (next) toggleKind(next.dataset.kind, next); else update();
    if (next) next.focus();
  }
  const actions = {
    j: () => move(1), k: () => move(-1), "/": () => { select(0); search.focus(); search.select(); }, f: nextFilter, t: toggleTheme, "?": () => { if (!help.open) help.showModal(); },
    e: () => state.shown.filter((one) => one.kind === "failed" || one.kind === "errored").slice(0, 50).forEach((one) => toggle(one, true)),
    c: () => report.verdicts.forEach((one) => { if (rows.has(one)) toggle(one, false); }), 1: () => select(0, true), 2: () => select(1, true), 3: () => select(2, true),
  };
  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const inField = /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName || "");
    if (event.key === "Escape" && event.target === search) { if (search.value) { search.value = ""; state.text = ""; update(); } else search.blur(); return; }
    if (inField || help.open || !(event.key in actions)) return;
    event.preventDefault();
    actions[event.key]();
  });
  document.documentElement.dataset.ready = "1";
}
document.addEventListener("DOMContentLoaded", start);
