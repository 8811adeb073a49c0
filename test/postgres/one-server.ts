/** One server for the whole run: that of `DATABASE_URL`, or one that is started and ended here. */
import type { TestProject } from 'vitest/node';
import { PostgresServer } from '../../scripts/postgres-server.js';

declare module 'vitest' {
  interface ProvidedContext {
    postgresUrl: string;
  }
}

export default async function oneServer(project: TestProject): Promise<() => Promise<void>> {
  const given = process.env.DATABASE_URL;
  if (given !== undefined && given !== '') {
    project.provide('postgresUrl', given);
    return async () => undefined;
  }
  const server = await PostgresServer.start();
  project.provide('postgresUrl', server.url);
  return () => server.stop();
}
