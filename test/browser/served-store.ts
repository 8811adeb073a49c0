/** The inspector of a store of this process, served as a gateway that mounts it does. */
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createAdaptorServer } from '@hono/node-server';
import type { Store } from 'holdfast';
import { type InspectorOptions, inspector } from 'holdfast/inspector';

export interface ServedStore {
  /** With the token. */
  link: string;
  /** Where it is, without one. */
  url: string;
  /** Serves no more; the store stays open. */
  close(): Promise<void>;
}

/** @param port 0 for any that is free */
export async function serveStore(
  store: Store,
  options: InspectorOptions = {},
  port = 0,
): Promise<ServedStore> {
  const handler = inspector(store, options);
  const server = createAdaptorServer({ fetch: handler }) as Server;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  return {
    url,
    link: `${url}#token=${handler.token}`,
    async close() {
      await handler.close();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
    },
  };
}
