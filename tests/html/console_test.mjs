// The console and the landing page in a real browser. usage: node console_test.mjs UNDERSTUDY
// PICTURES=DIR writes pictures of the pages to that folder.
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { browserPath, chromium } from "./browser.mjs";

const [, , understudy] = process.argv;
const slow = process.env.SLOW ? 5 : 1;

let failures = 0;
function check(what, holds, found = "") {
  if (!holds) failures++;
  console.log((holds ? "passed: " : "FAILED: ") + what + (holds || found === "" ? "" : " (found " + JSON.stringify(found) + ")"));
}

const folder = mkdtempSync(join(tmpdir(), "understudy-console-"));
writeFileSync(join(folder, "lamp.yaml"), `understudy: 1
scenario: A lamp is on the shelf
api: veeqo
given:
  clock: "2026-03-02T09:00:00Z"
  limits: none
  records: { products: [{ id: 7, title: Lamp }] }
steps: [{ send: listProducts, expect: { answer: product_list } }]
`);
const server = spawn(understudy, ["serve", join(folder, "lamp.yaml"), "-p", "0", "--print-url", "--history", "1000", "--journal-entries", "12000", "--journal-bytes", "200000000"], { stdio: ["ignore", "pipe", "inherit"] });
process.on("exit", () => { server.kill("SIGKILL"); rmSync(folder, { recursive: true, force: true }); });
const url = await new Promise((done) => server.stdout.once("data", (text) => done(String(text).trim())));

const send = (method, path, body, key = "lamp") => fetch(url + path, { method, headers: { "x-api-key": key, "Content-Type": "application/json" }, body: body && JSON.stringify(body) });
const product = (title) => ({ title, product_variants_attributes: [{ title: "", price: 12.5, sku_code: title }] });

const browser = await chromium.launch({ executablePath: browserPath, args: ["--no-sandbox"] });
async function open(path, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 860 }, acceptDownloads: true, ...options });
  const page = await context.newPage();
  page.trouble = [];
  page.on("console", (message) => { if (["error", "warning"].includes(message.type())) page.trouble.push(message.text()); });
  page.on("pageerror", (error) => page.trouble.push(error.message));
  page.on("request", (request) => { if (!request.url().startsWith(url) && !/^(blob|data):/.test(request.url())) page.trouble.push("request " + request.url()); });
  await page.goto(url + path);
  return page;
}
const rows = (page) => page.locator("#list .row");
async function see(what, page, condition, argument) {
  try {
    await page.waitForFunction(condition, argument, { timeout: 4000 * slow });
    check(what, true);
  } catch { check(what, false, await page.innerText("main")); }
}

// --- the landing page ------------------------------------------------------------------------------------------------------
const landing = await open("/");
const text = await landing.innerText("main");
check("the landing page names the scenario and its user", text.includes("A lamp is on the shelf") && text.includes("lamp") && text.includes("demo"), text);
check("the landing page has three calls", (text.match(/^curl /gm) || []).length === 3, text);
const [first] = text.match(/^curl .*$/gm);
const ran = spawnSync("sh", ["-c", first.replace("curl", "curl -s -o /dev/null -w '%{http_code}'")], { encoding: "utf8" });
check("its first call works", ran.error !== undefined || ran.stdout === "200", first + " -> " + ran.stdout);
await landing.click("text=Open the console");
await landing.waitForSelector("html[data-ready]");
check("it leads to the console", landing.url().endsWith("/__admin/console#requests"), landing.url());
check("the landing page runs without trouble", landing.trouble.length === 0, landing.trouble);
await landing.close();

// --- requests as they come -------------------------------------------------------------------------------------------------
const page = await open("/__admin/console");
await page.waitForSelector("html[data-ready]");
await page.waitForFunction(() => document.getElementById("live").textContent === "live");
const before = await rows(page).count();
await send("GET", "/veeqo/products/7");
await see("a request appears by itself", page, (count) => document.querySelectorAll("#list .row").length > count, before);
await send("POST", "/veeqo/products", product("K-1"));
await send("POST", "/veeqo/products", { title: "" });
await send("GET", "/veeqo/products", undefined, "nobody");
await send("GET", "/veeqo/prodcts/7");
await see("each request says what it was answered", page, () => ["product_created", "no operation", " by "].every((word) => document.getElementById("list").innerText.includes(word)));

