// A real browser for tests of pages: Debian's chromium, driven by playwright-core. PLAYWRIGHT_CORE names the folder of playwright-core if it
// is not found by itself. Without either the test ends with 77, which CTest counts as skipped.
import { existsSync } from "node:fs";
import { createRequire } from "node:module";

const require = createRequire(import.meta.url);
export const browserPath = process.env.CHROMIUM || ["/usr/bin/chromium", "/usr/bin/chromium-browser"].find(existsSync);
export const chromium = loadChromium();

function loadChromium() {
  try {
    return require(process.env.PLAYWRIGHT_CORE || "playwright-core").chromium;
  } catch {
    return undefined;
  }
}

if (!browserPath || !chromium) {
  console.log("skipped: chromium or playwright-core is not installed (PLAYWRIGHT_CORE names its folder)");
  process.exit(77);
}
