import { useEffect, useState } from 'preact/hooks';
import { paced } from '../browser/paced.ts';
import { goTo } from '../browser/route.ts';
import { useMedia } from '../browser/use-media.ts';
import { useChanges } from '../server/live.ts';
import { askRevisions, askSession } from '../server/questions.ts';
import { useAnswer } from '../server/use-answer.ts';
import { isTyping } from '../shell/is-typing.ts';
import { ProblemNote } from '../shell/problem-note.tsx';
import { safeLine } from '../text/safe-text.ts';
import { TranscriptPane } from '../transcript/transcript-pane.tsx';
import { SessionHeader } from './session-header.tsx';
import { SessionPanels } from './session-panels.tsx';

const RELOAD_MS = 150;
const REVISIONS = 50;

/** One session, as it happens. */
export function SessionView({ sessionKey }: { sessionKey: string }) {
  const narrow = useMedia('(max-width: 960px)');
  const { session, revisions } = useSession(sessionKey);
  // Nothing chosen: the active conversation, whichever that is.
  const [archived, setArchived] = useState<string>();
  useEscToList();

  const view = session.value;
  if (!view) return <Missing sessionKey={sessionKey} problem={session.problem} />;
  const shown = archived ?? view.row.sessionId;
  const conversation = (
    <TranscriptPane
      key={shown}
      sessionKey={sessionKey}
      sessionId={shown}
      isActive={shown === view.row.sessionId}
    />
  );
  return (
    <div class="session">
      <SessionHeader view={view} />
      {archived !== undefined && archived !== view.row.sessionId && (
        <p class="note">
          This is a former conversation.{' '}
          <button type="button" class="link" onClick={() => setArchived(undefined)}>
            Back to the active one
          </button>
        </p>
      )}
      <div class="session-body">
        {!narrow && conversation}
        <SessionPanels
          view={view}
          revisions={revisions.value?.revisions ?? []}
          shownId={shown}
          onShow={setArchived}
          conversation={narrow ? conversation : undefined}
        />
      </div>
    </div>
  );
}

/** The session and its revisions, fetched again as it changes. */
function useSession(key: string) {
  const session = useAnswer((signal) => askSession(key, signal), [key]);
  const revisions = useAnswer((signal) => askRevisions(key, REVISIONS, signal), [key]);
  const [again] = useState(() =>
    paced(RELOAD_MS, () => {
      session.reload();
      revisions.reload();
    }),
  );
  useChanges(({ keys, all }) => {
    if (all || keys.includes(key)) again();
  });
  useEffect(() => again.stop, [again]);
  return { session, revisions };
}

function Missing({
  sessionKey,
  problem,
}: {
  sessionKey: string;
  problem: Parameters<typeof ProblemNote>[0]['problem'] | undefined;
}) {
  if (!problem) return <p class="quiet loading">Loading…</p>;
  return (
    <section class="card missing-session">
      <h1 class="card-title">
        <bdi>{safeLine(sessionKey)}</bdi>
      </h1>
      <ProblemNote problem={problem} />
      <p>
        <a href="#/sessions">All sessions</a>
      </p>
    </section>
  );
}

function useEscToList(): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.key !== 'Escape' || isTyping(event)) return;
      if (document.querySelector('dialog[open]')) return;
      goTo({ view: 'sessions', query: {} });
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, []);
}
