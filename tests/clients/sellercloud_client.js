// A client of Sellercloud with the habits of programs that use axios: lists in brackets, filters as names, dates in ISO form, camel case in
// bodies. Against `understudy serve`; run by CTest where node is installed.
//   node tests/clients/sellercloud_client.js build/release/understudy
'use strict';
const assert = require('assert');
const { spawn } = require('child_process');

const server = spawn(process.argv[2], ['serve', '-p', '0', '--print-url', ...process.argv.slice(3)], { stdio: ['ignore', 'pipe', 'inherit'] });
const started = new Promise((resolve, reject) => {
  server.stdout.once('data', (data) => resolve(String(data).trim()));
  server.once('exit', (code) => reject(new Error(`serve ended with ${code}`)));
});

// { ids: [1, 2], page: 1 } becomes ids[]=1&ids[]=2&page=1, as axios writes it.
function write(params) {
  const pairs = Object.entries(params).flatMap(([name, value]) => (Array.isArray(value) ? value.map((one) => [`${name}[]`, one]) : [[name, value]]));
  return pairs.map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`).join('&');
}

class Client {
  constructor(url, tenant) {
    this.url = url;
    this.tenant = tenant;
  }

  async logIn() {
    const response = await fetch(`${this.url}/sellercloud/rest/api/token`, {
      method: 'POST', body: new URLSearchParams({ username: this.tenant, password: 'demo' }),
    });
    assert.strictEqual(response.status, 200);
    this.token = (await response.json()).access_token;
  }

  async call(method, path, { params, data } = {}) {
    if (!this.token) await this.logIn();
    for (let attempt = 0; ; ++attempt) {
      const response = await fetch(`${this.url}/sellercloud/rest/api/${path}${params ? `?${write(params)}` : ''}`, {
        method,
        headers: { Authorization: `Bearer ${this.token}`, 'Content-Type': 'application/json' },
        body: data === undefined ? undefined : JSON.stringify(data),
      });
      if (response.status === 401 && attempt === 0) await this.logIn();
      else if ([502, 503, 504].includes(response.status) && attempt < 3) continue;
      else {
        const text = await response.text();
        return { status: response.status, data: text === '' ? null : JSON.parse(text) };
      }
    }
  }

  async ok(method, path, options) {
    const answer = await this.call(method, path, options);
    assert.strictEqual(answer.status, 200, `${method} ${path}: ${JSON.stringify(answer)}`);
    return answer.data;
  }

  async admin(method, path, data) {
    const response = await fetch(`${this.url}/__admin/${path}`, { method, headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(data) });
    assert.ok(response.ok, `${path}: ${response.status} ${await response.text()}`);
  }
}

async function run(url, profile) {
  const client = new Client(url, `node-${profile}`);
  await client.admin('PUT', `tenants/${client.tenant}`, {
    api: 'sellercloud', profile, clock: '2026-03-02T09:00:00Z',
    faults: [{ on: 'getOrder', call: 1, kind: 'status', status: 503 }],
  });
  await client.ok('POST', 'Products', { data: { companyId: 163, productName: 'Lamp', productSKU: 'A-1', productTypeName: 'General', defaultPrice: 9 } });
  await client.ok('PUT', 'Inventory/AdjustPhysicalInventory', { data: { productID: 'A-1', adjustmentType: 'Add', qty: 5, reason: 'count' } });
  const order = (number) => ({
    customerDetails: { email: 'a@example.test', firstName: 'A', lastName: 'B' },
    orderDetails: { companyID: 163, channel: 'Website', orderSourceOrderID: number },
    products: [{ productID: 'A-1', qty: 1, sitePrice: 9 }],
  });
  const ids = [];
  for (const number of ['N-1', 'N-2', 'N-3']) {
    const created = await client.ok('POST', 'Orders', { data: order(number) });
    ids.push(typeof created === 'number' ? created : created.ID);
  }
  const two = await client.ok('GET', 'Orders', { params: { 'model.orderIDs': ids.slice(0, 2), 'model.channel': ['Website', 'Local_Store'] } });
  assert.deepStrictEqual(two.Items.map((one) => one.ID), [ids[1], ids[0]]);
  const later = await client.ok('GET', 'Orders', { params: { createdOnFrom: '2026-03-03' } });
  assert.strictEqual(later.TotalResults, 0);

  // The channel 21 is what real shops send: known to the live server, not to the document.
  const wholesale = await client.call('POST', 'Orders', { data: { ...order('N-4'), orderDetails: { companyID: 163, channel: 21 } } });
  assert.strictEqual(wholesale.status, profile === 'observed' ? 200 : 500);

  await client.admin('POST', `tenants/${client.tenant}/clock/advance`, { by: '61m' });
  const [stock] = (await client.ok('GET', 'Inventory', { params: { inventoryID: ['A-1'] } })).Items;
  assert.strictEqual(stock.PhysicalQty, 5);
  assert.ok(stock.InventoryAvailableQty < 5);
  await client.ok('PUT', 'Orders/ShippingStatus', { data: { orderID: ids[0], shippingCarrier: 'UPS', shippingService: 'Ground', trackingNumber: 'T-1' } });
  const read = await client.ok('GET', `Orders/${ids[0]}`);
  assert.strictEqual(read.Statuses.ShippingStatus, 3);
  const places = await client.ok('GET', 'Inventory/A-1/Warehouses');
  assert.strictEqual(places.find((one) => one.WarehouseID === 1).PhysicalQty, 4);

  const job = (await client.ok('POST', 'Catalog/Imports/Custom', { data: { fileContents: 'UHJvZHVjdElECg==', metadata: {}, format: 1 } })).ID;
  let status = 0;
  for (let i = 0; i < 20 && status !== 3; ++i) {
    status = (await client.ok('GET', 'QueuedJobs', { params: { jobID: job } })).Items[0].QueuedJobStatus;
    if (status !== 3) await client.admin('POST', `tenants/${client.tenant}/clock/advance`, { by: '5s' });
  }
  assert.strictEqual(status, 3);
  const unknown = await client.call('GET', 'Orders/1');
  assert.strictEqual(unknown.status, 404);
}

started
  .then(async (url) => {
    for (const profile of ['observed', 'documented']) {
      await run(url, profile);
      console.log(profile, 'passed');
    }
  })
  .catch((error) => {
    console.error(error);
    process.exitCode = 1;
  })
  .finally(() => server.kill());
