import { useEffect, useReducer, useState } from 'preact/hooks';
import { paced } from '../browser/paced.ts';
import { useChanges } from '../server/live.ts';
import { TranscriptWindow } from './transcript-window.ts';

const TAIL_MS = 100;

/**
 * The transcript of a conversation, as far as it is loaded.
 *
 * @param isActive whether it can still grow: an archived one does not
 */
export function useTranscript(
  key: string,
  sessionId: string,
  isActive: boolean,
): TranscriptWindow | undefined {
  const [, redraw] = useReducer((drawn: number) => drawn + 1, 0);
  const [window, setWindow] = useState<TranscriptWindow>();
  useEffect(() => {
    const own = new TranscriptWindow(key, sessionId, () => redraw(undefined));
    setWindow(own);
    return () => own.close();
  }, [key, sessionId]);
  const [tail] = useState(() => {
    let latest: TranscriptWindow | undefined;
    const call = paced(TAIL_MS, () => latest?.tail());
    return {
      of(next: TranscriptWindow | undefined): void {
        latest = next;
        call();
      },
      stop: call.stop,
    };
  });
  useEffect(() => tail.stop, [tail]);
  useChanges(({ keys, all }) => {
    if (isActive && (all || keys.includes(key))) tail.of(window);
  });
  return window;
}
