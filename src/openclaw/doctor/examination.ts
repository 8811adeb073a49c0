import { relative, sep } from 'node:path';
import type { Neighbours } from '../../system/neighbours.ts';
import type { System } from '../../system/system.ts';
import type { DoctorReport } from './finding.ts';
import type { Findings } from './findings.ts';

/** What the steps of an examination share. */
export interface Examination {
  /** A world through which nothing can be changed. */
  readonly system: System;
  readonly neighbours: Neighbours;
  /** The real path of the state directory, and the path that was asked about. */
  readonly root: string;
  readonly asked: string;
  /** Other users can reach what lies in the directory. */
  readonly reachable: boolean;
  readonly deep: boolean;
  readonly findings: Findings;
  readonly looked: DoctorReport['looked'];
  readonly store: StoreView | undefined;
}

/** What the store that lies in the directory says, where there is one. */
export interface StoreView {
  /** Whether it has a session of this key. */
  hasSession(key: string): boolean;
  /** Whether a former conversation of a session is kept under this id. */
  hasArchive(key: string, sessionId: string): boolean;
}

/** The path of something in the state directory, as people are shown it. */
export function within(root: string, path: string): string {
  return relative(root, path).replaceAll(sep, '/');
}

/** How many files are looked at at once: enough to keep a disk busy, few descriptors. */
const AT_ONCE = 16;

/** Does a step for each item, some at once; the results are in the order of the items. */
export async function forEachOf<T, R>(
  items: readonly T[],
  step: (item: T) => Promise<R>,
): Promise<R[]> {
  const results: R[] = [];
  for (let at = 0; at < items.length; at += AT_ONCE) {
    results.push(...(await Promise.all(items.slice(at, at + AT_ONCE).map(step))));
  }
  return results;
}
