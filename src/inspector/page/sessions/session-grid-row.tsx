import type { SessionRow } from '../../wire.ts';
import { addressOf } from '../browser/route.ts';
import { byteSize, count } from '../text/number-text.ts';
import { safeLine } from '../text/safe-text.ts';
import { ago, dateTime } from '../text/time-text.ts';
import { ChannelMark } from './channel-mark.tsx';
import { COLUMNS } from './columns.ts';
import { SessionTitle } from './session-title.tsx';
import { TurnMark, WaitingDepth } from './turn-mark.tsx';

interface SessionGridRowProps {
  index: number;
  /** Pixels from the top. */
  start: number;
  /** Nothing while it is fetched. */
  row: SessionRow | undefined;
  flash: number;
  active: boolean;
  now: number;
  onChoose: (index: number) => void;
}

/** One session. A click anywhere on it opens it. */
export function SessionGridRow(props: SessionGridRowProps) {
  const { index, start, row, active, flash, now, onChoose } = props;
  const open = (event: MouseEvent): void => {
    // The link in the row knows best what to do with a click of its own.
    if (event.target instanceof Element && event.target.closest('a')) return;
    onChoose(index);
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: as the grid
    // biome-ignore lint/a11y/useFocusableInteractive: the grid has the focus
    // biome-ignore lint/a11y/useKeyWithClickEvents: the grid takes the keys
    <div
      id={`row-${index}`}
      class={`grid-row ${active ? 'is-active' : ''}`}
      role="row"
      aria-rowindex={index + 2}
      aria-selected={active}
      data-testid={row ? 'session-row' : undefined}
      data-key={row?.key}
      style={{ transform: `translateY(${start}px)` }}
      onClick={open}
    >
      {/* Another key makes another element, whose animation begins anew. */}
      {flash > 0 && <span key={flash} class="flash" role="presentation" />}
      {COLUMNS.map(({ id, numbers }) => (
        // biome-ignore lint/a11y/useSemanticElements: as the grid
        // biome-ignore lint/a11y/useFocusableInteractive: the grid has the focus
        <div key={id} class={`cell cell-${id} ${numbers ? 'is-numbers' : ''}`} role="gridcell">
          {row ? contentOf(id, row, now) : <span class="missing" />}
        </div>
      ))}
    </div>
  );
}

function contentOf(column: string, row: SessionRow, now: number) {
  switch (column) {
    case 'session':
      return (
        <a class="row-link" href={addressOf({ view: 'session', key: row.key })} tabIndex={-1}>
          <ChannelMark channel={row.channel} />
          <SessionTitle sessionKey={row.key} label={row.label} />
        </a>
      );
    case 'agent':
      return <bdi class="cut">{safeLine(row.agentId)}</bdi>;
    case 'channel':
      return <bdi class="cut">{safeLine(row.channel ?? '–')}</bdi>;
    case 'turn':
      return <TurnMark turn={row.turn} waiting={row.waiting} now={now} />;
    case 'waiting':
      return <WaitingDepth waiting={row.waiting} oldestMs={row.oldestWaitMs} />;
    case 'updated':
      return <time title={dateTime(row.updatedAt)}>{ago(row.updatedAt, now)}</time>;
    case 'entry':
      return row.size ? byteSize(row.size.metadata) : '–';
    case 'transcript':
      return row.size ? byteSize(row.size.transcript) : '–';
    default:
      return count(row.rev);
  }
}
