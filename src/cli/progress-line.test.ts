import { expect, test } from 'vitest';
import { Collected } from '../../test/cli/command-line.ts';
import { ProgressLine } from './progress-line.ts';

function progressOn(terminal: boolean) {
  const sink = Object.assign(new Collected(), { isTTY: terminal, columns: 60 });
  const clock = { now: 0 };
  return { sink, clock, line: new ProgressLine(sink, () => clock.now) };
}

test('a terminal shows a bar that is drawn again, ten times a second, and wiped away', () => {
  const { sink, clock, line } = progressOn(true);
  line.show(1, 4, ' sessions');
  clock.now = 100;
  line.show(2, 4, ' sessions');
  line.show(3, 4, ' sessions');
  expect(sink.text).toBe('\r[############............] 2 of 4 sessions\x1b[K');
  line.end();
  expect(sink.text.endsWith('\r\x1b[K')).toBe(true);
});

test('a line is never longer than the terminal', () => {
  const { sink, clock, line } = progressOn(true);
  clock.now = 100;
  line.show(0, 0, ' sessions'.repeat(20));
  expect(sink.text).toHaveLength('\r'.length + 59 + '\x1b[K'.length);
});

test('elsewhere there is a line every ten seconds, and nothing to wipe away', () => {
  const { sink, clock, line } = progressOn(false);
  clock.now = 9_999;
  line.show(1, 1_000, ' sessions');
  clock.now = 10_000;
  line.show(1_000, 2_000, ' sessions');
  line.end();
  expect(sink.text).toBe('1,000 of 2,000 sessions\n');
});
