// The report page in a real browser. usage: node report_test.mjs UNDERSTUDY REFERENCE
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { pathToFileURL } from "node:url";
import { browserPath, chromium } from "./browser.mjs";

const [, , understudy, reference] = process.argv;

// --- reports to look at --------------------------------------------------------------------------------------------------------
const folder = mkdtempSync(join(tmpdir(), "understudy-html-"));
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
const verify = (name, ...words) => new Promise((done) => {
  const child = spawn(understudy, ["verify", ...words, "--report-html", join(folder, name)], { stdio: "ignore" });
  child.on("close", done);
});

async function makeReports() {
  await verify("all.html", "--profile", "all", "--coverage");
  const server = spawn(reference, ["--accounts", "any", "--broken", "veeqo_prices_are_strings"], { stdio: ["ignore", "pipe", "ignore"] });
  const url = await new Promise((done) => server.stdout.on("data", (text) => { const found = String(text).match(/http:[^\s]+/); if (found) done(found[0]); }));
  await verify("failed.html", "--target", url);
  server.kill();
  // A server that puts markup wherever a server can put words.
  const evil = "</script><img src=x onerror='window.owned=1'><svg onload=alert(1)>{{x}}<!--";
  const answers = createServer((request, response) => {
    response.writeHead(201, "Created " + evil.replace(/[^ -~]/g, ""), { "Content-Type": "application/json", "X-Evil": evil });
    response.end(JSON.stringify({ [evil]: evil, title: evil }));
  });
  await new Promise((done) => answers.listen(0, "127.0.0.1", done));
  writeFileSync(join(folder, "evil.yaml"), `understudy: 1\nscenario: "${evil}"\napi: veeqo\nlabels: [products]\nsteps:\n  - name: "${evil}"\n    send: createProduct\n` +
    `    with: { body: { product: { title: "${evil.replace("{{x}}", "")}", product_variants_attributes: [{ title: "", price: 1, sku_code: X }] } } }\n    expect: { answer: product_created, body: { title: "a" } }\n`);
  // Named, because a server that answers every path alike does not seem to have the operation.
  await verify("evil.html", join(folder, "evil.yaml"), "--target", "http://127.0.0.1:" + answers.address().port, "--operation", "veeqo.createProduct");
  answers.close();
  answers.closeAllConnections();
}
await makeReports();
for (const name of ["all.html", "failed.html", "evil.html"]) {
  if (!existsSync(join(folder, name))) { console.log("FAILED: " + name + " was not made"); process.exit(1); }
}

let failures = 0;
function check(what, holds, found = "") {
  if (!holds) failures++;
  console.log((holds ? "passed: " : "FAILED: ") + what + (holds || found === "" ? "" : " (found " + JSON.stringify(found) + ")"));
}

const browser = await chromium.launch({ executablePath: browserPath, args: ["--no-sandbox"] });

async function open(name, options = {}, hash = "") {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  const page = await context.newPage();
  page.trouble = [];
  page.on("console", (message) => { if (message.type() === "error" || message.type() === "warning") page.trouble.push(message.text()); });
  page.on("pageerror", (error) => page.trouble.push(error.message));
  page.on("dialog", async (dialog) => { page.trouble.push("dialog " + dialog.message()); await dialog.dismiss(); });
  page.on("request", (request) => { if (!request.url().startsWith("file:") && !request.url().startsWith("data:")) page.trouble.push("request " + request.url()); });
  const begin = performance.now();
  await page.goto(pathToFileURL(join(folder, name)).href + hash);
  if (options.javaScriptEnabled !== false) await page.waitForSelector("html[data-ready]");
  page.took = performance.now() - begin;
  return page;
}
const rows = (page) => page.locator("#list .verdict");
const visible = async (page) => page.evaluate(() => document.querySelectorAll("#list .verdict").length);

