// Runs every part in this folder against the mock at the URL given; see README.md.
const assert = require('assert');
const fs = require('fs');
const path = require('path');
const { WireMockRestClient } = require('wiremock-rest-client');

async function main() {
  const url = process.argv[2];
  const client = new WireMockRestClient(url, { logLevel: 'silent' });
  let failed = 0;
  const parts = fs.readdirSync(__dirname).filter((name) => name.endsWith('.js') && name !== 'run.js').sort();
  for (const name of parts) {
    const checks = require(path.join(__dirname, name));
    for (const [title, check] of Object.entries(checks)) {
      try {
        await check(client, url, assert);
        console.log(`passed  ${name}  ${title}`);
      } catch (error) {
        failed += 1;
        console.log(`FAILED  ${name}  ${title}: ${error.message}`);
      }
    }
  }
  console.log(failed ? `${failed} failed` : 'all passed');
  process.exitCode = failed ? 1 : 0;
}

main();
