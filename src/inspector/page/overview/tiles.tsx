import type { ComponentChildren } from 'preact';
import type { Overview } from '../../wire.ts';
import { addressOf } from '../browser/route.ts';
import { count, counted, duration, durationText, rate } from '../text/number-text.ts';

/** The figures of the moment. */
export function Tiles({ overview }: { overview: Overview | undefined }) {
  if (!overview) return <div class="tiles is-empty" aria-hidden="true" />;
  const { sessions, complete, turns, waiting, updatesPerSecond, activity } = overview;
  return (
    <div class="tiles" data-testid="tiles">
      <Tile
        name="Sessions"
        href={addressOf({ view: 'sessions', query: {} })}
        note={complete ? 'alive' : 'still counting…'}
      >
        {count(sessions)}
      </Tile>
      <Tile
        name="Turns running"
        href={addressOf({ view: 'sessions', query: { state: 'running' } })}
        note={<CutOff turns={turns.cutOff} />}
      >
        {count(turns.running)}
      </Tile>
      <Tile
        name="Turns waiting"
        href={addressOf({ view: 'sessions', query: { state: 'waiting' } })}
        note={
          waiting.turns === 0 ? 'in this process' : `in ${counted(waiting.sessions, 'session')}`
        }
      >
        {count(waiting.turns)}
      </Tile>
      <Tile name="Longest wait" note={waitNote(overview)}>
        <Duration ms={Math.max(waiting.oldestMs, activity.longestTurnWait)} />
      </Tile>
      <Tile name="Updates" note="of all processes">
        {rate(updatesPerSecond)} <small>/s</small>
      </Tile>
      <CommitTiles activity={activity} />
    </div>
  );
}

function waitNote({ waiting, activity }: Overview): string {
  if (waiting.oldestMs >= activity.longestTurnWait && waiting.turns > 0) return 'waits now';
  return 'for a turn, last minute';
}

function CommitTiles({ activity }: { activity: Overview['activity'] }) {
  const { commits, p50, p99, longest } = activity.lastMinute;
  if (commits === 0) {
    return (
      <div class="tile tile-wide">
        <span class="tile-name">Commit times</span>
        <span class="tile-quiet">no commits in this process</span>
        <span class="tile-note">Mount the inspector in the gateway to see its own.</span>
      </div>
    );
  }
  return (
    <>
      <Tile name="Commit p50" note={`of ${counted(commits, 'commit')}`}>
        <Duration ms={p50} />
      </Tile>
      <Tile name="Commit p99" note={`longest ${durationText(longest)}`}>
        <Duration ms={p99} />
      </Tile>
    </>
  );
}

function CutOff({ turns }: { turns: number }) {
  if (turns === 0) return <>none cut off</>;
  return <span class="is-danger">{count(turns)} cut off</span>;
}

function Duration({ ms }: { ms: number }) {
  const { value, unit } = duration(ms);
  return (
    <>
      {value} <small>{unit}</small>
    </>
  );
}

interface TileProps {
  name: string;
  note: ComponentChildren;
  href?: string;
  children: ComponentChildren;
}

function Tile({ name, note, href, children }: TileProps) {
  const inside = (
    <>
      <span class="tile-name">{name}</span>
      <span class="tile-value">{children}</span>
      <span class="tile-note">{note}</span>
    </>
  );
  if (href === undefined) return <div class="tile">{inside}</div>;
  return (
    <a class="tile" href={href}>
      {inside}
    </a>
  );
}
