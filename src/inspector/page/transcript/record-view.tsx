import { Component, type JSX } from 'preact';
import type { TranscriptRecord } from '../server/answers.ts';
import { safeLine, safeText } from '../text/safe-text.ts';
import { clockTime, dateTime } from '../text/time-text.ts';
import { FoldedJson } from '../values/folded-json.tsx';
import { FoldedText } from '../values/folded-text.tsx';
import { MessageParts } from './message-parts.tsx';
import { type Shape, shapeOf } from './record-shape.ts';

interface RecordViewProps {
  record: TranscriptRecord;
  /** The one above it, when it is loaded. */
  before: TranscriptRecord | undefined;
  /** It was too large to be sent as a whole. */
  shortened: boolean;
  raw: boolean;
  /** Asks for the whole of it. */
  onWhole: (seq: number) => void;
}

/** A record of a transcript. Everything in it is text, whatever it looks like. */
export class RecordView extends Component<RecordViewProps> {
  /** Records never change: of hundreds, a new one at the end draws itself alone. */
  override shouldComponentUpdate(next: RecordViewProps): boolean {
    const { record, before, shortened, raw } = this.props;
    const same = record === next.record && before === next.before;
    return !same || shortened !== next.shortened || raw !== next.raw;
  }

  override render({ record, before, shortened, raw, onWhole }: RecordViewProps): JSX.Element {
    const shape = shapeOf(record);
    const branches = before !== undefined && record.parentId !== before.id;
    return (
      <article
        class={`record is-${raw ? 'raw' : classOf(shape)}`}
        data-testid="transcript-record"
        data-seq={record.seq}
      >
        {branches && <p class="branch">↳ goes on from an earlier record</p>}
        {raw ? (
          <pre class="json">{safeText(JSON.stringify(record, null, 2))}</pre>
        ) : (
          <Read shape={shape} time={<Time timestamp={record.timestamp} />} />
        )}
        {shortened && (
          <p class="quiet">
            Too large to be shown at once.{' '}
            <button type="button" class="link" onClick={() => onWhole(record.seq)}>
              Show in full
            </button>
          </p>
        )}
      </article>
    );
  }
}

function Read({ shape, time }: { shape: Shape; time: JSX.Element }) {
  switch (shape.kind) {
    case 'message':
      return (
        <>
          <header class="record-head">
            <bdi class="role">{safeLine(shape.role)}</bdi>
            {time}
          </header>
          <MessageParts parts={shape.parts} />
          {shape.stopped && <p class="is-danger">{safeLine(shape.stopped)}</p>}
        </>
      );
    case 'result':
      return (
        <details class="tool">
          <summary>
            <span class="tool-arrow">←</span> <bdi>{safeLine(shape.name || 'tool')}</bdi>{' '}
            <span class={shape.failed ? 'is-danger' : 'quiet'}>
              {shape.failed ? 'failed' : 'result'}
            </span>
            {time}
          </summary>
          <MessageParts parts={shape.parts} />
        </details>
      );
    case 'divider':
      return (
        <div class="divider">
          <p class="divider-line">
            <span>{shape.name}</span>
          </p>
          {shape.text !== '' && <FoldedText text={shape.text} />}
        </div>
      );
    case 'event':
      return (
        <p class="event">
          <bdi>{safeLine(shape.text)}</bdi>
          {time}
        </p>
      );
    case 'unknown':
      return <FoldedJson name={shape.type} value={shape.value} aside={time} />;
  }
}

function classOf(shape: Shape): string {
  if (shape.kind !== 'message') return shape.kind;
  return shape.role === 'user' || shape.role === 'assistant' ? shape.role : 'other';
}

function Time({ timestamp }: { timestamp: string }) {
  const moment = Date.parse(timestamp);
  if (Number.isNaN(moment)) return <time class="record-time">{safeLine(timestamp)}</time>;
  return (
    <time class="record-time" title={dateTime(moment)}>
      {clockTime(moment)}
    </time>
  );
}
