/**
 * What this back end uses of the `pg` package, which is an optional peer: any pool that has these
 * few verbs will do, so that no type of `pg` is part of ours.
 */

/** The result of a statement. Values come as the server's own text. */
export interface Rows {
  // biome-ignore lint/suspicious/noExplicitAny: columns are as the statement names them, each a text or null
  rows: any[];
}

/** A statement as `pg` takes it. */
export interface Query {
  text: string;
  values?: unknown[];
  /** Prepared under this name, where the connection is one server process and stays so. */
  name?: string;
  /** Takes values as text, so that we parse them ourselves. */
  types?: { getTypeParser: () => (value: string) => string };
}

export interface Client {
  query(query: Query): Promise<Rows>;
  /** Back to the pool; with `true` or an error it is closed instead. */
  release(close?: boolean | Error): void;
  /** `error` comes with an error, `notification` with a {@link Notification}. */
  // biome-ignore lint/suspicious/noExplicitAny: each event has a listener of its own kind
  on(event: 'error' | 'notification', call: (given: any) => void): unknown;
  // biome-ignore lint/suspicious/noExplicitAny: each event has a listener of its own kind
  removeListener(event: 'error' | 'notification', call: (given: any) => void): unknown;
  /** What the server called this connection's process when it began. */
  readonly processID?: number | null;
}

/** What a connection hears that listens. */
export interface Notification {
  channel: string;
  payload?: string | undefined;
}

/** A pool of connections, as `new Pool()` of `pg` makes it. */
export interface Pool {
  connect(): Promise<Client>;
  end(): Promise<void>;
  /** `connect` comes with a client that is new, before anybody has it. */
  // biome-ignore lint/suspicious/noExplicitAny: each event has a listener of its own kind
  on(event: 'error' | 'connect', call: (given: any) => void): unknown;
  // biome-ignore lint/suspicious/noExplicitAny: each event has a listener of its own kind
  removeListener(event: 'error' | 'connect', call: (given: any) => void): unknown;
}
