import { useObserved } from '../browser/observable.ts';
import { live } from '../server/live.ts';

/** Says that what is shown may be old. The stream comes back by itself. */
export function LostBanner() {
  const state = useObserved(live.state);
  const why = useObserved(live.broke);
  if (state !== 'lost') return null;
  const reason = why && why.code !== 'UNREACHABLE' ? ` ${why.message}` : '';
  return (
    <div class="lost-banner" role="alert">
      The connection is lost; what you see may be old.{reason} Trying again…
    </div>
  );
}
