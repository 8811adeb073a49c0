import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { inject } from 'vitest';

/** A schema that nobody else uses, on the server of this run; `drop` removes it. */
export function freshSchema(server: string = inject('postgresUrl')): {
  url: string;
  server: string;
  schema: string;
  drop(): Promise<void>;
} {
  const schema = `t_${randomUUID().replaceAll('-', '')}`;
  const url = new URL(server);
  url.searchParams.set('schema', schema);
  return {
    url: url.href,
    server,
    schema,
    async drop() {
      const client = new pg.Client({ connectionString: server });
      await client.connect();
      await client.query(`drop schema if exists ${schema} cascade`);
      await client.end();
    },
  };
}
