import pg from 'pg';
import type { Client, Pool, Query } from '../../src/backends/postgres/driver.ts';

/** A pool whose statements are written down. */
export function countedPool(connectionString: string): {
  pool: Pool;
  said: string[];
  end(): Promise<void>;
} {
  const real = new pg.Pool({ connectionString, max: 10 });
  const said: string[] = [];
  const pool: Pool = {
    async connect() {
      const client = await real.connect();
      return new Proxy(client as Client, {
        get(target, name) {
          const value = Reflect.get(target, name) as unknown;
          if (typeof value !== 'function') return value;
          if (name !== 'query') return value.bind(target);
          return (query: Query) => {
            said.push(query.text);
            return target.query(query);
          };
        },
      });
    },
    end: () => real.end(),
    on: (event, call) => real.on(event, call),
    removeListener: (event, call) => real.removeListener(event, call),
  };
  return { pool, said, end: () => real.end() };
}
