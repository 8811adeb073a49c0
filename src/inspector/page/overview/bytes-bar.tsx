import type { StorageView } from '../../wire.ts';
import { byteSize } from '../text/number-text.ts';

type Kinds = StorageView['figures']['bytes'];

const NAMES: readonly [keyof Kinds, string][] = [
  ['transcripts', 'Transcripts'],
  ['metadata', 'Metadata'],
  ['archives', 'Archives'],
  ['blobs', 'Static blobs'],
  ['journals', 'Journals'],
];

/** Bytes by kind: one bar, and what its parts are. */
export function BytesBar({ kinds }: { kinds: Kinds }) {
  const total = Object.values(kinds).reduce((sum, value) => sum + value, 0);
  const share = (bytes: number): number => (total === 0 ? 0 : (bytes / total) * 100);
  return (
    <div class="bytes">
      <div class="bytes-bar" aria-hidden="true">
        {NAMES.map(([kind]) => (
          <span key={kind} class={`kind-${kind}`} style={{ width: `${share(kinds[kind])}%` }} />
        ))}
      </div>
      <dl class="bytes-legend">
        {NAMES.map(([kind, name]) => (
          <div key={kind}>
            <dt>
              <i class={`kind-${kind}`} aria-hidden="true" />
              {name}
            </dt>
            <dd>{byteSize(kinds[kind])}</dd>
            <dd class="quiet">{share(kinds[kind]).toFixed(0)} %</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}
