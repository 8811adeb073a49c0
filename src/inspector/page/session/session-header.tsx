import type { SessionView } from '../../wire.ts';
import { SessionActions } from '../actions/session-actions.tsx';
import { useNow } from '../browser/use-now.ts';
import { ChannelMark } from '../sessions/channel-mark.tsx';
import { tailOf } from '../sessions/session-title.tsx';
import { useMayWrite } from '../shell/about.ts';
import { byteSize, count } from '../text/number-text.ts';
import { safeLine } from '../text/safe-text.ts';
import { ago, dateTime } from '../text/time-text.ts';
import { CopyButton } from './copy-button.tsx';
import { TurnCard } from './turn-card.tsx';

/** What a session is, what it does, and what can be done with it. */
export function SessionHeader({ view }: { view: SessionView }) {
  const mayWrite = useMayWrite();
  const { row, createdAt } = view;
  const now = useNow();
  return (
    <header class="session-header card">
      <div class="session-name">
        <ChannelMark channel={row.channel} />
        <div>
          <h1>
            <bdi>{safeLine(row.label ?? tailOf(row.key))}</bdi>
          </h1>
          <p class="session-key">
            <bdi>{safeLine(row.key)}</bdi>
            <CopyButton text={row.key} what="key" />
          </p>
        </div>
        {mayWrite && <SessionActions view={view} />}
      </div>
      <dl class="facts">
        <Fact name="Agent">{safeLine(row.agentId)}</Fact>
        <Fact name="Channel">{safeLine(row.channel ?? '–')}</Fact>
        <Fact name="Revision">{count(row.rev)}</Fact>
        <Fact name="Created" title={dateTime(createdAt)}>
          {ago(createdAt, now)}
        </Fact>
        <Fact name="Updated" title={dateTime(row.updatedAt)}>
          {ago(row.updatedAt, now)}
        </Fact>
        {row.size && <Fact name="Entry">{byteSize(row.size.metadata)}</Fact>}
        {row.size && <Fact name="Transcript">{byteSize(row.size.transcript)}</Fact>}
        <Fact name="Session id" wide>
          {safeLine(row.sessionId)}
        </Fact>
      </dl>
      <TurnCard row={row} now={now} />
    </header>
  );
}

interface FactProps {
  name: string;
  title?: string;
  wide?: boolean;
  children: string;
}

function Fact({ name, title, wide, children }: FactProps) {
  return (
    <div class={wide ? 'is-wide' : ''}>
      <dt>{name}</dt>
      <dd title={title}>
        <bdi>{children}</bdi>
      </dd>
    </div>
  );
}
