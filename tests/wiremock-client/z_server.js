// Server, scenarios, mappings. Named to come last: it ends the mock.
const login = (url, name) =>
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
      await login(url, name);
      assert.strictEqual((await state()).state, 'Played');
      await reset();
      assert.strictEqual((await state()).state, 'Started');
    }
  },
  'a state that cannot be set is refused with a sentence': async (client, url, assert) => {
    const { scenarios } = await client.scenarios.getAllScenarios();
    const refusal = await client.scenarios.setScenarioState(scenarios[0].name, 'Shipped').catch((error) => error);
    assert.match(JSON.stringify(refusal) + String(refusal), /no-such-state|422/);
  },
  'operations are mappings that can be read': async (client, url, assert) => {
    const { mappings, meta } = await client.mappings.getAllMappings();
    assert.strictEqual(mappings.length, meta.total);
    assert.deepStrictEqual(await client.mappings.getMapping(mappings[0].id), mappings[0]);
    await client.mappings.resetAllMappings();
  },
  'a mapping cannot be created': async (client, url, assert) => {
    const refusal = await client.mappings.createMapping({ request: {}, response: {} }).catch((error) => error);
    assert.match(JSON.stringify(refusal) + String(refusal), /mappings-read-only|405/);
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
