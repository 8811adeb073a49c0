import { useRef, useState } from 'preact/hooks';
import { ProblemNote } from '../shell/problem-note.tsx';
import { counted } from '../text/number-text.ts';
import { RecordView } from './record-view.tsx';
import { useFollow } from './use-follow.ts';
import { useTranscript } from './use-transcript.ts';

interface TranscriptPaneProps {
  sessionKey: string;
  sessionId: string;
  /** The conversation that is active under its key: it is followed as it grows. */
  isActive: boolean;
}

/** A conversation: it opens at its end, older records come when they are scrolled to. */
export function TranscriptPane({ sessionKey, sessionId, isActive }: TranscriptPaneProps) {
  const [raw, setRaw] = useState(false);
  const scroller = useRef<HTMLDivElement>(null);
  const window = useTranscript(sessionKey, sessionId, isActive);
  const { unseen, onScroll, toEnd } = useFollow(scroller, window);
  const records = window?.records ?? [];
  return (
    <section class="card transcript" aria-label="Transcript">
      <div class="transcript-head">
        <h2 class="card-title">{isActive ? 'Conversation' : 'Archived conversation'}</h2>
        <label class="switch">
          <input
            type="checkbox"
            checked={raw}
            onChange={(event) => setRaw(event.currentTarget.checked)}
          />
          Raw
        </label>
      </div>
      {window?.problem && <ProblemNote problem={window.problem} />}
      <div
        ref={scroller}
        class="transcript-scroll"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keys
        tabIndex={0}
        role="log"
        aria-label="Records"
        aria-live="off"
        onScroll={onScroll}
      >
        <p class="transcript-top quiet">{topText(window)}</p>
        {records.map((record, index) => (
          <RecordView
            key={record.seq}
            record={record}
            before={records[index - 1]}
            shortened={window?.shortened.has(record.seq) === true}
            raw={raw}
            onWhole={(seq) => void window?.whole(seq)}
          />
        ))}
      </div>
      {unseen > 0 && (
        <button type="button" class="pill" data-testid="new-records" onClick={toEnd}>
          {counted(unseen, 'new record')} ↓
        </button>
      )}
    </section>
  );
}

function topText(window: ReturnType<typeof useTranscript>): string {
  if (!window?.loaded || window.loadingEarlier) return 'Loading…';
  if (window.records.length === 0) return 'Nothing was said yet.';
  return window.complete ? 'The beginning' : '';
}
