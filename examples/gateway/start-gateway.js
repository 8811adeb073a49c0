import { join } from 'node:path';
import { createAdaptorServer } from '@hono/node-server';
import { inspector } from 'holdfast/inspector';
import { agentOf } from './agents.js';
import { gatewayApp } from './app.js';
import { Gateway } from './gateway.js';
import { tokenOf } from './token-file.js';

/**
 * Opens the store, answers what waits, and serves the page with the inspector beside it.
 * @param {{ directory: string, port: number }} options `port`: when it is taken, any free one
 */
export async function startGateway({ directory, port }) {
  const agent = agentOf(process.env);
  const token = tokenOf(directory);
  const gateway = await Gateway.open(join(directory, 'store'), agent);
  const inspect = inspector(gateway.store, { base: '/inspector/', token, write: true });
  const app = gatewayApp(gateway, { token, inspect });
  const server = createAdaptorServer({ fetch: app.fetch });
  const bound = await listen(server, port).catch(async (error) => {
    if (error.code !== 'EADDRINUSE' && error.code !== 'EACCES') throw error;
    return await listen(server, 0);
  });
  const place = `http://127.0.0.1:${bound}`;
  return {
    agent,
    gateway,
    port: bound,
    links: { chats: `${place}/#token=${token}`, inspector: `${place}/inspector/#token=${token}` },
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      await inspect.close();
      await gateway.close();
      // Pages that look on keep their connections; they are told by the end of them.
      if ('closeAllConnections' in server) server.closeAllConnections();
      await closed;
    },
  };
}

/** @param {import('@hono/node-server').ServerType} server @param {number} port @returns {Promise<number>} */
function listen(server, port) {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject);
      resolve(/** @type {import('node:net').AddressInfo} */ (server.address()).port);
    });
  });
}
