/** A mock could not be started, or a call of its admin API failed. */
export class UnderstudyError extends Error {
  /** Stable: `no-program`, `start-failed`, `unknown-operation`, `no-such-tenant` ... */
  code?: string;
  status?: number;
  /** The member of the document that is wrong. */
  pointer?: string;
}

export interface StartOptions {
  /** Scenario files or folders. Each file becomes a tenant with the file's name. */
  scenarios?: string | string[];
  /** A folder with contracts that add to the bundled ones or replace them. */
  contracts?: string;
  /** `documented` (default) or `observed`. */
  profile?: string;
  /** Serve only this API, at the root. */
  api?: string;
  /** More options of `understudy serve`. */
  args?: string[];
  /** The program. Default: $UNDERSTUDY_PROGRAM, the one of this package, or `understudy` on the path. */
  program?: string;
  env?: Record<string, string>;
  cwd?: string;
  /** Milliseconds until the mock must accept connections. Default: 30000. */
  timeout?: number;
}

export type Phase = 'before' | 'before_commit' | 'after_commit' | { between_items: number };

/** The words are those of a scenario: docs/scenarios.md, "Faults". */
export interface Fault {
  /** An operation: `createOrder`, or `sellercloud.createOrder` if the tenant has no `api`. */
  on?: string;
  kind: string;
  call?: number | string;
  every?: number;
  phase?: Phase;
  [word: string]: unknown;
}

/** What a tenant starts with: the members of a scenario's `given`, and its credentials. */
export interface Given {
  api?: string;
  clock?: string;
  seed?: number;
  ids?: Record<string, number>;
  profile?: string | Record<string, unknown>;
  settings?: Record<string, unknown>;
  limits?: unknown;
  records?: Record<string, object[]>;
  faults?: Fault[];
  credentials?: { username?: string; password?: string; key?: string };
}

export interface Header { name: string; value: string }

/** Why a request was answered as it was. A batch has one decision for each call. */
export interface Decision {
  operation?: string;
  answer?: string;
  answer_place?: string;
  /** The rule that refused it, and its file and line. */
  rule?: string;
  place?: string;
  [member: string]: unknown;
}

/** One entry of the journal: docs/journal.md. */
export interface Exchange {
  id: number;
  tenant: string;
  api?: string;
  at: string;
  matched: boolean;
  request: { method: string; target: string; headers: Header[]; body: string };
  response: { status: number; reason: string; headers: Header[]; body: string };
  decisions: Decision[];
  committed: { kind: 'created' | 'updated' | 'removed'; collection: string; id: string }[];
  fault?: { kind: string; phase: string };
  [member: string]: unknown;
}

export interface ArmedFault {
  id: number;
  /** How many calls matched. */
  seen: number;
  [member: string]: unknown;
}

/** What one request or one call of the admin API changed: docs/admin.md. */
export interface Commit {
  number: number;
  at: string;
  made_by: string;
  changes: { [kind: string]: number };
  records: { kind: 'created' | 'updated' | 'removed'; collection: string; id: string }[];
}

export interface Tenant {
  readonly name: string;
  /** The credentials with which a client reaches this tenant. */
  readonly username: string;
  readonly password: string;
  readonly key: string;
  /** The URL of the mock. */
  readonly url: string;

  /** The journal, oldest first. */
  requests(): Promise<Exchange[]>;
  /** Requests for this operation (`sellercloud.createOrder`), or those with this answer. An unknown name is an error. */
  count(operation: string, answer?: string): Promise<number>;
  clearRequests(): Promise<void>;

  /** The records of `sellercloud.orders`, oldest first. */
  records<Record = any>(collection: string): Promise<Record[]>;
  seed(collection: string, records: object | object[]): Promise<unknown>;

  now(): Promise<Date>;
  /** Sets the clock, which then moves only by `advance`. */
  setClock(time: Date | string): Promise<void>;
  /** A duration (`61m`, `1d`) or milliseconds. */
  advance(by: string | number): Promise<void>;
  expireTokens(): Promise<void>;

  /** Adds one fault or several, and returns their ids. */
  armFault(fault: Fault | Fault[]): Promise<number[]>;
  faults(): Promise<ArmedFault[]>;
  clearFaults(): Promise<void>;
  setLimits(limits: unknown): Promise<void>;

  snapshot(name: string): Promise<void>;
  restore(name: string): Promise<void>;
  /** The last commits, newest first. The mock must be started with `--history`. */
  commits(limit?: number): Promise<Commit[]>;
  /** Returns to the state after this commit. */
  restoreCommit(number: number): Promise<void>;
  /** A new tenant with the state after this commit. */
  fork(number: number, name: string): Promise<Tenant>;
  /** Restores the state that the tenant started with. */
  reset(): Promise<void>;
  remove(): Promise<void>;

  /** Any call below `/__admin/tenants/{name}`. */
  admin(method: string, path?: string, body?: unknown): Promise<any>;
}

export interface Mock {
  /** http://127.0.0.1:PORT */
  readonly url: string;
  /** The base URL of an API: http://127.0.0.1:PORT/veeqo */
  apiUrl(api: string): string;
  /** A tenant that exists: `demo`, or the name of a scenario file. */
  tenant(name: string): Tenant;
  /** Creates a tenant, or replaces it. Its user name and key are its name, its password is `demo`. */
  stageTenant(name: string, given?: Given): Promise<Tenant>;
  tenants(): Promise<Tenant[]>;
  /** Requests of all tenants. */
  count(operation: string, answer?: string): Promise<number>;
  clearRequests(): Promise<void>;
  /** Resets every tenant. */
  reset(): Promise<void>;
  /** Mistakes that the mock found in its own responses: empty, or a bug of Understudy. */
  findings(): Promise<object[]>;
  /** Any call of the admin API: `admin('GET', '/tenants')`. */
  admin(method: string, path: string, body?: unknown): Promise<any>;
  /** Ends the mock. A mock that is not stopped ends with this process. */
  stop(): Promise<void>;
}

/** Starts a mock on a free port of this machine. */
export function start(options?: StartOptions): Promise<Mock>;
