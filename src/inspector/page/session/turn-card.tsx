import type { SessionRow } from '../../wire.ts';
import { TurnMark } from '../sessions/turn-mark.tsx';
import { count, counted } from '../text/number-text.ts';
import { safeLine } from '../text/safe-text.ts';
import { dateTime, runningSpan } from '../text/time-text.ts';

/** Who runs the turn of a session, since when, and who waits for it. */
export function TurnCard({ row, now }: { row: SessionRow; now: number }) {
  const { turn, waiting, oldestWaitMs } = row;
  const lane =
    waiting === 0
      ? 'Nobody waits here.'
      : `${counted(waiting, 'turn')} ${waiting === 1 ? 'waits' : 'wait'} here, the first for ${runningSpan(oldestWaitMs)}.`;
  return (
    <div class={`turn-card is-${turn?.status ?? 'idle'}`} data-testid="turn-card">
      <TurnMark turn={turn} waiting={waiting} now={now} />
      {turn && (
        <dl class="facts">
          <Holder name="Label">{turn.label ?? '–'}</Holder>
          <Holder name="Instance">{turn.holder.instance}</Holder>
          <Holder name="Process">{`${turn.holder.pid} on ${turn.holder.host}`}</Holder>
          <Holder name="Fence">{count(turn.fence)}</Holder>
          <Holder name="Since">{dateTime(turn.startedAt)}</Holder>
          {turn.interrupted && (
            <Holder name="Asked to stop">
              {`${dateTime(turn.interrupted.at)}: ${turn.interrupted.reason}`}
            </Holder>
          )}
        </dl>
      )}
      <p class="lane">
        {turn?.status === 'cut-off' && (
          <span class="is-danger">Its process died. The next turn starts at once. </span>
        )}
        <span class={waiting > 0 ? '' : 'quiet'}>{lane}</span>
      </p>
    </div>
  );
}

function Holder({ name, children }: { name: string; children: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>
        <bdi>{safeLine(children)}</bdi>
      </dd>
    </div>
  );
}