await rows(page).filter({ hasText: "prodcts" }).click();
await see("an unmatched request shows near misses with a step", page, () => /Nearest operations[\s\S]*veeqo.getProduct[\s\S]*- send: veeqo/i.test(document.getElementById("detail").innerText));
await rows(page).filter({ hasText: "POST" }).last().click();
await see("the detail has the reason", page, () => /Why[\s\S]*product_created/.test(document.getElementById("detail").innerText) && document.getElementById("detail").innerText.includes("created"));
await page.click('.chip[data-kind="unmatched"]');
check("a filter leaves the unmatched requests", (await rows(page).count()) === 1);
await page.click('.chip[data-kind="unmatched"]');

// --- save as scenario ------------------------------------------------------------------------------------------------------
await page.selectOption("#tenant", "lamp");
await page.focus("#list");
const count = await rows(page).count();
for (let i = 0; i < count; i++) { await page.keyboard.press(i === 0 ? "Home" : "ArrowDown"); await page.keyboard.press("Space"); }
check("the keyboard marks requests", (await page.textContent("#save")) === `Save as scenario (${count})`, await page.textContent("#save"));
await page.click("#save");
await see("the scenario is written", page, () => document.getElementById("yaml").value.includes("steps:"));
for (const withRecords of [false, true]) {
  if (withRecords) {
    await page.fill("#yaml", "");
    await page.check("#with-records");
    await see("with the records", page, () => document.getElementById("yaml").value.includes("records:"));
  }
  const [download] = await Promise.all([page.waitForEvent("download"), page.click("#download")]);
  const file = join(folder, "saved", download.suggestedFilename());
  await download.saveAs(file);
  const lint = spawnSync(understudy, ["lint", file], { encoding: "utf8" });
  check("lint accepts the saved scenario" + (withRecords ? " with its records" : ""), lint.status === 0, lint.stderr + lint.stdout + readFileSync(file, "utf8"));
  if (!withRecords) continue;
  const verify = spawnSync(understudy, ["verify", file], { encoding: "utf8" });
  check("and it passes", verify.status === 0, verify.stdout + verify.stderr);
}
if (process.env.PICTURES) await page.screenshot({ path: join(process.env.PICTURES, "scenario.png") });
await page.keyboard.press("Escape");

// --- faults, clock, records, snapshots, limits -------------------------------------------------------------------------------
await page.click("#tab-faults");
await page.selectOption("#panel-faults [name=on]", "veeqo.createProduct");
await page.selectOption("#panel-faults [name=phase]", "after_commit");
await page.fill("#panel-faults [name=status]", "502");
await page.click("#panel-faults button.main");
await see("the fault is listed", page, () => document.getElementById("panel-faults").innerText.includes("phase: after_commit"));
check("the armed fault hits the next call", (await send("POST", "/veeqo/products", product("K-2"))).status === 502);
check("and only that", (await send("POST", "/veeqo/products", product("K-3"))).status === 201);
await page.click("#tab-requests");
await see("the list shows the fault", page, () => document.getElementById("list").innerText.includes("fault status"));

await page.click("#tab-time");
await page.click("#panel-time button:has-text('+1h')");
await see("the clock is advanced", page, () => document.getElementById("now").textContent.startsWith("2026-03-02T10:00:00"));
await page.fill("#panel-time [name=requests]", "5000");
await page.selectOption("#panel-time [name=api]", "veeqo");
await page.click("#panel-time button:has-text('Set limit')");
await see("the limit is set", page, () => document.getElementById("panel-time").innerText.includes("requests: 5000"));
await page.click("#panel-time button:has-text('No limit')");

