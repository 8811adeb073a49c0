import { monitorEventLoopDelay } from 'node:perf_hooks';

/** Watches how long the event loop of this process is held at a stretch, with a 1 ms timer. */
export function watchLoop() {
  const histogram = monitorEventLoopDelay({ resolution: 1 });
  histogram.enable();
  return {
    /** Milliseconds of the longest gap between two turns of the loop; includes the timer's own 1 ms. */
    async longestMs() {
      // One more turn, so that a block that has just ended is seen.
      await new Promise((resolve) => setTimeout(resolve, 2));
      histogram.disable();
      return histogram.max / 1e6;
    },
  };
}
