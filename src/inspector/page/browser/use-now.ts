import { useEffect, useState } from 'preact/hooks';
import { every, now } from './clock.ts';

/** The time, once a second: for ages that tick. */
export function useNow(): number {
  const [moment, setMoment] = useState(now);
  useEffect(() => every(1_000, () => setMoment(now())), []);
  return moment;
}