// --- what failed -----------------------------------------------------------------------------------------------------------
{
  const page = await open("failed.html");
  const all = await visible(page);
  check("the headline counts what failed", /^\d+ scenarios? of \d+ failed$/.test(await page.textContent("h1")), await page.textContent("h1"));
  check("what failed comes first", (await rows(page).first().getAttribute("class")).includes("failed"));

  // --- causes first
  check("the causes come before everything but the headline", await page.evaluate(() => {
    const causes = document.getElementById("causes");
    const comesAfter = (one) => (causes.compareDocumentPosition(one) & Node.DOCUMENT_POSITION_FOLLOWING) !== 0;
    return [...document.querySelectorAll(".meta, .alarm, [role=tab], #list")].every(comesAfter);
  }));
  await page.locator("#causes li button").first().click();
  check("a cause leads to a verdict", (await page.locator(".verdict[data-open]").count()) >= 1);
  check("the diff comes before the findings", await page.evaluate(() => {
    const diff = document.querySelector(".verdict[data-open] .diff");
    const finding = diff && diff.closest(".within").querySelector(".finding");
    return Boolean(finding) && (diff.compareDocumentPosition(finding) & Node.DOCUMENT_POSITION_FOLLOWING) !== 0;
  }));
  await page.keyboard.press("c");
  const left = (names) => page.evaluate((list) => { const banner = renderLeftBehind(list); return banner && [banner.tagName, banner.innerText || banner.textContent]; }, names);
  check("records left behind are one banner", JSON.stringify([await left([]), await left(["a"]), await left(["a", "b"])]) === JSON.stringify([null, ["P", "Left behind: a"], ["DETAILS", "Left behind: 2 recordsab"]]), await left(["a", "b"]));
  const folded = await page.evaluate(() => {
    const step = (findings) => ({ number: 1, findings, outcome: "answered", elapsed_ms: 1, response: { status: 200, headers: [], body: "" }, request: { method: "GET", target: "/", headers: [], body: "" }, expected: [] });
    const finding = { severity: "error", code: "x", message: "", expected: "a", actual: "b" };
    const long = renderSteps([...Array(9).fill(step([])), step([finding]), step([])]);
    const many = renderStep(step(Array(9).fill(finding)));
    const before = many.querySelectorAll(".finding").length;
    many.querySelector(".more").click();
    return [long.length, long[0].textContent, renderSteps(Array(9).fill(step([]))).length, before, many.querySelectorAll(".finding").length].join();
  });
  check("long verdicts are folded", folded === "3,show 9 steps without findings,9,5,9", folded);

  await page.click('.chip[data-kind="failed"]');
  const failed = await visible(page);
  check("the status filter leaves the failed ones", failed > 0 && failed < all && (await page.locator("#list .verdict:not(.failed)").count()) === 0, failed);
  check("a filter is pressed for those who do not see it", (await page.getAttribute('.chip[data-kind="failed"]', "aria-pressed")) === "true");
  check("the count is announced", (await page.textContent("#count")).startsWith(failed + " of ") && (await page.getAttribute("#count", "aria-live")) === "polite");
  await page.click('.chip[data-kind="failed"]');

  await page.fill("#search", "price number");
  const found = await visible(page);
  check("search looks at findings", found > 0 && found < all, found);
  await page.fill("#search", "no such thing at all");
  check("a search that finds nothing says so", (await page.locator(".nothing").isVisible()) && (await visible(page)) === 0);
  await page.press("#search", "Escape");
  check("Escape clears the search", (await visible(page)) === all);

  await page.selectOption("#filter-api", { index: 1 });
  const one = await visible(page);
  check("the API filter leaves one API", one > 0 && one < all, one);
  await page.selectOption("#filter-api", "");
  await page.selectOption("#filter-label", { index: 1 });
  check("the label filter works", (await visible(page)) < all);
  await page.selectOption("#filter-label", "");
  await page.selectOption("#filter-profile", { index: 1 });
  check("the profile filter works", (await visible(page)) < all);
  await page.selectOption("#filter-profile", "");
  await page.selectOption("#sort", "name");
  const names = await page.evaluate(() => [...document.querySelectorAll("#list .name")].slice(0, 20).map((one) => one.childNodes[1].textContent));
  check("the order can be by name", names.join() === [...names].sort().join(), names.slice(0, 3));
  await page.selectOption("#sort", "worst");

  // --- keys
  await page.evaluate(() => document.activeElement.blur());
  const focused = () => page.evaluate(() => { const row = document.activeElement.closest(".verdict"); return row ? [...row.parentNode.children].indexOf(row) : -1; });
  await page.keyboard.press("j");
  await page.keyboard.press("j");
  check("j moves down", (await focused()) === 1, await focused());
  await page.keyboard.press("k");
  check("k moves up", (await focused()) === 0, await focused());
  await page.keyboard.press("Enter");
  const row = rows(page).first();
  check("Enter opens", (await row.locator(".row").getAttribute("aria-expanded")) === "true" && (await row.locator(".detail").isVisible()));
  check("the address names the verdict", page.url().includes("#" + (await row.getAttribute("id"))), page.url());
  await page.keyboard.press("/");
  check("/ goes to the search", await page.evaluate(() => document.activeElement.id === "search"));
  await page.keyboard.type("j?");
  check("letters in the search are letters", (await page.inputValue("#search")) === "j?" && !(await page.locator("#help").isVisible()));
  await page.press("#search", "Escape");
  await page.press("#search", "Escape");
  await page.keyboard.press("?");
  check("? shows the keys", await page.locator("#help").isVisible());
  await page.keyboard.press("Escape");
  check("Escape closes them", !(await page.locator("#help").isVisible()));
  await page.keyboard.press("f");
  check("f filters", (await page.locator('.chip[aria-pressed="true"]').count()) === 1);
  for (let i = 0; i < 6 && (await page.locator('.chip[aria-pressed="true"]').count()); i++) await page.keyboard.press("f");

  // --- what a verdict shows
  const text = await row.locator(".detail").innerText();
  for (const word of ["expected", "found", "rule", "source", "documented", "Request", "Response", "scenarios/"]) check("the verdict tells " + word, text.includes(word));
  check("the diff marks a difference, not by colour alone", (await row.locator(".diff .changed .sign").first().innerText()).includes("≠"));
  check("the diff says it to those who do not see it", (await row.locator(".diff .changed .hidden-text").first().textContent()) === "differs");
  const before = await row.locator(".diff tr").count();
  if (await row.locator(".diff .fold button").count()) {
    await row.locator(".diff .fold button").first().click();
    check("folded lines open", (await row.locator(".diff tr").count()) > before);
  }
  const body = row.locator(".message").last().locator("pre");
  const laidOut = await body.textContent();
  await row.locator(".message .tool").last().click();
  check("a body can be seen as sent", (await body.textContent()) !== laidOut && (await body.textContent()).replace(/\s/g, "") === laidOut.replace(/\s/g, ""));
  await page.keyboard.press("c");
  check("c closes", (await page.locator(".row[aria-expanded=true]").count()) === 0);

  // --- light and dark
  const paper = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const light = await paper();
  await page.keyboard.press("t");
  check("t turns the light off", (await paper()) !== light);
  await page.reload();
  await page.waitForSelector("html[data-ready]");
  check("the choice is kept", (await paper()) !== light);

  // --- tabs
  await page.click("#tab-1");
  check("timings are slowest first", await page.evaluate(() => { const all = [...document.querySelectorAll("#panel-1 tbody .track span")].map((one) => parseFloat(one.style.getPropertyValue("--part"))); return all.length > 1 && all.every((one, i) => i === 0 || all[i - 1] >= one); }));
  await page.locator("#panel-1 tbody button").nth(2).click();
  check("a timing leads to its verdict", (await page.locator("#panel-0").isVisible()) && (await page.locator(".verdict[data-open]").count()) >= 1);
  await page.click("#tab-2");
  check("without --coverage the tab says how to get it", (await page.innerText("#panel-2")).includes("--coverage"));
  await page.focus("#tab-2");
  await page.keyboard.press("ArrowLeft");
  check("arrows move between tabs", await page.evaluate(() => document.activeElement.id === "tab-1" && document.activeElement.getAttribute("aria-selected") === "true"));
  check("no trouble in the console, no request", page.trouble.length === 0, page.trouble);

  // --- a link to a verdict
  const id = await page.evaluate(() => [...document.querySelectorAll("#list .verdict.failed")].pop().id);
  const linked = await open("failed.html", {}, "#" + id);
  check("a link opens its verdict", (await linked.locator(`[id="${id}"]`).getAttribute("data-open")) !== null);
  check("and brings it into view", await linked.evaluate((one) => { const box = document.getElementById(one).getBoundingClientRect(); return box.top >= 0 && box.top < innerHeight; }, id));
}

