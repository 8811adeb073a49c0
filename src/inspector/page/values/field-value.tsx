import { byteSize } from '../text/number-text.ts';
import { dateTime } from '../text/time-text.ts';
import { FoldedJson } from './folded-json.tsx';
import { FoldedText } from './folded-text.tsx';

const SHOWN_MAX = 280;
/** Milliseconds since the epoch of 2001 and of 2100: numbers between them are read as moments. */
const MOMENT_MIN = 978_307_200_000;
const MOMENT_MAX = 4_102_444_800_000;

/** The value of a field: text as text, a moment with its date, what is nested folded. */
export function FieldValue({ name, value }: { name: string; value: unknown }) {
  if (typeof value === 'string') {
    return value === '' ? (
      <span class="quiet">(empty)</span>
    ) : (
      <FoldedText text={value} max={SHOWN_MAX} />
    );
  }
  if (typeof value === 'number') return <NumberValue name={name} value={value} />;
  if (typeof value === 'object' && value !== null) return <FoldedJson value={value} />;
  return <code>{String(value)}</code>;
}

function NumberValue({ name, value }: { name: string; value: number }) {
  const isMoment = value > MOMENT_MIN && value < MOMENT_MAX && Number.isInteger(value);
  if (isMoment) {
    return (
      <span>
        {dateTime(value)} <span class="quiet">{value}</span>
      </span>
    );
  }
  if (/bytes$/i.test(name)) {
    return (
      <span>
        {byteSize(value)} <span class="quiet">{value}</span>
      </span>
    );
  }
  return <code>{String(value)}</code>;
}
