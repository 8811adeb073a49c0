import type { Overview } from '../../wire.ts';
import { useNow } from '../browser/use-now.ts';
import { byteSize } from '../text/number-text.ts';
import { ago } from '../text/time-text.ts';
import { BytesBar } from './bytes-bar.tsx';

/** What the store takes up, by kind. */
export function BytesCard({ bytes }: { bytes: Overview['bytes'] | undefined }) {
  const now = useNow();
  if (!bytes) {
    return (
      <section class="card">
        <h2 class="card-title">Bytes</h2>
        <p class="quiet">The store has not been measured yet.</p>
      </section>
    );
  }
  const { at, ...kinds } = bytes;
  const total = Object.values(kinds).reduce((sum, value) => sum + value, 0);
  return (
    <section class="card">
      <h2 class="card-title">
        Bytes{' '}
        <span class="card-note">
          {byteSize(total)} · looked at {ago(at, now)}
        </span>
      </h2>
      <BytesBar kinds={kinds} />
    </section>
  );
}