// --- accessibility -----------------------------------------------------------------------------------------------------------
for (const colorScheme of ["light", "dark"]) {
  const page = await open("failed.html", { colorScheme });
  await page.keyboard.press("j");
  await page.keyboard.press("Enter");
  const flaws = await page.evaluate(() => {
    const flaws = [];
    const ids = [...document.querySelectorAll("[id]")].map((one) => one.id);
    if (new Set(ids).size !== ids.length) flaws.push("an id twice");
    for (const one of document.querySelectorAll("button, input, select, a[href], pre[tabindex]")) {
      const name = (one.getAttribute("aria-label") || one.textContent || "").trim();
      if (!name) flaws.push("no name: " + one.outerHTML.slice(0, 80));
    }
    for (const one of document.querySelectorAll("[aria-controls]")) {
      if (one.getAttribute("aria-expanded") !== "false" && !document.getElementById(one.getAttribute("aria-controls"))) flaws.push("controls nothing: " + one.id);
    }
    if (document.querySelectorAll("h1").length !== 1 || !document.documentElement.lang || !document.querySelector("main") || !document.title) flaws.push("no h1, lang, main or title");
    // WCAG's contrast of the text that is seen now.
    const parse = (color) => (color.match(/[\d.]+/g) || []).map(Number);
    const light = ([r, g, b]) => { const part = (v) => { v /= 255; return v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; }; return 0.2126 * part(r) + 0.7152 * part(g) + 0.0722 * part(b); };
    const paperOf = (one) => { for (let at = one; at; at = at.parentElement) { const color = parse(getComputedStyle(at).backgroundColor); if (color.length && (color.length < 4 || color[3] > 0.99)) return color; } return [255, 255, 255]; };
    const seen = new Set();
    for (const one of document.querySelectorAll("body *")) {
      if (![...one.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim()) || !one.checkVisibility() || one.closest("#plain, script")) continue;
      const style = getComputedStyle(one);
      const [a, b] = [light(parse(style.color)), light(paperOf(one))].sort((x, y) => y - x);
      const ratio = (a + 0.05) / (b + 0.05);
      if (ratio < 4.5) seen.add(one.className + " " + one.tagName + " " + ratio.toFixed(2));
    }
    return flaws.concat([...seen]);
  });
  check("names, ids and contrast (" + colorScheme + ")", flaws.length === 0, flaws.slice(0, 8));
  await page.keyboard.press("Tab");
  check("the focus is seen (" + colorScheme + ")", await page.evaluate(() => getComputedStyle(document.activeElement).outlineStyle !== "none"));
  const wide = await open("failed.html", { colorScheme, viewport: { width: 390, height: 800 } });
  await wide.keyboard.press("j");
  await wide.keyboard.press("Enter");
  check("on a narrow screen what differs is one below the other (" + colorScheme + ")", await wide.evaluate(() => {
    const row = document.querySelector(".diff .changed");
    const [left, right] = [row.querySelector(".left"), row.querySelector(".right")].map((one) => one.getBoundingClientRect());
    return right.top >= left.bottom - 1 && getComputedStyle(document.querySelector(".diff .same .right, .diff .unasked .left")).display === "none";
  }));
  check("nothing sticks out on a narrow screen (" + colorScheme + ")", await wide.evaluate(() => document.documentElement.scrollWidth <= innerWidth + 1), await wide.evaluate(() => document.documentElement.scrollWidth));
}