await page.click("#tab-records");
await page.selectOption("#panel-records select", "veeqo.products");
await page.click('#panel-records details[data-key="7"] summary');
await page.fill('#panel-records details[data-key="7"] textarea', '{"title": "Bright lamp"}');
await page.click('#panel-records details[data-key="7"] button.main');
await see("a record is changed", page, () => document.getElementById("panel-records").innerText.includes("Bright lamp"));
check("and clients see it", (await (await send("GET", "/veeqo/products/7")).json()).title === "Bright lamp");
{
  let answer;  // holds back the view's own call until something is typed
  const asked = new Promise((done) => page.route("**/records/veeqo/products", async (route) => { done(); await new Promise((go) => { answer = go; }); await route.continue(); }));
  await send("GET", "/veeqo/products/7");
  await asked;
  await page.fill("#panel-records [name=seed]", "half typed");
  const answered = page.waitForResponse("**/records/veeqo/products");
  answer();
  await answered;
  await page.unroute("**/records/veeqo/products");
  await page.evaluate(() => new Promise((drawn) => setTimeout(drawn, 50)));
  check("a request that arrives does not empty a form", (await page.inputValue("#panel-records [name=seed]")) === "half typed");
}
await page.fill("#panel-records [name=seed]", '[{"title": "Mug", "id": 77}]');
await page.click("#panel-records button:has-text('Seed')");
await see("a record is seeded", page, () => document.querySelector('#panel-records details[data-key="77"]') !== null);
await page.fill("#panel-records [name=seed]", "{");
await page.click("#panel-records button:has-text('Seed')");
await see("a mistake is reported", page, () => document.getElementById("toast").className === "bad" && document.getElementById("toast").textContent !== "");

await page.click("#tab-snapshots");
await page.fill("#panel-snapshots [name=name]", "two lamps");
await page.click("#panel-snapshots button.main");
await see("a snapshot is taken", page, () => document.getElementById("panel-snapshots").innerText.includes("two lamps"));
await page.click("#tab-tenants");
await page.click('#panel-tenants [aria-label="Reset lamp"]');
await see("a tenant is reset", page, () => document.getElementById("toast").textContent === "Reset lamp");
check("and clients see it", (await (await send("GET", "/veeqo/products/7")).json()).title === "Lamp");
await page.click("#tab-snapshots");
await page.click('#panel-snapshots [aria-label="Restore two lamps"]');
await see("a snapshot is restored", page, () => document.getElementById("toast").textContent === "Restored");
check("and clients see that, too", (await (await send("GET", "/veeqo/products/7")).json()).title === "Bright lamp");

await page.click("#tab-history");
await see("the timeline says what made a commit", page, () => document.getElementById("panel-history").innerText.includes("admin.restoreSnapshot"));
const reset = page.locator("#panel-history tr", { hasText: "admin.resetTenant" });
await reset.locator("summary").click();
await see("the difference to now names the record", page, () => document.querySelector("#panel-history details[open] ul")?.innerText.includes("Bright lamp"));
await reset.locator("summary").click();
await reset.getByRole("button", { name: /Restore to commit/ }).click();
await see("a commit is restored", page, () => document.getElementById("toast").textContent === "Restored");
check("and clients see it", (await (await send("GET", "/veeqo/products/7")).json()).title === "Lamp");
await page.click("#tab-snapshots");
await page.click('#panel-snapshots [aria-label="Restore two lamps"]');
await see("what came before is back", page, () => document.getElementById("toast").textContent === "Restored");
await page.focus("#tab-snapshots");
await page.keyboard.press("ArrowLeft");
check("arrows move between the views", await page.evaluate(() => document.activeElement.id === "tab-time" && document.activeElement.getAttribute("aria-selected") === "true"));

