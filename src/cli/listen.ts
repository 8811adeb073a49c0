import type { AddressInfo } from 'node:net';
import { hostname, networkInterfaces } from 'node:os';
import { HoldfastError } from '../model/errors.ts';

/** A server that listens. */
export interface Listening {
  /** Where it is reached, with a slash at its end. */
  readonly url: string;
  /** Ends it, with every connection that is still open. */
  close(): Promise<void>;
}

/** Every address of this machine. */
const WILDCARDS = ['0.0.0.0', '::'];

/**
 * Serves a handler. Port 0 takes any that is free. `IO_FAILED` when the system does not give the
 * port.
 */
export async function listen(
  handler: (request: Request) => Promise<Response>,
  { host, port }: { host: string; port: number },
): Promise<Listening> {
  // Loaded when it is needed: the other commands begin sooner without it.
  const { createAdaptorServer } = await import('@hono/node-server');
  const server = createAdaptorServer({ fetch: handler, hostname: host });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => reject(notGiven(cause, host, port)));
    server.listen(port, host, resolve);
  });
  const address = server.address() as AddressInfo;
  const shown = WILDCARDS.includes(host) ? '127.0.0.1' : inUrl(host);
  return {
    url: `http://${shown}:${address.port}/`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        if ('closeAllConnections' in server) server.closeAllConnections();
      }),
  };
}

/** Whether only programs of this machine reach it. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);
}

/** Names under which a server at this host is reached: its own, or all of this machine. */
export function namesOf(host: string): string[] {
  if (!WILDCARDS.includes(host)) return [inUrl(host)];
  const addresses = Object.values(networkInterfaces()).flatMap((each) => each ?? []);
  // The zone behind an address (`%eth0`) is not part of a URL.
  const plain = addresses.map(({ address }) => inUrl(address.replace(/%.*$/, '')));
  return [...new Set([hostname().toLowerCase(), ...plain])];
}

function inUrl(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}

function notGiven(cause: NodeJS.ErrnoException, host: string, port: number): HoldfastError {
  const place = `port ${port} at ${host}`;
  const why =
    cause.code === 'EADDRINUSE'
      ? `Another program listens on ${place} already. Take another one with --port, or --port 0 for any that is free.`
      : `The system does not give ${place}: ${cause.message}.`;
  return new HoldfastError('IO_FAILED', why, { cause });
}
