import { useEffect, useState } from 'preact/hooks';
import { after } from '../browser/clock.ts';

const SHOWN_MS = 1_500;

/** Puts a text on the clipboard and says so, or that the browser did not let it. */
export function CopyButton({ text, what }: { text: string; what: string }) {
  const [done, setDone] = useState<string>();
  useEffect(
    () => (done === undefined ? undefined : after(SHOWN_MS, () => setDone(undefined))),
    [done],
  );
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(text);
      setDone('Copied');
    } catch {
      // A page that is not served safely has no clipboard.
      setDone('Not allowed');
    }
  };
  return (
    <button type="button" class="copy" aria-label={`Copy the ${what}`} onClick={() => void copy()}>
      <span role="status">{done ?? 'Copy'}</span>
    </button>
  );
}
