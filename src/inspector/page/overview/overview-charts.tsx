import type { Overview } from '../../wire.ts';
import { durationText, rate } from '../text/number-text.ts';
import { history } from './overview-history.ts';
import { type Line, TimeChart } from './time-chart.tsx';

const UPDATES: readonly Line[] = [{ name: 'updates/s', colour: '--accent', filled: true }];
const COMMITS: readonly Line[] = [
  { name: 'p50', colour: '--accent' },
  { name: 'p99', colour: '--muted', dashed: true },
];
const TURNS: readonly Line[] = [
  { name: 'running', colour: '--accent' },
  { name: 'waiting', colour: '--muted', dashed: true },
];

/** The last ten minutes. Every overview adds a point to each line. */
export function OverviewCharts({ overview }: { overview: Overview | undefined }) {
  const samples = history();
  const times = samples.map(({ at }) => at / 1_000);
  const last = samples.at(-1);
  const until = (overview?.at ?? 0) / 1_000;
  // A process that never commits has no times of commits: the other charts take the room.
  const commits = samples.some(({ p50 }) => p50 !== null);
  const shared = { times, until };
  return (
    <div class="charts">
      <TimeChart
        {...shared}
        title="Updates per second"
        lines={UPDATES}
        values={[samples.map(({ updates }) => updates)]}
        shown={[rate(last?.updates ?? 0)]}
        format={rate}
      />
      {commits && (
        <TimeChart
          {...shared}
          title="Commit times"
          lines={COMMITS}
          values={[samples.map(({ p50 }) => p50), samples.map(({ p99 }) => p99)]}
          shown={[shownTime(last?.p50), shownTime(last?.p99)]}
          format={durationText}
        />
      )}
      <TimeChart
        {...shared}
        title="Turns"
        lines={TURNS}
        values={[samples.map(({ running }) => running), samples.map(({ waiting }) => waiting)]}
        shown={[rate(last?.running ?? 0), rate(last?.waiting ?? 0)]}
        format={rate}
      />
    </div>
  );
}

function shownTime(ms: number | null | undefined): string {
  return ms === null || ms === undefined ? '–' : durationText(ms);
}
