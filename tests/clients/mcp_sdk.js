// The official client of the Model Context Protocol from npm, unmodified, with `understudy mcp`. Run by CTest where node and the package are
// there (NODE_PATH), else skipped (77).
//   npm install --prefix /some/folder @modelcontextprotocol/sdk
//   NODE_PATH=/some/folder/node_modules node tests/clients/mcp_sdk.js build/release/understudy
'use strict';
const assert = require('assert');

let Client, StdioClientTransport;
try {
  ({ Client } = require('@modelcontextprotocol/sdk/client/index.js'));
  ({ StdioClientTransport } = require('@modelcontextprotocol/sdk/client/stdio.js'));
} catch (error) {
  console.log('skipped: @modelcontextprotocol/sdk is not installed');
  process.exit(77);
}

async function main() {
  const client = new Client({ name: 'test', version: '1' });
  await client.connect(new StdioClientTransport({ command: process.argv[2], args: ['mcp'] }));
  assert.strictEqual(client.getServerVersion().name, 'understudy');
  await client.ping();
  const { tools } = await client.listTools();
  console.log('tools:', tools.map((tool) => tool.name).join(' '));
  const call = async (name, given) => {
    const result = await client.callTool({ name, arguments: given });
    assert.ok(!result.isError, result.content[0].text);
    return result.content[0].text;
  };
  const url = JSON.parse(await call('get_mock', {})).apis.veeqo;
  await call('arm_fault', { fault: { kind: 'status', status: 503, on: 'veeqo.listTags', call: 1 } });
  const status = (await fetch(url + '/tags', { headers: { 'x-api-key': 'demo' } })).status;
  assert.strictEqual(status, 503);
  assert.ok((await call('read_journal', { tenant: 'demo', limit: 1 })).includes('"status": 503'));
  assert.ok((await call('explain', { name: 'veeqo.listTags' })).startsWith('veeqo.listTags'));
  assert.match(await call('verify', { run: ['veeqo/*tag*'] }), /passed, 0 failed/);
  assert.strictEqual((await client.callTool({ name: 'verify', arguments: { target: 'http://example.com' } })).isError, true);
  await assert.rejects(client.callTool({ name: 'fly', arguments: {} }), { code: -32602 });
  await client.close();
  console.log('all passed');
}
main().catch((error) => { console.error(error); process.exit(1); });
