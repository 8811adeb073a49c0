import type { SessionView } from '../../wire.ts';
import { RestoreButton } from '../actions/restore-button.tsx';
import { useNow } from '../browser/use-now.ts';
import { useMayWrite } from '../shell/about.ts';
import { byteSize } from '../text/number-text.ts';
import { safeLine } from '../text/safe-text.ts';
import { ago, dateTime } from '../text/time-text.ts';

interface ArchivesPanelProps {
  view: SessionView;
  shownId: string;
  onShow: (sessionId: string | undefined) => void;
}

/** Former conversations of the key, newest first. */
export function ArchivesPanel({ view, shownId, onShow }: ArchivesPanelProps) {
  const now = useNow();
  const mayWrite = useMayWrite();
  if (view.archives.length === 0) return <p class="quiet">This key has no former conversations.</p>;
  return (
    <ul class="archives" data-testid="archives">
      {view.archives.map((archive) => {
        const { sessionId, reason, createdAt, archivedAt, bytes, label } = archive;
        const isShown = sessionId === shownId;
        return (
          <li key={sessionId} class={isShown ? 'is-shown' : ''}>
            <p class="archive-name">
              <bdi>{safeLine(label ?? sessionId)}</bdi>
              <span class="quiet">{byteSize(bytes)}</span>
            </p>
            <p class="quiet" title={`${dateTime(createdAt)} to ${dateTime(archivedAt)}`}>
              archived {ago(archivedAt, now)}, <bdi>{safeLine(reason)}</bdi>
            </p>
            <p class="archive-actions">
              <button
                type="button"
                class="link"
                data-testid="open-archive"
                onClick={() => onShow(isShown ? undefined : sessionId)}
              >
                {isShown ? 'Close' : 'Read'}
              </button>
              {mayWrite && <RestoreButton sessionKey={view.row.key} sessionId={sessionId} />}
            </p>
          </li>
        );
      })}
    </ul>
  );
}
