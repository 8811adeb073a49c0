import { useState } from 'preact/hooks';
import { counted } from '../text/number-text.ts';
import { safeText } from '../text/safe-text.ts';

const SHOWN_MAX = 1_200;
const SHOWN_LINES_MAX = 18;

/** A text with its line breaks; a long one shows its beginning until it is opened. */
export function FoldedText({ text, max = SHOWN_MAX }: { text: string; max?: number }) {
  const [open, setOpen] = useState(false);
  const beginning = beginningOf(text, max);
  const long = beginning.length < text.length;
  const hidden = text.length - beginning.length;
  return (
    <div class="text">
      <div class="text-lines" dir="auto">
        {safeText(open ? text : beginning)}
        {long && !open && '…'}
      </div>
      {long && (
        <button type="button" class="fold" onClick={() => setOpen(!open)}>
          {open ? 'Show less' : `Show ${counted(hidden, 'more character')}`}
        </button>
      )}
    </div>
  );
}

function beginningOf(text: string, max: number): string {
  let end = text.length > max * 1.2 ? max : text.length;
  let at = -1;
  for (let line = 0; line < SHOWN_LINES_MAX; line += 1) {
    at = text.indexOf('\n', at + 1);
    if (at < 0 || at >= end) return text.slice(0, end);
  }
  end = Math.min(end, at);
  return text.slice(0, end);
}
