import { emptyCheckpoint, uuid6 } from '@langchain/langgraph-checkpoint';
import { PostgresSaver } from '@langchain/langgraph-checkpoint-postgres';
import pg from 'pg';
import { inBatches, partsOf, schemaAt } from './postgres-place.js';

/** The checkpoint saver of LangGraph: the newest checkpoint is read, and another one is put. */
export const langgraphSaver = () => ({
  title: '@langchain/langgraph-checkpoint-postgres, getTuple + put',
  place: schemaAt,
  async open(place) {
    const { server, schema } = partsOf(place);
    const pool = new pg.Pool({ connectionString: server, max: 10 });
    const saver = new PostgresSaver(pool, undefined, { schema });
    await saver.setup();
    const configOf = (key) => ({ configurable: { thread_id: key, checkpoint_ns: '' } });
    let step = 0;
    const put = async (key, entry) => {
      step += 1;
      const checkpoint = {
        ...emptyCheckpoint(),
        id: uuid6(step),
        channel_values: { entry },
        channel_versions: { entry: step },
      };
      const metadata = { source: 'update', step, parents: {} };
      await saver.put(configOf(key), checkpoint, metadata, { entry: step });
    };
    return {
      async createMany(pairs) {
        await inBatches(pairs, ([key, entry]) => put(key, entry));
      },
      session: (key) => ({
        async update(change) {
          const tuple = await saver.getTuple(configOf(key));
          const entry = tuple?.checkpoint.channel_values.entry;
          await put(key, { ...entry, ...change(entry) });
        },
      }),
      close: () => saver.end(),
    };
  },
});
