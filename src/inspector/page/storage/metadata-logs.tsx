import type { StorageView } from '../../wire.ts';
import { byteSize, count } from '../text/number-text.ts';

/** How much of the metadata logs is the entries themselves, and how much their changes. */
export function MetadataLogs({ figures }: { figures: StorageView['figures'] }) {
  const { logs, journals, bytes } = figures;
  const share =
    logs.snapshots === 0 ? '–' : `${((logs.changes / logs.snapshots) * 100).toFixed(0)} %`;
  return (
    <section class="card">
      <h2 class="card-title">Metadata logs</h2>
      <dl class="figures">
        <Figure name="Snapshots">{byteSize(logs.snapshots)}</Figure>
        <Figure name="Changes since">{byteSize(logs.changes)}</Figure>
        <Figure name="Changes to a snapshot">{share}</Figure>
        <Figure name="Journals">{`${count(journals.count)}, ${byteSize(bytes.journals)}`}</Figure>
      </dl>
      <p class="quiet">A log is folded to one snapshot as its changes outgrow it.</p>
    </section>
  );
}

function Figure({ name, children }: { name: string; children: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
