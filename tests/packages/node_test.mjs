// The npm helper against the program that UNDERSTUDY_PROGRAM names, or the one inside the installed package: node --test node_test.mjs
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';

const require = createRequire(import.meta.url);
const helper = process.env.UNDERSTUDY_HELPER ?? 'understudy';
const understudy = require(helper);
const scenario = join(import.meta.dirname ?? new URL('.', import.meta.url).pathname, '../../packages/examples/product-retry.yaml');

let mock;
before(async () => { mock = await understudy.start({ scenarios: scenario }); });
after(() => mock?.stop());

const product = (sku) => ({ title: 'Lamp', product_variants_attributes: [{ title: '', price: 10, sku_code: sku }] });

function create(key, sku = 'L-1') {
  return fetch(`${mock.apiUrl('veeqo')}/products`, {
    method: 'POST', headers: { 'x-api-key': key, 'Content-Type': 'application/json' }, body: JSON.stringify(product(sku)),
  });
}

test('an ES module imports the same functions', async () => {
  const module = await import(require.resolve(helper));
  assert.equal(module.start, understudy.start);
  assert.equal(module.default.start, understudy.start);
});

test('a scenario file is a tenant with its faults', async () => {
  const tenant = mock.tenant('product-retry');
  await assert.rejects(create(tenant.key), TypeError);
  assert.equal((await tenant.records('veeqo.products')).length, 1);
  const [exchange] = await tenant.requests();
  assert.equal(exchange.fault.kind, 'close');
  assert.equal(exchange.committed[0].kind, 'created');
});

test('a tenant is created, counted, reset and removed', async () => {
  const tenant = await mock.stageTenant('t 1/ä', { api: 'veeqo', ids: { product: 500 } });
  assert.deepEqual([tenant.username, tenant.password, tenant.key], ['t 1/ä', 'demo', 't 1/ä']);
  await mock.stageTenant('plain', { api: 'veeqo', credentials: { key: 'k-1' } });
  const plain = (await mock.tenants()).find(({ name }) => name === 'plain');
  assert.equal((await create('k-1')).status, 201);
  assert.equal(await plain.count('veeqo.createProduct', 'product_created'), 1);
  assert.equal(await tenant.count('veeqo.createProduct'), 0);
  assert.equal(await plain.count('veeqo.listProducts'), 0);
  await plain.clearRequests();
  assert.deepEqual(await plain.requests(), []);
  await plain.reset();
  assert.deepEqual(await plain.records('veeqo/products'), []);
  await plain.remove();
  await assert.rejects(plain.requests(), { name: 'UnderstudyError', status: 404 });
});

test('records are seeded and a snapshot restores them', async () => {
  const tenant = await mock.stageTenant('seeded', { api: 'veeqo' });
  await tenant.seed('veeqo.products', [{ title: 'Mug' }, { title: 'Cup' }]);
  await tenant.snapshot('two');
  await mock.admin('DELETE', '/tenants/seeded/records/veeqo/products');
  assert.equal((await tenant.records('veeqo.products')).length, 0);
  await tenant.restore('two');
  assert.deepEqual((await tenant.records('veeqo.products')).map(({ title }) => title), ['Mug', 'Cup']);
});

test('a commit is restored and forked', async () => {
  const kept = await understudy.start({ args: ['--history', '100'] });
  try {
    const tenant = await kept.stageTenant('kept', { api: 'veeqo' });
    await tenant.seed('veeqo.products', [{ title: 'Mug' }]);
    const { number } = (await tenant.commits()).find((commit) => commit.made_by === 'admin.seedRecords');
    await tenant.admin('DELETE', '/records/veeqo/products');
    const copy = await tenant.fork(number, 'copy');
    const titles = async (one) => (await one.records('veeqo.products')).map(({ title }) => title);
    assert.deepEqual(await titles(copy), ['Mug']);
    assert.deepEqual(await titles(tenant), []);
    await tenant.restoreCommit(number);
    assert.deepEqual(await titles(tenant), ['Mug']);
  } finally {
    await kept.stop();
  }
});

test('faults are armed, listed and cleared', async () => {
  const tenant = await mock.stageTenant('faulty', { api: 'veeqo' });
  assert.equal((await tenant.armFault({ on: 'createProduct', call: 1, kind: 'status', status: 503 })).length, 1);
  assert.equal((await create(tenant.key)).status, 503);
  assert.equal((await tenant.faults())[0].seen, 1);
  await tenant.armFault([{ on: 'createProduct', kind: 'reset' }]);
  await tenant.clearFaults();
  assert.equal((await create(tenant.key)).status, 201);
  await assert.rejects(tenant.armFault({ on: 'createProdukt', kind: 'reset' }), (error) => error.code === 'unknown-operation' && error.status === 400);
});

test('the clock stands where it is set, and a token expires', async () => {
  const tenant = await mock.stageTenant('timed', { api: 'sellercloud', clock: '2026-03-02T09:00:00Z' });
  await tenant.advance('61m');
  await tenant.advance(1500);
  assert.equal((await tenant.now()).toISOString(), '2026-03-02T10:01:01.500Z');
  await tenant.setClock(new Date('2027-01-01T00:00:00Z'));
  assert.equal((await tenant.now()).toISOString(), '2027-01-01T00:00:00.000Z');
  const login = await fetch(`${mock.apiUrl('sellercloud')}/rest/api/token`, {
    method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ Username: tenant.username, Password: tenant.password }),
  });
  const { access_token: token } = await login.json();
  const orders = () => fetch(`${mock.apiUrl('sellercloud')}/rest/api/Orders`, { headers: { Authorization: `Bearer ${token}` } });
  assert.equal((await orders()).status, 200);
  await tenant.expireTokens();
  assert.equal((await orders()).status, 401);
});

test('limits are set', async () => {
  const tenant = await mock.stageTenant('limited', { api: 'veeqo' });
  await tenant.setLimits({ requests: 1, per: '1h' });
  assert.deepEqual([(await create(tenant.key)).status, (await create(tenant.key, 'L-2')).status], [201, 429]);
});

test('the mock has no findings about itself', async () => { assert.deepEqual(await mock.findings(), []); });

test('a mistake in a scenario is the error of start', async () => {
  const file = join(mkdtempSync(join(tmpdir(), 'understudy-')), 'wrong.yaml');
  writeFileSync(file, 'understudy: 1\nscenario: x\napi: veeqo\nsteps: [{ send: nothing }]\n');
  await assert.rejects(understudy.start({ scenarios: [file] }), (error) => error.code === 'start-failed' && /wrong\.yaml:4:/.test(error.message));
  await assert.rejects(understudy.start({ program: '/nowhere/understudy' }), { code: 'no-program' });
});

test('the options of start reach the program', async () => {
  const own = await understudy.start({ api: 'veeqo', profile: 'observed', args: ['--no-demo'], env: { UNDERSTUDY_ADMIN_TOKEN: 'secret' } });
  assert.deepEqual(await own.tenants().then((list) => list.map(({ name }) => name).filter((name) => name === 'demo')), []);
  assert.equal((await fetch(`${own.url}/products`)).status, 401);
  assert.equal((await fetch(`${own.url}/__admin/tenants`)).status, 401);
  await own.stop();
  await own.stop();
  await assert.rejects(fetch(own.url));
});

test('a mock that is not stopped ends with its process', () => {
  const script = `require(${JSON.stringify(require.resolve(helper))}).start().then((mock) => console.log(mock.url))`;
  const url = execFileSync(process.execPath, ['-e', script], { encoding: 'utf8', timeout: 20_000 }).trim();
  return assert.rejects(fetch(url));
});
