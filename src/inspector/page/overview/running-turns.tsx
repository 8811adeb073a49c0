import { useEffect, useState } from 'preact/hooks';
import { paced } from '../browser/paced.ts';
import { addressOf } from '../browser/route.ts';
import { useNow } from '../browser/use-now.ts';
import { useChanges } from '../server/live.ts';
import { askSessions } from '../server/questions.ts';
import { useAnswer } from '../server/use-answer.ts';
import { ChannelMark } from '../sessions/channel-mark.tsx';
import { SessionTitle } from '../sessions/session-title.tsx';
import { TurnMark } from '../sessions/turn-mark.tsx';
import { ProblemNote } from '../shell/problem-note.tsx';
import { count } from '../text/number-text.ts';
import { safeLine } from '../text/safe-text.ts';

const ROWS = 8;
const RELOAD_MS = 600;

/** The turns that run the longest, those that were cut off first. */
export function RunningTurns() {
  const now = useNow();
  const running = useAnswer(
    (signal) => askSessions({ state: 'running', sort: 'turn', limit: ROWS }, signal),
    [],
  );
  const cutOff = useAnswer(
    (signal) => askSessions({ state: 'cut-off', sort: 'turn', limit: ROWS }, signal),
    [],
  );
  const [again] = useState(() =>
    paced(RELOAD_MS, () => {
      running.reload();
      cutOff.reload();
    }),
  );
  useChanges(again);
  useEffect(() => again.stop, [again]);

  const rows = [...(cutOff.value?.rows ?? []), ...(running.value?.rows ?? [])].slice(0, ROWS);
  const problem = running.problem ?? cutOff.problem;
  const more = (running.value?.total ?? 0) + (cutOff.value?.total ?? 0) - rows.length;
  return (
    <section class="card" data-testid="running-turns">
      <h2 class="card-title">Running turns</h2>
      {problem && <ProblemNote problem={problem} />}
      {running.value && rows.length === 0 && <p class="quiet">No turn is running.</p>}
      <ul class="turn-list">
        {rows.map((row) => (
          <li key={row.key}>
            <a href={addressOf({ view: 'session', key: row.key })}>
              <ChannelMark channel={row.channel} />
              <SessionTitle sessionKey={row.key} label={row.label} />
              <span class="turn-holder">
                {row.turn && <bdi>{safeLine(row.turn.holder.instance)}</bdi>}
              </span>
              <TurnMark turn={row.turn} waiting={row.waiting} now={now} />
            </a>
          </li>
        ))}
      </ul>
      {more > 0 && (
        <a
          class="more"
          href={addressOf({ view: 'sessions', query: { state: 'running', sort: 'turn' } })}
        >
          {count(more)} more
        </a>
      )}
    </section>
  );
}
