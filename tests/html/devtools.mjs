// Chromium over its DevTools pipe, without packages of npm: enough to open a page, run a script in it and take a picture.
//   const browser = await startBrowser("/usr/bin/chromium");
//   const page = await browser.open(url, { width: 390, height: 844, dark: true });
//   await page.until("document.querySelector('#list .row')");   // until the expression is true; throws after 10 seconds
//   await page.run("document.title");                           // its value; a promise is awaited
//   writeFileSync("page.png", await page.picture());
//   await browser.end();
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export async function startBrowser(program) {
  const profile = mkdtempSync(join(tmpdir(), "understudy-chromium-"));
  const options = ["--headless=new", "--disable-gpu", "--hide-scrollbars", "--no-first-run", "--remote-debugging-pipe", "--user-data-dir=" + profile];
  if (process.getuid() === 0) options.push("--no-sandbox");
  const browser = spawn(program, options, { stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"] });
  const ended = new Promise((done) => browser.once("exit", done));
  const send = connect(browser, ended);

  async function open(url, { width, height, dark = false }) {
    const { targetId } = await send("Target.createTarget", { url: "about:blank" });
    const { sessionId } = await send("Target.attachToTarget", { targetId, flatten: true });
    const call = (method, params = {}) => send(method, params, sessionId);
    await call("Emulation.setDeviceMetricsOverride", { width, height, deviceScaleFactor: 1, mobile: width < 600 });
    await call("Emulation.setEmulatedMedia", { features: [{ name: "prefers-color-scheme", value: dark ? "dark" : "light" }] });
    async function run(expression) {
      const { result, exceptionDetails } = await call("Runtime.evaluate", { expression, awaitPromise: true, returnByValue: true });
      if (exceptionDetails) throw new Error(expression + ": " + (exceptionDetails.exception?.description ?? exceptionDetails.text));
      return result.value;
    }
    async function until(expression) {
      const deadline = Date.now() + 10000;
      while (!(await run(`Boolean(document.readyState === "complete" && (${expression}))`))) {
        if (Date.now() > deadline) throw new Error("still false after 10 seconds: " + expression);
        await new Promise((again) => setTimeout(again, 50));
      }
    }
    await call("Page.navigate", { url });
    await until(`location.href !== "about:blank"`);
    const picture = async () => Buffer.from((await call("Page.captureScreenshot", { format: "png" })).data, "base64");
    return { run, until, picture, close: () => send("Target.closeTarget", { targetId }) };
  }
  async function end() {
    send("Browser.close").catch(() => {});
    await ended;
    rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
  }
  return { open, end };
}

// Messages are JSON, each followed by a zero byte.
function connect(browser, ended) {
  const [, , , input, output] = browser.stdio, waiting = new Map();
  let last = 0, rest = "";
  output.setEncoding("utf8");
  output.on("data", (text) => {
    const messages = (rest + text).split("\0");
    rest = messages.pop();
    for (const { id, result, error } of messages.map((message) => JSON.parse(message))) {
      const answer = waiting.get(id);
      waiting.delete(id);
      if (error) answer?.reject(new Error(error.message));
      else answer?.resolve(result);
    }
  });
  ended.then((code) => { for (const { reject } of waiting.values()) reject(new Error("chromium ended with " + code)); });
  return (method, params = {}, sessionId = undefined) => new Promise((resolve, reject) => {
    waiting.set(++last, { resolve, reject });
    input.write(JSON.stringify({ id: last, method, params, sessionId }) + "\0");
  });
}
