import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import { useObserved } from '../browser/observable.ts';
import { useMedia } from '../browser/use-media.ts';
import { theme } from '../shell/theme.ts';
import { clockTime } from '../text/time-text.ts';
import { HISTORY_MS } from './overview-history.ts';

export interface Line {
  name: string;
  /** A custom property of the style sheet. */
  colour: string;
  dashed?: boolean;
  filled?: boolean;
}

interface TimeChartProps {
  title: string;
  lines: readonly Line[];
  /** Seconds since the epoch. */
  times: number[];
  /** Where the chart ends on the right, in seconds. */
  until: number;
  values: (number | null)[][];
  /** The newest value of each line, in words. */
  shown: string[];
  format: (value: number) => string;
}

const HEIGHT = 150;
const SPAN_MIN_S = 60;

/** Lines over the last ten minutes, with their newest values as the legend. */
export function TimeChart(props: TimeChartProps) {
  const { title, lines, shown } = props;
  const place = useChart(props);
  const summary = lines.map(({ name }, index) => `${name} ${shown[index]}`).join(', ');
  return (
    <figure class="card chart">
      <figcaption>
        <span class="card-title">{title}</span>
        <span class="chart-legend">
          {lines.map(({ name, dashed }, index) => (
            <span key={name} class={dashed ? 'is-dashed' : ''}>
              {lines.length > 1 && <i aria-hidden="true" />}
              {lines.length > 1 && name} <b>{shown[index]}</b>
            </span>
          ))}
        </span>
      </figcaption>
      <div
        ref={place}
        class="chart-place"
        role="img"
        aria-label={`${title}, last 10 minutes: ${summary}`}
      />
    </figure>
  );
}

function useChart({ lines, times, until, values, format }: TimeChartProps) {
  const place = useRef<HTMLDivElement>(null);
  const chart = useRef<uPlot | undefined>(undefined);
  // Colours are read when a chart is made, so another theme makes another chart.
  const chosen = useObserved(theme);
  const dark = useMedia('(prefers-color-scheme: dark)');
  // The theme decides the colours that are read here.
  useLayoutEffect(() => {
    const element = place.current;
    if (!element) return;
    const own = new uPlot(optionsOf(element, lines, format), [[], ...lines.map(() => [])], element);
    chart.current = own;
    const follow = new ResizeObserver(() => {
      own.setSize({ width: element.clientWidth, height: HEIGHT });
    });
    follow.observe(element);
    return () => {
      follow.disconnect();
      own.destroy();
    };
  }, [chosen, dark, lines, format]);
  useEffect(() => {
    const own = chart.current;
    if (!own || until === 0) return;
    own.batch(() => {
      own.setData([times, ...values], false);
      own.setScale('x', { min: beginOf(times, until), max: until });
      own.setScale('y', { min: 0, max: topOf(values) });
    });
  });
  return place;
}

/** The first sample, at least a minute and at most ten minutes ago. */
function beginOf(times: readonly number[], until: number): number {
  const oldest = until - HISTORY_MS / 1_000;
  return Math.min(until - SPAN_MIN_S, Math.max(oldest, times[0] ?? oldest));
}

/** Some air above the highest point; never flat. */
function topOf(values: (number | null)[][]): number {
  const highest = Math.max(0, ...values.flat().map((value) => value ?? 0));
  return highest === 0 ? 1 : highest * 1.15;
}

function optionsOf(
  element: HTMLElement,
  lines: readonly Line[],
  format: (value: number) => string,
): uPlot.Options {
  const style = getComputedStyle(element);
  const colour = (name: string): string => style.getPropertyValue(name).trim();
  const font = `11px ${style.fontFamily}`;
  const axis = { font, stroke: colour('--muted'), ticks: { show: false } };
  return {
    width: element.clientWidth,
    height: HEIGHT,
    legend: { show: false },
    cursor: { show: false },
    padding: [8, 4, 0, 0],
    scales: { x: { time: true, auto: false }, y: { auto: false } },
    axes: [
      {
        ...axis,
        size: 24,
        space: 90,
        grid: { show: false },
        values: (_chart, ticks) => clockTimes(ticks),
      },
      {
        ...axis,
        size: 56,
        space: 36,
        grid: { stroke: colour('--line'), width: 1 },
        values: (_chart, ticks) => ticks.map(format),
      },
    ],
    series: [{}, ...lines.map((line) => seriesOf(line, colour))],
  };
}

/** Without their seconds, as long as that tells them apart. */
function clockTimes(ticks: readonly number[]): string[] {
  const step = (ticks[1] ?? 0) - (ticks[0] ?? 0);
  const shown = step > 0 && step < 60 ? 8 : 5;
  return ticks.map((tick) => clockTime(tick * 1_000).slice(0, shown));
}

function seriesOf(line: Line, colour: (name: string) => string): uPlot.Series {
  return {
    stroke: colour(line.colour),
    width: 1.6,
    points: { show: false },
    ...(line.dashed ? { dash: [4, 3] } : {}),
    ...(line.filled ? { fill: colour('--accent-soft') } : {}),
  };
}
