/** The page's clock and timers: the only place that touches the browser's own. */

/** Milliseconds since the epoch. */
export function now(): number {
  return Date.now();
}

/** Calls once, after so many milliseconds. @returns takes the call back */
export function after(ms: number, call: () => void): () => void {
  const timer = setTimeout(call, ms);
  return () => clearTimeout(timer);
}

/** Calls again and again. @returns ends it */
export function every(ms: number, call: () => void): () => void {
  const timer = setInterval(call, ms);
  return () => clearInterval(timer);
}
