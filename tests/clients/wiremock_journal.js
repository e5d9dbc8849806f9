// wiremock-rest-client from npm, unmodified, against `understudy serve`: the journal part of its API. Run by CTest where node
// and the package are there (NODE_PATH), else skipped (77).
//   npm install --prefix /some/folder wiremock-rest-client
//   NODE_PATH=/some/folder/node_modules node tests/clients/wiremock_journal.js build/release/understudy
'use strict';
const assert = require('assert');
const { spawn } = require('child_process');

let WireMockRestClient;
try {
  ({ WireMockRestClient } = require('wiremock-rest-client'));
} catch (error) {
  console.log('skipped: wiremock-rest-client is not installed');
  process.exit(77);
}

const server = spawn(process.argv[2], ['serve', '-p', '0', '--print-url'], { stdio: ['ignore', 'pipe', 'inherit'] });
const started = new Promise((resolve, reject) => {
  server.stdout.once('data', (data) => resolve(String(data).trim()));
  server.once('exit', (code) => reject(new Error(`serve ended with ${code}`)));
});

async function main() {
  const url = await started;
  const client = new WireMockRestClient(url, { logLevel: 'silent' });
  const quiet = new WireMockRestClient(url, { logLevel: 'silent', continueOnFailure: true });
  const product = { title: 'Lamp', product_variants_attributes: [{ title: '', price: 12.5, sku_code: 'L-1' }] };
  const post = (path, key) => fetch(url + path, {
    method: 'POST', headers: { 'x-api-key': key, 'Content-Type': 'application/json' }, body: JSON.stringify(product),
  }).then((response) => response.status);
  assert.strictEqual(await post('/veeqo/products', 'demo'), 201);
  assert.strictEqual(await post('/veeqo/products', 'wrong'), 401);
  assert.strictEqual(await post('/veeqo/prodcts', 'demo'), 404);

  const all = await client.requests.getAllRequests();
  assert.strictEqual(all.meta.total, 3);
  assert.strictEqual(all.requestJournalDisabled, false);
  assert.strictEqual(all.requests[0].request.url, '/veeqo/prodcts');
  assert.strictEqual(all.requests[0].wasMatched, false);
  assert.strictEqual(all.requests[2].response.status, 201);
  assert.deepStrictEqual(JSON.parse(all.requests[2].request.body), product);
  console.log('getAllRequests:', all.requests.map((one) => `${one.response.status} ${one.request.method} ${one.request.url}`).join(', '));

  const creates = { method: 'POST', urlPath: '/veeqo/products', bodyPatterns: [{ matchesJsonPath: "$.product_variants_attributes[?(@.sku_code == 'L-1')]" }] };
  const count = await client.requests.getCount(creates);
  assert.strictEqual(count.count, 2);
  console.log('getCount:', JSON.stringify(count));
  const found = await client.requests.findRequests(creates);
  assert.deepStrictEqual(found.requests.map((one) => one.headers['x-api-key']), ['demo', 'wrong']);
  console.log('findRequests:', found.requests.length);

  const one = await client.requests.getRequest(all.requests[1].id);
  assert.strictEqual(one.understudy.decisions[0].answer, 'not_authorized');
  console.log('getRequest:', one.understudy.decisions[0].answer, one.understudy.decisions[0].answer_place);

  const unmatched = await client.requests.getUnmatchedRequests();
  assert.strictEqual(unmatched.requests.length, 1);
  const misses = await client.requests.getUnmatchedNearMisses();
  assert.strictEqual(misses.nearMisses[0].stubMapping.name, 'veeqo.createProduct');
  console.log('getUnmatchedNearMisses:', misses.nearMisses.map((miss) => `${miss.stubMapping.name} ${miss.matchResult.distance}`).join(', '));
  const byRequest = await client.requests.getNearMissesByRequest(unmatched.requests[0]);
  assert.deepStrictEqual(byRequest.nearMisses[0].matchResult, misses.nearMisses[0].matchResult);
  console.log('getNearMissesByRequest:', byRequest.nearMisses.length);
  const byPattern = await client.requests.getNearMissesByRequestPattern({ method: 'POST', url: '/veeqo/product' });
  assert.strictEqual(byPattern.nearMisses[0].request.url, '/veeqo/products');
  console.log('getNearMissesByRequestPattern:', byPattern.nearMisses.map((miss) => `${miss.request.url} ${miss.matchResult.distance}`).join(', '));

  const refusal = await quiet.requests.getCount({ bodyPatterns: [{ equalToXml: '<a/>' }] });
  assert.strictEqual(refusal.errors[0].source.pointer, '/bodyPatterns/0/equalToXml');
  console.log('an unsupported pattern:', refusal.errors[0].title);

  const removed = await client.requests.removeRequests({ headers: { 'x-api-key': { equalTo: 'wrong' } } });
  assert.strictEqual(removed.serveEvents.length, 1);
  await client.requests.deleteRequest(all.requests[0].id);
  assert.strictEqual((await client.requests.getAllRequests()).meta.total, 1);
  await client.requests.resetAllRequests();
  assert.strictEqual((await client.requests.getAllRequests()).meta.total, 0);
  await post('/veeqo/products', 'demo');
  await client.requests.deleteAllRequests();
  assert.deepStrictEqual((await client.requests.getAllRequests()).requests, []);
  console.log('removeRequests, deleteRequest, resetAllRequests, deleteAllRequests: done');
}

main().then(() => 0, (error) => { console.error(error); return 1; }).then((code) => {
  server.once('exit', () => process.exit(code));
  server.kill('SIGTERM');
});
