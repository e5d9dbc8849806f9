// Helpers for every part of the page. All elements are created here, and text is never parsed as HTML.
"use strict";
document.documentElement.classList.add("js");

const MARKS = { passed: "✓", failed: "✗", errored: "!", known: "~", skipped: "–" };
const WORDS = { passed: "passed", failed: "failed", errored: "not judged", known: "known failing", skipped: "skipped" };
const ORDER = ["failed", "errored", "known", "skipped", "passed"];

// h("p", {class: "x", onclick: f}, "text", child, ...) creates an element; strings become text nodes.
function h(tag, attributes, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name.startsWith("--")) element.style.setProperty(name, value);
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  for (const child of children.flat(Infinity)) {
    if (child !== null && child !== undefined && child !== false) element.append(child);
  }
  return element;
}

function plural(count, word) { return count + " " + word + (count === 1 ? "" : "s"); }
function time(ms) { return ms < 1000 ? ms + " ms" : (ms / 1000).toFixed(ms < 10000 ? 2 : 1) + " s"; }
function placeOf(place) { return place ? place.file + (place.line ? ":" + place.line + (place.column ? ":" + place.column : "") : "") : ""; }
function kindOf(verdict) { return verdict.known_failing ? "known" : verdict.verdict; }

// Formats JSON text and keeps its numbers as written: 1.0 stays 1.0, 9007199254740993 keeps every digit.
function layOut(text) {
  let out = "", depth = 0, at = 0;
  const line = () => "\n" + "  ".repeat(depth);
  while (at < text.length) {
    const c = text[at];
    if (c === '"') {
      let end = at + 1;
      while (end < text.length && text[end] !== '"') end += text[end] === "\\" ? 2 : 1;
      out += text.slice(at, end + 1);
      at = end + 1;
      continue;
    }
    if (c === "{" || c === "[") {
      const next = text.slice(at + 1).match(/^\s*([}\]])/);
      if (next) { out += c + next[1]; at += 1 + next[0].length; continue; }
      depth++;
      out += c + line();
    } else if (c === "}" || c === "]") {
      depth = Math.max(0, depth - 1);
      out += line() + c;
    } else if (c === ",") out += c + line();
    else if (c === ":") out += ": ";
    else if (!/\s/.test(c)) out += c;
    at++;
  }
  return out;
}

function isJson(text) {
  try { JSON.parse(text); return true; } catch { return false; }
}

// Everything that the run wrote, as far as it came: a page that was cut short still tells what was judged.
function readReport() {
  const read = (element) => { try { return JSON.parse(element.textContent); } catch { return null; } };
  const one = (id) => { const element = document.getElementById(id); return element ? read(element) : null; };
  const verdicts = [...document.querySelectorAll("script.verdict")].map(read).filter(Boolean);
  const ids = new Set();
  verdicts.forEach((verdict, index) => {
    const base = (verdict.name + "-" + verdict.profile).replace(/[^A-Za-z0-9._-]+/g, "-").replace(/^-+|-+$/g, "") || "verdict";
    let id = base;
    for (let n = 2; ids.has(id); n++) id = base + "-" + n;
    ids.add(id);
    verdict.id = id;
    verdict.index = index;
    verdict.kind = kindOf(verdict);
    verdict.notes = verdict.steps.reduce((sum, step) => sum + step.findings.filter((one) => one.severity === "note").length, 0);
    verdict.first = firstWords(verdict);
    verdict.hay = [verdict.name, verdict.title, verdict.file, verdict.profile, verdict.labels.join(" "), verdict.reason, verdict.known_reason,
      verdict.problem && verdict.problem.code + " " + verdict.problem.message,
      verdict.steps.map((step) => [step.name, step.operation, step.answer, step.request.method + " " + step.request.target,
        step.findings.map((one) => [one.code, one.pointer, one.rule, one.source, one.expected, one.actual, one.message].join(" ")).join(" ")].join(" ")).join(" "),
    ].join(" ").toLowerCase();
  });
  return { run: one("run") || {}, end: one("end"), verdicts };
}

// The reason in one line.
function firstWords(verdict) {
  if (verdict.problem) return verdict.problem.message;
  if (verdict.verdict === "skipped") return verdict.reason;
  for (const step of verdict.steps) {
    const finding = step.findings.find((one) => one.severity === "error");
    if (!finding) continue;
    const where = finding.pointer ? finding.pointer + " (" + finding.code + ")" : finding.code;
    return (verdict.known_failing ? "known: " + verdict.known_reason + ". " : "") + where + ": expected " + finding.expected + ", found " + finding.actual;
  }
  return "";
}
