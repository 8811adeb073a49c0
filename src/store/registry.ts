/**
 * What all copies of this module in a process share, whatever their version: which stores are open
 * under which name, and which turn the running code belongs to.
 */
import { AsyncLocalStorage } from 'node:async_hooks';

/** An opened store, as a later one of the same name sees it. */
export interface Fenceable {
  /** Closes it at once on behalf of a later store. Resolves when its locks are free. */
  fence(): Promise<void>;
}

/** The turn that the running code belongs to, and the ones around it. */
export interface TurnContext {
  /** The store, as opened by anybody in this process. */
  readonly place: string;
  readonly key: string;
  readonly fence: number;
  /** False once the turn is over: what it left running in the background may ask for a new one. */
  readonly running: boolean;
  readonly outer: TurnContext | undefined;
}

interface Registry {
  readonly stores: Map<string, Fenceable>;
  readonly turns: AsyncLocalStorage<TurnContext>;
}

const SHARED = Symbol.for('holdfast.registry');
const shared = globalThis as { [SHARED]?: Registry };
shared[SHARED] ??= { stores: new Map(), turns: new AsyncLocalStorage() };
const registry: Registry = shared[SHARED];

const nameOf = (place: string, instance: string) => JSON.stringify([place, instance]);

/** Registers a store and fences the one that had this place and name before. */
export async function succeed(place: string, instance: string, store: Fenceable): Promise<void> {
  const name = nameOf(place, instance);
  const earlier = registry.stores.get(name);
  registry.stores.set(name, store);
  await earlier?.fence();
}

/** Takes a store out, unless a later one has its name already. */
export function resign(place: string, instance: string, store: Fenceable): void {
  const name = nameOf(place, instance);
  if (registry.stores.get(name) === store) registry.stores.delete(name);
}

/** The turn of this key that the running code is inside of. */
export function enclosingTurn(place: string, key: string): TurnContext | undefined {
  let context = registry.turns.getStore();
  while (context && !(context.running && context.key === key && context.place === place)) {
    context = context.outer;
  }
  return context;
}

/** Runs code as part of a turn. */
export function insideTurn<T>(
  turn: Omit<TurnContext, 'outer'> & { outer?: TurnContext | undefined },
  run: () => T,
): T {
  turn.outer = registry.turns.getStore();
  return registry.turns.run(turn as TurnContext, run);
}
