import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { clearAway, freshDirectory, GatewayRun } from './gateway-run.ts';

const START = fileURLToPath(new URL('../../examples/start.js', import.meta.url));
afterEach(clearAway);

describe('npm start', () => {
  it('opens the gateway after the proof, and ends at Ctrl-C', async () => {
    const options = ['--seconds', '2', '--gateway-dir', freshDirectory(), '--port', '0'];
    const run = await GatewayRun.of([START, ...options, '--dir', freshDirectory()], {});
    expect(run.output).toMatch(/^updates acknowledged: [\d,]+, lost: 0$/m);
    expect((await fetch(run.place)).status).toBe(200);
    const about = await run.fetch('/inspector/api/about');
    expect(await about.json()).toMatchObject({ pid: run.child.pid, write: true });
    expect(await run.interrupt()).toBe(0);
    expect(run.output).toMatch(/its store is closed/);
  });

  it('ends by itself after the proof alone', async () => {
    const run = GatewayRun.begin([START, '--demo', '--seconds', '2', '--dir', freshDirectory()]);
    expect({ code: await run.closed, output: run.output }).toMatchObject({ code: 0 });
    expect(run.output).toMatch(/^torn: 0 /m);
    expect(run.output).not.toContain('Two chats');
  });

  it('opens no gateway when the proof was stopped', async () => {
    const run = GatewayRun.begin([START, '--seconds', '30', '--dir', freshDirectory()]);
    await run.until(() => / s \| slack/.test(run.output));
    // The terminal tells the process, and npm does once more.
    run.child.kill('SIGINT');
    expect({ code: await run.interrupt(), output: run.output }).toMatchObject({ code: 0 });
    expect(run.output).toMatch(/Stopped early/);
    expect(run.output).not.toContain('Two chats');
  });

  it('says what is wrong with its options', async () => {
    const run = GatewayRun.begin([START, '--port', 'x']);
    expect(await run.closed).toBe(2);
    expect(run.output).toMatch(/--port takes a number/);
  });
});
