/** A place of its own on the server of this run: `run.server` is its URL. */
export function schemaAt(server, id) {
  const url = new URL(server);
  url.searchParams.set('schema', `bench_${id.replace(/[^a-z0-9]/g, '_')}`);
  return url.href;
}

/** The parts of such a place, for systems that know the parameter `schema` not. */
export function partsOf(place) {
  const url = new URL(place);
  const schema = url.searchParams.get('schema');
  url.searchParams.delete('schema');
  return { server: url.href, schema };
}

const AT_ONCE = 10;

/** Does something with each item, some at once, as a pool of connections allows. */
export async function inBatches(items, work) {
  for (let from = 0; from < items.length; from += AT_ONCE) {
    await Promise.all(items.slice(from, from + AT_ONCE).map(work));
  }
}
