import { useEffect, useRef } from 'preact/hooks';
import { type Changed, LiveStream } from './live-stream.ts';

/** The one stream of the page. */
export const live = new LiveStream();

/** Calls at every change; the latest function that was given is the one that is called. */
export function useChanges(listener: (changed: Changed) => void): void {
  const latest = useRef(listener);
  latest.current = listener;
  useEffect(() => live.onChanges((changed) => latest.current(changed)), []);
}
