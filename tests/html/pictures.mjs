// The pictures of the documentation: the console and a report, on a desktop and on a phone, light and dark.
// usage: node pictures.mjs UNDERSTUDY REPORT FOLDER   (REPORT: a page of verify --report-html; ./dev pictures makes it)
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { startBrowser } from "./devtools.mjs";

const [, , understudy, report, folder] = process.argv;
const kinds = [
  { name: "desktop", width: 1200, height: 800 },
  { name: "phone", width: 390, height: 844 },
].flatMap((kind) => [false, true].map((dark) => ({ ...kind, dark, name: kind.name + (dark ? "-dark" : "-light") })));

const files = mkdtempSync(join(tmpdir(), "understudy-pictures-"));
writeFileSync(join(files, "lamp-shop.yaml"), `understudy: 1
scenario: Two lamps are on the shelf
api: veeqo
given:
  clock: "2026-03-02T09:00:00Z"
  records:
    products:
      - { id: 7, title: Desk lamp, notes: Brass }
      - { id: 8, title: Floor lamp, notes: Oak }
    suppliers: [{ id: 3, name: Lamps and Sons }]
steps: [{ send: listProducts, expect: { answer: product_list } }]
`);
writeFileSync(join(files, "order-desk.yaml"), `understudy: 1
scenario: Orders come in
api: sellercloud
given: { clock: "2026-03-02T09:00:00Z" }
steps: [{ send: authenticate, expect: { status: 200 } }]
`);
const server = spawn(understudy, ["serve", files, "-p", "0", "--print-url"], { stdio: ["ignore", "pipe", "inherit"] });
process.on("exit", () => { server.kill("SIGKILL"); rmSync(files, { recursive: true, force: true }); });
const url = await new Promise((done) => server.stdout.once("data", (text) => done(String(text).trim())));

async function send(method, path, body, headers = { "x-api-key": "lamp-shop" }) {
  try {
    return await fetch(url + path, { method, headers: { "Content-Type": "application/json", ...headers }, body: body && JSON.stringify(body) });
  } catch (error) {
    if (!path.startsWith("/veeqo")) throw error;  // the armed fault ends this connection
  }
}
const lamp = (title, price) => ({ title, product_variants_attributes: [{ title: "", price, sku_code: title.toUpperCase().replaceAll(" ", "-") }] });

// What a morning with a client looks like: successes, refusals, a wrong key, a lost reply, and last of all a misspelt path.
async function sendRequests() {
  const login = await (await send("POST", "/sellercloud/rest/api/token", { Username: "order-desk", Password: "demo" }, {})).json();
  const bearer = { Authorization: "Bearer " + login.access_token };
  const order = {
    CustomerDetails: { Email: "a@example.test", FirstName: "Ada", LastName: "Byron" },
    OrderDetails: { CompanyID: 163, Channel: "Website", OrderSourceOrderID: "W-1" },
  };
  await send("POST", "/sellercloud/rest/api/Orders/", order, bearer);
  await send("POST", "/sellercloud/rest/api/Orders/", order, bearer);
  await send("GET", "/veeqo/products?page_size=20&query=lamp");
  await send("GET", "/veeqo/products/7");
  await send("POST", "/veeqo/products", lamp("Table lamp", 24.5));
  await send("POST", "/veeqo/products", { title: "" });
  await send("PUT", "/veeqo/products/8", { product: { title: "Floor lamp, oak" } });
  await send("GET", "/veeqo/products", undefined, { "x-api-key": "expired-key" });
  await send("POST", "/__admin/tenants/lamp-shop/faults", { on: "veeqo.createProduct", call: 1, phase: "after_commit", kind: "reset" });
  await send("POST", "/veeqo/products", lamp("Wall lamp", 31));
  await send("POST", "/veeqo/products", lamp("Wall lamp", 31));
  await send("GET", "/veeqo/tags");
  await send("DELETE", "/__admin/tenants/lamp-shop/faults");
  await send("POST", "/__admin/tenants/lamp-shop/faults", { on: "veeqo.updateProduct", call: 1, phase: "before", kind: "status", status: 503 });
  await send("GET", "/veeqo/prodcts/7");
}

const browser = await startBrowser(process.env.CHROMIUM ?? "/usr/bin/chromium");
async function picture(page, name) {
  const wide = await page.run("document.documentElement.scrollWidth - document.documentElement.clientWidth");
  if (wide > 0) throw new Error(`${name}: the page is ${wide} pixels wider than the window`);
  writeFileSync(join(folder, name + ".png"), await page.picture());
}
const openMiss = `(() => { const row = [...document.querySelectorAll("#list .row")].find((one) => one.innerText.includes("prodcts")); row.querySelector(".target").click(); })()`;

async function takeConsole(kind) {
  const page = await browser.open(url + "/__admin/console", kind);
  await page.until(`document.documentElement.dataset.ready === "" && document.getElementById("live").textContent === "live"`);
  if (kind.name.startsWith("phone")) await picture(page, "console-requests-" + kind.name);
  await page.run(openMiss);
  await page.until(`document.querySelector("#misses details")`);
  await picture(page, (kind.name.startsWith("phone") ? "console-near-miss-" : "console-requests-") + kind.name);
  await page.run(`choose("lamp-shop"); showTab("faults")`);
  await page.until(`document.querySelector("#panel-faults table")`);
  await picture(page, "console-faults-" + kind.name);
  await page.run(`state.collection = "veeqo.products"; showTab("records")`);
  await page.until(`document.querySelector("#panel-records details")`);
  await page.run(`document.querySelector("#panel-records details").open = true`);
  await picture(page, "console-records-" + kind.name);
  await page.close();
}
async function takeReport(kind) {
  const page = await browser.open(pathToFileURL(resolve(report)).href, { ...kind, height: kind.width < 600 ? 1100 : 1180 });
  await page.until(`document.querySelector("#list .row")`);
  if (kind.name.startsWith("phone")) await picture(page, "report-" + kind.name);
  await page.run(`document.querySelector("#list .row").click()`);
  await page.until(`document.querySelector(".diff")`);
  if (kind.name.startsWith("phone")) await page.run(`document.querySelector(".step:has(.diff)").scrollIntoView()`);
  await picture(page, (kind.name.startsWith("phone") ? "report-diff-" : "report-") + kind.name);
  await page.close();
}

await sendRequests();
for (const kind of kinds) {
  await takeConsole(kind);
  await takeReport(kind);
}
await browser.end();
server.kill();
