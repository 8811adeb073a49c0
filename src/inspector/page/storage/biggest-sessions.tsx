import type { StorageView } from '../../wire.ts';
import { addressOf } from '../browser/route.ts';
import { byteSize } from '../text/number-text.ts';
import { safeLine } from '../text/safe-text.ts';

/** The sessions that take up the most. */
export function BiggestSessions({ biggest }: { biggest: StorageView['figures']['biggest'] }) {
  const most = biggest[0]?.bytes ?? 1;
  return (
    <section class="card">
      <h2 class="card-title">Biggest sessions</h2>
      {biggest.length === 0 && <p class="quiet">There are no sessions.</p>}
      <ol class="bars">
        {biggest.map(({ key, bytes }) => (
          <li key={key}>
            <a href={addressOf({ view: 'session', key })}>
              <bdi>{safeLine(key)}</bdi>
            </a>
            <span>{byteSize(bytes)}</span>
            <i aria-hidden="true" style={{ width: `${(bytes / most) * 100}%` }} />
          </li>
        ))}
      </ol>
    </section>
  );
}
