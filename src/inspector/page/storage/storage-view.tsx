import type { StorageView as Storage } from '../../wire.ts';
import { useNow } from '../browser/use-now.ts';
import { BytesBar } from '../overview/bytes-bar.tsx';
import { askStorage } from '../server/questions.ts';
import { useAnswer } from '../server/use-answer.ts';
import { useMayWrite } from '../shell/about.ts';
import { ProblemNote } from '../shell/problem-note.tsx';
import { byteSize, counted } from '../text/number-text.ts';
import { ago } from '../text/time-text.ts';
import { ArchivesByAge } from './archives-by-age.tsx';
import { BiggestSessions } from './biggest-sessions.tsx';
import { MendPanel } from './mend-panel.tsx';
import { MetadataLogs } from './metadata-logs.tsx';
import { SharedBlobs } from './shared-blobs.tsx';

/** Where the bytes of the store are. Looking costs the server something, so it is done when asked. */
export function StorageView() {
  const answer = useAnswer(askStorage, []);
  const now = useNow();
  const mayWrite = useMayWrite();
  const storage = answer.value;
  return (
    <>
      <div class="view-head">
        <h1>Storage</h1>
        {storage && <span class="quiet">looked at {ago(storage.at, now)}</span>}
        <button type="button" class="button" onClick={answer.reload}>
          Look again
        </button>
      </div>
      {answer.problem && <ProblemNote problem={answer.problem} />}
      {!storage && !answer.problem && <p class="quiet loading">Looking at the whole store…</p>}
      {storage && <Figures figures={storage.figures} />}
      {mayWrite && <MendPanel />}
    </>
  );
}

function Figures({ figures }: { figures: Storage['figures'] }) {
  const { bytes, biggest, blobs, archivesByAge } = figures;
  const total = Object.values(bytes).reduce((sum, value) => sum + value, 0);
  return (
    <>
      <section class="card storage-total">
        <h2 class="card-title">
          {byteSize(total)}{' '}
          <span class="card-note">
            {counted(figures.sessions, 'session')}, {counted(figures.archives, 'archive')}
          </span>
        </h2>
        <BytesBar kinds={bytes} />
      </section>
      <div class="storage">
        <div>
          <BiggestSessions biggest={biggest} />
          <SharedBlobs blobs={blobs} bytes={bytes.blobs} />
        </div>
        <div>
          <MetadataLogs figures={figures} />
          <ArchivesByAge classes={archivesByAge} />
        </div>
      </div>
    </>
  );
}