// --- many verdicts, coverage ---------------------------------------------------------------------------------------------------
{
  await (await open("all.html")).close();  // the browser itself warms up
  const page = await open("all.html");
  const count = await visible(page);
  console.log("measured: " + count + " verdicts ready in " + Math.round(page.took) + " ms");
  check("900 verdicts and more", count > 900, count);
  check("they are there within a second", page.took < (process.env.SLOW ? 10000 : 1000), Math.round(page.took));
  const typing = await page.evaluate(() => { const search = document.getElementById("search"); const begin = performance.now(); search.value = "order"; search.dispatchEvent(new Event("input")); return performance.now() - begin; });
  console.log("measured: a search over them took " + Math.round(typing) + " ms");
  check("a search is quick", typing < 500, Math.round(typing));
  await page.click("#tab-2");
  check("coverage is a table for each API", (await page.locator("#panel-2 table").count()) >= 3);
  check("and names what was not exercised", /Not exercised: \d+|Every item was exercised/.test(await page.innerText("#panel-2")));
  check("no trouble", page.trouble.length === 0, page.trouble);
  await page.emulateMedia({ media: "print" });
  check("on paper the controls are gone", !(await page.locator(".filters").isVisible()) && !(await page.locator(".tabs").isVisible()));
}

// --- hostile words -------------------------------------------------------------------------------------------------------------
{
  const page = await open("evil.html");
  await page.keyboard.press("e");
  for (const summary of await page.locator(".verdict[data-open] details:not([open]) > summary").all()) await summary.click();
  await page.waitForTimeout(200);
  check("nothing of the target became an element", (await page.locator("img").count()) === 0 && (await page.evaluate(() => window.owned)) === undefined);
  check("but it can be read", (await page.locator(".verdict[data-open]").first().innerText()).includes("</script><img"));
  check("no trouble", page.trouble.length === 0, page.trouble);
  await page.click("#tab-1");
  check("nor in the timings", (await page.locator("img").count()) === 0);
}

// --- without a script ------------------------------------------------------------------------------------------------------------
{
  const page = await open("failed.html", { javaScriptEnabled: false });
  check("without a script there is a table", await page.locator("#plain table").isVisible());
  check("with every verdict", (await page.locator("#plain tbody tr").count()) > 100);
}

await browser.close();
console.log(failures ? failures + " failed" : "all passed");
process.exit(failures ? 1 : 0);
