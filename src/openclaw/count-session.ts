import type { AdoptedStore } from './adopt-report.ts';

/** A session that was made, or was there already, into the numbers of the report. */
export function countSession(
  store: AdoptedStore,
  what: {
    made: boolean;
    recovered: boolean;
    archives: number;
    hasTranscript: boolean;
    repaired: boolean;
  },
): void {
  if (!what.made) {
    store.known += what.recovered ? 0 : 1;
    return;
  }
  store.archives += what.archives;
  if (what.recovered) {
    store.recovered += 1;
    return;
  }
  store.adopted += 1;
  store.transcripts += what.hasTranscript ? 1 : 0;
  store.repaired += what.repaired ? 1 : 0;
}