// --- pictures, accessibility -------------------------------------------------------------------------------------------------
const sizes = { desktop: { width: 1280, height: 860 }, phone: { width: 390, height: 800 } };
for (const [name, viewport] of Object.entries(sizes)) {
  for (const colorScheme of ["light", "dark"]) {
    for (const [view, path] of [["landing", "/"], ["requests", "/__admin/console"], ["detail", "/__admin/console"], ...["tenants", "records", "faults", "time", "snapshots", "history"].map((tab) => [tab, "/__admin/console#" + tab + "/lamp"])]) {
      const shot = await open(path, { viewport, colorScheme });
      if (view !== "landing") await shot.waitForSelector("html[data-ready]");
      if (view === "detail") {
        await rows(shot).filter({ hasText: "prodcts" }).click();
        await shot.waitForSelector("#misses pre");
        if (name === "phone") check("the detail covers the list on the " + name, await shot.evaluate(() => { const box = document.getElementById("detail").getBoundingClientRect(); return document.elementFromPoint(box.left + box.width / 2, box.top + 60).closest("#detail") !== null && box.height > 500; }));
      }
      if (!["landing", "requests", "detail"].includes(view)) await shot.waitForFunction((tab) => document.getElementById("panel-" + tab).childElementCount > 0, view);
      const wide = await shot.evaluate(() => document.documentElement.scrollWidth > innerWidth);
      check(`${view} fits the ${name}, ${colorScheme}`, !wide && shot.trouble.length === 0, shot.trouble);
      const flaws = await shot.evaluate(findFlaws);
      check(`${view} can be read and named, ${name}, ${colorScheme}`, flaws.length === 0, flaws);
      if (process.env.PICTURES) await shot.screenshot({ path: join(process.env.PICTURES, `${view}-${name}-${colorScheme}.png`) });
      await shot.context().close();
    }
  }
}
// Names of controls, and WCAG's contrast of the text that is seen.
function findFlaws() {
  const flaws = [];
  for (const one of document.querySelectorAll("button, input, select, textarea, a[href], [role=listbox]")) {
    const label = one.labels && one.labels[0] ? one.labels[0].textContent : "";
    if (!(one.getAttribute("aria-label") || one.textContent || label || "").trim()) flaws.push("no name: " + one.outerHTML.slice(0, 80));
  }
  const parse = (color) => (color.match(/[\d.]+/g) || []).map(Number);
  const light = ([r, g, b]) => { const part = (v) => { v /= 255; return v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; }; return 0.2126 * part(r) + 0.7152 * part(g) + 0.0722 * part(b); };
  const behind = (element) => { for (let one = element; one; one = one.parentElement) { const color = parse(getComputedStyle(one).backgroundColor); if (color.length === 3 || color[3] > 0.5) return color; } return [255, 255, 255]; };
  for (const element of document.querySelectorAll("body *")) {
    const own = [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim());
    if (!own || element.disabled || !element.getClientRects().length) continue;
    const [a, b] = [light(parse(getComputedStyle(element).color)), light(behind(element))].sort((x, y) => y - x);
    if ((a + 0.05) / (b + 0.05) < 4.5) flaws.push("contrast " + ((a + 0.05) / (b + 0.05)).toFixed(2) + ": " + element.textContent.trim().slice(0, 40));
  }
  return flaws.slice(0, 10);
}

// --- many requests -----------------------------------------------------------------------------------------------------------
await page.click("#tab-requests");
await page.selectOption("#tenant", "");
const begin = performance.now();
for (let i = 0; i < 10000; i += 50) await Promise.all(Array.from({ length: 50 }, () => send("GET", "/veeqo/products/7").then((answer) => answer.arrayBuffer())));
await see("10,000 requests arrive", page, () => parseInt(document.getElementById("count").textContent, 10) >= 10000);
console.log(`10,000 requests were sent and shown in ${Math.round(performance.now() - begin)} ms`);
check("only the rows in view exist", (await rows(page).count()) < 100, await rows(page).count());
const longest = await page.evaluate(async () => {
  const list = document.getElementById("list");
  let longest = 0, last = performance.now();
  for (let i = 0; i < 60; i++) {
    list.scrollTop = (list.scrollHeight / 60) * i;
    await new Promise(requestAnimationFrame);
    longest = Math.max(longest, performance.now() - last);
    last = performance.now();
  }
  return longest;
});
console.log(`the longest frame of scrolling was ${Math.round(longest)} ms`);
check("scrolling through them is smooth", longest < 250 * slow, longest);
const search = await page.evaluate(() => { const input = document.getElementById("search"); input.value = "no such"; const begin = performance.now(); input.dispatchEvent(new Event("input")); return performance.now() - begin; });
check("so is a search", search < 250 * slow, search);
check("the console runs without trouble", page.trouble.length === 0, page.trouble);

// --- the server goes and comes back ------------------------------------------------------------------------------------------
server.kill("SIGTERM");
await see("the console says that the server is gone", page, () => document.getElementById("live").textContent.startsWith("not connected"));
await browser.close();
console.log(failures ? failures + " FAILED" : "all passed");
process.exit(failures ? 1 : 0);
