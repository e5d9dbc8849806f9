// Server, scenarios, mappings. Named to come last: it ends the mock.
const play = (url, name) =>
  fetch(new URL('/veeqo/products', url), { method: 'GET', headers: { 'x-api-key': name } }).then((reply) => reply.status);

module.exports = {
  'scenarios are listed with id, name, state and possible states': async (client, url, assert) => {
    const { scenarios } = await client.scenarios.getAllScenarios();
    assert.ok(scenarios.length > 0);
    for (const one of scenarios) {
      assert.ok(one.id && one.name);
      assert.ok(one.possibleStates.includes(one.state));
    }
  },
  'a scenario that was played goes back to Started, alone, all, and with a global reset': async (client, url, assert) => {
    const state = async () => (await client.scenarios.getAllScenarios()).scenarios.find((one) => one.api === 'veeqo');
    const { name } = await state();
    const resets = [
      () => client.scenarios.resetScenario(name),
      () => client.scenarios.setScenarioState(name, 'Started'),
      () => client.scenarios.resetAllScenarios(),
      () => client.global.resetAll(),
    ];
    for (const reset of resets) {
      await play(url, name);
      assert.strictEqual((await state()).state, 'Played');
      await reset();
      assert.strictEqual((await state()).state, 'Started');
    }
  },
  'a state that cannot be set is refused with a sentence': async (client, url, assert) => {
    const { scenarios } = await client.scenarios.getAllScenarios();
    const refusal = await client.scenarios.setScenarioState(scenarios[0].name, 'Shipped');
    assert.strictEqual(refusal.code, 'no-such-state');
    assert.ok(refusal.message);
  },
  'operations are mappings that can be read': async (client, url, assert) => {
    const { mappings, meta } = await client.mappings.getAllMappings();
    assert.strictEqual(mappings.length, meta.total);
    assert.deepStrictEqual(await client.mappings.getMapping(mappings[0].id), mappings[0]);
    await client.mappings.resetAllMappings();
  },
  'stubs answer what no contract covers': async (client, url, assert) => {
    const stub = { request: { method: 'GET', urlPathPattern: '/rates/[A-Z]+', queryParameters: { day: { equalTo: 'today' } } },
      response: { status: 203, jsonBody: { rate: 1.5 }, headers: { 'X-Rate': 'yes' } } };
    const made = await client.mappings.createMapping(stub);
    const ask = (path) => fetch(new URL(path, url));
    const answer = await ask('/rates/EUR?day=today');
    assert.deepStrictEqual([answer.status, answer.headers.get('X-Rate'), await answer.json()], [203, 'yes', { rate: 1.5 }]);
    assert.strictEqual((await ask('/rates/EUR?day=tomorrow')).status, 404);
    assert.deepStrictEqual(await client.mappings.getMapping(made.id), made);
    await client.mappings.updateMapping(made.id, { ...stub, response: { status: 418, body: 'tea' } });
    assert.strictEqual((await ask('/rates/EUR?day=today')).status, 418);
    const { requests } = await client.requests.getAllRequests();
    assert.strictEqual(requests[0].understudy.decisions[0].evidence, 'assumed');
    await client.mappings.deleteMapping(made.id);
    assert.strictEqual((await ask('/rates/EUR?day=today')).status, 404);
    await client.mappings.createMapping(stub);
    await client.mappings.deleteAllMappings();
    assert.strictEqual((await ask('/rates/EUR?day=today')).status, 404);
  },
  'a shutdown ends the mock': async (client, url, assert) => {
    await client.global.shutdown();
    for (let i = 0; i < 50; i += 1) {
      const alive = await fetch(new URL('/__admin/health', url)).then(() => true, () => false);
      if (!alive) return;
      await new Promise((done) => setTimeout(done, 100));
    }
    assert.fail('it still answers');
  },
};
