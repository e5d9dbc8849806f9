'use strict';
// Starts `understudy serve` and controls it through its admin API. index.d.ts describes every function.
const { spawn } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');

class UnderstudyError extends Error {
  constructor(message, { code, status, pointer } = {}) {
    super(message);
    this.name = 'UnderstudyError';
    this.code = code;
    this.status = status;
    this.pointer = pointer;
  }
}

function findProgram() {
  if (process.env.UNDERSTUDY_PROGRAM) return process.env.UNDERSTUDY_PROGRAM;
  const bundled = path.join(__dirname, 'program', 'bin', 'understudy');
  return fs.existsSync(bundled) ? bundled : 'understudy';
}

function argumentsOf({ scenarios = [], contracts, profile, api, args = [] }) {
  const list = ['serve', '--port', '0', '--print-url'];
  if (contracts) list.push('--contracts', contracts);
  if (profile) list.push('--profile', profile);
  if (api) list.push('--api', api);
  return [...list, ...args, ...[scenarios].flat()];
}

// The first line of standard output is the URL; a program that ends before has said why on standard error.
function readUrl(child, timeout) {
  return new Promise((resolve, reject) => {
    let out = '', errors = '';
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      reject(new UnderstudyError(`understudy did not start within ${timeout} ms\n${errors}`, { code: 'start-timeout' }));
    }, timeout);
    child.stdout.setEncoding('utf8').on('data', (text) => {
      out += text;
      if (!out.includes('\n')) return;
      clearTimeout(timer);
      resolve(out.slice(0, out.indexOf('\n')));
    });
    child.stderr.setEncoding('utf8').on('data', (text) => { errors = (errors + text).slice(-65536); });
    child.once('error', (error) => {
      clearTimeout(timer);
      reject(new UnderstudyError(`'${child.spawnfile}' cannot be started: ${error.message}`, { code: 'no-program' }));
    });
    child.once('close', (code, signal) => {
      clearTimeout(timer);
      reject(new UnderstudyError(errors.trim() || `understudy ended with ${signal ?? code}`, { code: 'start-failed' }));
    });
  });
}

async function start(options = {}) {
  const env = { ...process.env, ...options.env };
  const child = spawn(options.program ?? findProgram(), argumentsOf(options), { stdio: ['ignore', 'pipe', 'pipe'], env, cwd: options.cwd });
  const kill = () => child.kill('SIGKILL');
  process.once('exit', kill);
  child.once('close', () => process.removeListener('exit', kill));
  const url = await readUrl(child, options.timeout ?? 30_000);
  for (const handle of [child, child.stdout, child.stderr]) handle.unref();  // a mock that was not stopped keeps no process alive
  return new Mock(child, url, env.UNDERSTUDY_ADMIN_TOKEN);
}

const part = encodeURIComponent;
const collectionPath = (collection) => collection.split(/[./]/).map(part).join('/');

class Mock {
  #child;
  #token;

  constructor(child, url, token) {
    this.#child = child;
    this.#token = token;
    this.url = url;
  }

  apiUrl(api) { return `${this.url}/${api}`; }

  async admin(method, path, body) {
    const headers = { 'Content-Type': 'application/json' };
    if (this.#token) headers.Authorization = `Bearer ${this.#token}`;
    const content = body === undefined ? undefined : JSON.stringify(body);
    const response = await fetch(`${this.url}/__admin${path}`, { method, headers, body: content });
    const text = await response.text();
    const json = text ? JSON.parse(text) : undefined;
    if (!response.ok) {
      const { code, message = text, pointer } = json ?? {};
      throw new UnderstudyError(`${method} ${path}: ${message} [${code ?? response.status}]`, { code, status: response.status, pointer });
    }
    return json;
  }

  tenant(name) { return new Tenant(this, name); }

  async stageTenant(name, given = {}) {
    await this.admin('PUT', `/tenants/${part(name)}`, given);
    return new Tenant(this, name, given.credentials);
  }

  async tenants() { return (await this.admin('GET', '/tenants')).tenants.map(({ name }) => new Tenant(this, name)); }
  async count(operation, answer) { return countRequests(this, { operation, answer }); }
  async clearRequests() { await this.admin('DELETE', '/requests'); }
  async reset() { await this.admin('POST', '/reset'); }
  async findings() { return (await this.admin('GET', '/findings')).findings; }

  async stop() {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = new Promise((resolve) => this.#child.once('close', resolve));
    this.#child.ref();
    this.#child.kill('SIGTERM');
    await ended;
  }
}
if (Symbol.asyncDispose) Mock.prototype[Symbol.asyncDispose] = Mock.prototype.stop;

async function countRequests(mock, { operation, answer, tenant }) {
  return (await mock.admin('POST', '/requests/count', { understudy: { operation, answer, tenant } })).count;
}

class Tenant {
  #mock;

  constructor(mock, name, { username = name, password = 'demo', key = name } = {}) {
    this.#mock = mock;
    Object.assign(this, { name, username, password, key });
  }

  get url() { return this.#mock.url; }
  admin(method, path = '', body = undefined) { return this.#mock.admin(method, `/tenants/${part(this.name)}${path}`, body); }

  async requests() { return (await this.admin('GET', '/requests')).requests; }
  async count(operation, answer) { return countRequests(this.#mock, { operation, answer, tenant: this.name }); }
  async clearRequests() { await this.admin('DELETE', '/requests'); }

  async records(collection) { return (await this.admin('GET', `/records/${collectionPath(collection)}`)).records; }
  async seed(collection, records) { return this.admin('POST', `/records/${collectionPath(collection)}`, records); }

  async now() { return new Date((await this.admin('GET', '/clock')).now); }
  async setClock(time) { await this.admin('PUT', '/clock', { now: time instanceof Date ? time.toISOString() : time }); }
  async advance(by) { await this.admin('POST', '/clock/advance', { by: typeof by === 'number' ? `${by}ms` : by }); }
  async expireTokens() { await this.admin('POST', '/tokens/expire'); }

  async armFault(fault) { return (await this.admin('POST', '/faults', fault)).armed.map(({ id }) => id); }
  async faults() { return (await this.admin('GET', '/faults')).faults; }
  async clearFaults() { await this.admin('DELETE', '/faults'); }
  async setLimits(limits) { await this.admin('PUT', '/limits', limits); }

  async snapshot(name) { await this.admin('POST', `/snapshots/${part(name)}`); }
  async restore(name) { await this.admin('POST', `/snapshots/${part(name)}/restore`); }
  async commits(limit = 100) { return (await this.admin('GET', `/commits?limit=${limit}`)).commits; }
  async restoreCommit(number) { await this.admin('POST', `/commits/${number}/restore`); }
  async fork(number, name) {
    await this.admin('POST', `/commits/${number}/fork`, { name });
    return this.#mock.tenant(name);
  }
  async reset() { await this.admin('POST', '/reset'); }
  async remove() { await this.admin('DELETE'); }
}

module.exports = { start, UnderstudyError };
