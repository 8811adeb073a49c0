import { useNow } from '../browser/use-now.ts';
import type { Revision } from '../server/answers.ts';
import { count, counted } from '../text/number-text.ts';
import { safeLine } from '../text/safe-text.ts';
import { ago, dateTime } from '../text/time-text.ts';
import { shortValue } from '../values/short-value.ts';
import { changesOf, type FieldChange } from './former-value.ts';

/** What every commit changed, newest first, as far back as the store still knows. */
export function HistoryPanel({ revisions }: { revisions: readonly Revision[] }) {
  const now = useNow();
  if (revisions.length === 0) return <p class="quiet">No revision is known.</p>;
  return (
    <ol class="history" data-testid="history">
      {revisions.map((revision, index) => (
        <li key={revision.rev}>
          <p class="history-head">
            <b>{count(revision.rev)}</b>
            <time class="quiet" title={dateTime(revision.at)}>
              {ago(revision.at, now)}
            </time>
          </p>
          {revision.whole ? (
            <Whole revision={revision} />
          ) : (
            <Changes changes={changesOf(revisions, index)} />
          )}
        </li>
      ))}
    </ol>
  );
}

/** Where the known history begins: the entry as a whole. */
function Whole({ revision }: { revision: Revision }) {
  const names = Object.keys(revision.set);
  return (
    <details>
      <summary class="quiet">the entry as a whole, {counted(names.length, 'field')}</summary>
      <p>
        <bdi>{safeLine(names.join(', '))}</bdi>
      </p>
    </details>
  );
}

function Changes({ changes }: { changes: readonly FieldChange[] }) {
  return (
    <ul class="changes">
      {changes.map((change) => (
        <li key={change.field}>
          <bdi class="change-field">{safeLine(change.field)}</bdi>
          <span class="change-values">
            <del>{change.former.known ? shortValue(change.former.value) : 'not known'}</del>
            <span aria-hidden="true"> → </span>
            <ins>{shortValue(change.value)}</ins>
          </span>
        </li>
      ))}
    </ul>
  );
}
