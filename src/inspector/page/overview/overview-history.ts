import type { Overview } from '../../wire.ts';
import { live } from '../server/live.ts';

/** How far back the charts look, in milliseconds. */
export const HISTORY_MS = 600_000;

/** The figures of one second, as the charts show them. */
export interface Sample {
  at: number;
  updates: number;
  /** Nothing while this process commits nothing. */
  p50: number | null;
  p99: number | null;
  running: number;
  waiting: number;
}

const samples: Sample[] = [];

/** The samples since the page was opened, oldest first, of the last ten minutes. */
export function history(): readonly Sample[] {
  return samples;
}

/** Collects from the first moment on, whichever view is shown. */
live.overview.listen((overview) => {
  if (!overview) return;
  const last = samples.at(-1);
  if (last && overview.at <= last.at) return;
  samples.push(sampleOf(overview));
  const oldest = overview.at - HISTORY_MS;
  while (samples[0] && samples[0].at < oldest) samples.shift();
});

function sampleOf({ at, updatesPerSecond, activity, turns, waiting }: Overview): Sample {
  const { commits, p50, p99 } = activity.lastMinute;
  return {
    at,
    updates: updatesPerSecond,
    p50: commits === 0 ? null : p50,
    p99: commits === 0 ? null : p99,
    running: turns.running,
    waiting: waiting.turns,
  };
}
