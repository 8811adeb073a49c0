import { useObserved } from '../browser/observable.ts';
import { live } from '../server/live.ts';
import { BytesCard } from './bytes-card.tsx';
import { OverviewCharts } from './overview-charts.tsx';
import { RunningTurns } from './running-turns.tsx';
import { Tiles } from './tiles.tsx';

/** How the store is doing, at one look. */
export function OverviewView() {
  const overview = useObserved(live.overview);
  return (
    <>
      <h1 class="only-read">Overview</h1>
      <Tiles overview={overview} />
      <OverviewCharts overview={overview} />
      <div class="overview-foot">
        <RunningTurns />
        <BytesCard bytes={overview?.bytes} />
      </div>
    </>
  );
}
