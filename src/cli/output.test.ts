import { EventEmitter } from 'node:events';
import { describe, expect, it } from 'vitest';
import { Output, ReaderGone } from './output.ts';

/** A stream that takes everything, until it is told to be full or broken. */
class FakeSink extends EventEmitter {
  isTTY = false;
  columns = 100;
  text = '';
  full = false;

  write(text: string, written?: () => void): boolean {
    this.text += text;
    if (written !== undefined) setImmediate(written);
    return !this.full;
  }
}

function outputOn(sink: FakeSink, env: NodeJS.ProcessEnv = {}): Output {
  return new Output(sink, env);
}

describe('Output', () => {
  it('is as wide as the terminal, and unbounded in a pipe', () => {
    const sink = new FakeSink();
    expect(outputOn(sink).width).toBe(Number.POSITIVE_INFINITY);
    sink.isTTY = true;
    expect(outputOn(sink).width).toBe(100);
    expect(outputOn(sink, { COLUMNS: '60' }).width).toBe(60);
    expect(outputOn(sink, { COLUMNS: 'wide' }).width).toBe(100);
  });

  it('prints an array with one element a line and an object with indentation', async () => {
    const sink = new FakeSink();
    const output = outputOn(sink);
    await output.document([{ a: 1 }, { b: 2 }]);
    await output.document([]);
    await output.document({ a: [1] });
    expect(sink.text).toBe('[\n  {"a":1},\n  {"b":2}\n]\n[]\n{\n  "a": [\n    1\n  ]\n}\n');
  });

  it('waits for a reader that is slow', async () => {
    const sink = new FakeSink();
    const output = outputOn(sink);
    sink.full = true;
    let printed = false;
    const line = output.line('x').then(() => {
      printed = true;
    });
    await new Promise(setImmediate);
    expect(printed).toBe(false);
    sink.emit('drain');
    await line;
    expect(sink.listenerCount('drain')).toBe(0);
  });

  it('rejects when the reader has gone, also while it waits for it', async () => {
    const sink = new FakeSink();
    const output = outputOn(sink);
    sink.full = true;
    const waiting = output.line('x');
    sink.emit('error', Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }));
    await expect(waiting).rejects.toThrow(ReaderGone);
    await expect(output.line('y')).rejects.toThrow(ReaderGone);
    expect(output.failed.aborted).toBe(true);
    expect(sink.text).toBe('x\n');
  });

  it('tells any other failure as one of the system', async () => {
    const sink = new FakeSink();
    const output = outputOn(sink);
    sink.emit('error', Object.assign(new Error('no space left'), { code: 'ENOSPC' }));
    await expect(output.line('x')).rejects.toMatchObject({ code: 'IO_FAILED' });
    await expect(output.finish()).rejects.toMatchObject({ code: 'IO_FAILED' });
  });

  it('has finished when what it printed is written, and tells a failure of the last line', async () => {
    const sink = new FakeSink();
    const output = outputOn(sink);
    await output.line('x');
    const finished = output.finish();
    sink.emit('error', Object.assign(new Error('no space left'), { code: 'ENOSPC' }));
    await expect(finished).rejects.toMatchObject({ code: 'IO_FAILED' });
  });
});
