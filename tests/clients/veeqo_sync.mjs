// How a sync program reads and writes Veeqo: lists as axios writes them, windows by time, a retry on 5xx and on the empty 429, purchase
// orders received line by line. `node veeqo_sync.mjs PROGRAM`, run by CTest. In profile documented the same calls are accepted.
import assert from 'node:assert';
import { spawn } from 'node:child_process';

// {channel_ids: [1, 2]} as channel_ids[]=1&channel_ids[]=2
const write = (query) => Object.entries(query).flatMap(([name, value]) => (Array.isArray(value)
  ? value.map((one) => `${encodeURIComponent(`${name}[]`)}=${encodeURIComponent(one)}`)
  : [`${encodeURIComponent(name)}=${encodeURIComponent(value)}`])).join('&');

class Veeqo {
  constructor(base) {
    this.base = base;
    this.repeated = 0;
  }

  async call(method, path, { query = {}, body } = {}) {
    for (let attempt = 1; ; attempt += 1) {
      const response = await fetch(`${this.base}${path}?${write(query)}`, {
        method, headers: { 'x-api-key': 'demo', 'Content-Type': 'application/json' }, body: body && JSON.stringify(body),
      });
      const text = await response.text();
      if ((response.status >= 500 || response.status === 429) && attempt < 4) {
        this.repeated += 1;
        continue;
      }
      return { status: response.status, total: response.headers.get('x-total-count'), data: text ? JSON.parse(text) : null };
    }
  }
}

async function main(url, profile) {
  const veeqo = new Veeqo(`${url}/veeqo`);
  const fault = { on: 'veeqo.listWarehouses', kind: 'throttle', times: 1 };
  await fetch(`${url}/__admin/faults`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(fault) });

  const product = (await veeqo.call('POST', '/products', { body: { title: 'Lamp', product_variants_attributes: [{ title: '', price: 10, sku_code: 'L-1' }] } })).data;
  const sellable = product.sellables[0].id;
  assert.strictEqual('requires_review' in product, profile === 'observed');
  const warehouse = (await veeqo.call('GET', '/warehouses')).data[0].id;
  const supplier = (await veeqo.call('POST', '/suppliers', { body: { name: 'Acme' } })).data.id;
  const stores = [];
  for (const name of ['Phone', 'Counter']) stores.push((await veeqo.call('POST', '/channels', { body: { name, type_code: 'retail' } })).data.id);
  const method = (await veeqo.call('GET', '/delivery_methods')).data[0].id;

  const order = (channel) => ({
    order: {
      channel_id: channel, delivery_method_id: method, customer_attributes: { email: 'ada@shop.example' }, deliver_to_attributes: { city: 'Leeds', country: 'GB' },
      line_items_attributes: [{ sellable_id: sellable, quantity: 2 }],
    },
  });
  for (const channel of [...stores, 44730]) assert.strictEqual((await veeqo.call('POST', '/orders', { body: order(channel) })).status, 201);
  const found = await veeqo.call('GET', '/orders', { query: { channel_ids: stores, page_size: 100 } });
  assert.deepStrictEqual(found.data.map((one) => one.channel.id), [stores[1], stores[0]]);
  assert.strictEqual(found.total, '2');

  const since = (when) => veeqo.call('GET', '/orders', { query: { updated_at_min: when } }).then((one) => one.data.length);
  assert.strictEqual(await since('2001-01-01 00:00:00'), 3);
  assert.strictEqual(await since('2101-01-01 00:00:00'), 0);
  const newest = (await veeqo.call('GET', '/orders', { query: { page_size: 1 } })).data[0].id;
  assert.strictEqual((await veeqo.call('GET', '/orders', { query: { since_id: newest } })).data.length, 0);

  const bought = (await veeqo.call('POST', '/purchase_orders', {
    body: { purchase_order: { supplier_id: supplier, destination_warehouse_id: warehouse, purchase_order_product_variants_attributes: [{ product_variant_id: sellable, quantity: 5, cost: 4 }] } },
  })).data;
  const line = bought.purchase_order_product_variants[0].id;
  const receive = (quantity) => veeqo.call('PUT', `/purchase_orders/${bought.id}`, {
    body: { purchase_order: { purchase_order_product_variants_attributes: [{ id: line, received_quantity: quantity }] } },
  });
  assert.strictEqual((await receive(2)).data.purchase_order_product_variants[0].received_quantity, 2);
  assert.strictEqual((await receive(3)).data.purchase_order_product_variants[0].received_quantity, 5);
  const entry = (await veeqo.call('GET', `/sellables/${sellable}/warehouses/${warehouse}/stock_entry`)).data;
  assert.deepStrictEqual([entry.physical_stock_level, entry.allocated_stock_level, entry.available_stock_level], [5, 6, -1]);
  assert.strictEqual(veeqo.repeated, 1);
  console.log(`${profile}: 3 orders, 5 received, repeated ${veeqo.repeated} calls`);
}

for (const profile of ['observed', 'documented']) {
  const server = spawn(process.argv[2], ['serve', '-p', '0', '--print-url', '--profile', profile], { stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    const url = await new Promise((resolve, reject) => {
      server.stdout.once('data', (data) => resolve(String(data).trim()));
      server.once('exit', (code) => reject(new Error(`serve ended with ${code}`)));
    });
    await main(url, profile);
  } finally {
    server.kill();
  }
}
