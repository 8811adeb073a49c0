import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { realFileSystem } from '../system/file-system.ts';
import { realNeighbours } from '../system/neighbours.ts';
import { findLiveGateway } from './live-gateway.ts';

const find = (root: string) => findLiveGateway(realFileSystem, realNeighbours, root);

function stateDir(config?: string): { root: string; sessions: string } {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'holdfast-gateway-')));
  onTestFinished(() => rmSync(root, { recursive: true }));
  const sessions = join(root, 'agents', 'main', 'sessions');
  mkdirSync(sessions, { recursive: true });
  if (config !== undefined) writeFileSync(join(root, 'openclaw.json'), config);
  return { root, sessions };
}

/** A real process whose program has this name; it waits until it is killed. */
async function running(name: string): Promise<ChildProcess> {
  const directory = mkdtempSync(join(tmpdir(), 'holdfast-gateway-'));
  const program = join(directory, name);
  writeFileSync(program, 'process.stdin.resume(); console.log("ready");');
  const child = spawn(process.execPath, [program], { stdio: ['pipe', 'pipe', 'inherit'] });
  onTestFinished(() => {
    child.kill('SIGKILL');
    rmSync(directory, { recursive: true });
  });
  await once(child.stdout as NodeJS.ReadableStream, 'data');
  return child;
}

const lock = (pid: unknown) => JSON.stringify({ pid, createdAt: '2026-03-01T10:00:00.000Z' });

describe('a live gateway', () => {
  it('is one that holds the lock of a transcript', async () => {
    const { root, sessions } = stateDir();
    const gateway = await running('openclaw.mjs');
    writeFileSync(join(sessions, 'a.jsonl.lock'), lock(gateway.pid));
    expect((await find(root))?.reason).toContain(`process ${gateway.pid}`);
    gateway.kill('SIGKILL');
    await once(gateway, 'exit');
    expect(await find(root)).toBeUndefined();
  });

  it('is no process that was given the number of a dead one', async () => {
    const { root, sessions } = stateDir();
    const other = await running('backup.mjs');
    writeFileSync(join(sessions, 'a.jsonl.lock'), lock(other.pid));
    expect(await find(root)).toBeUndefined();
  });

  it.each(['', '{"pid":', lock('12'), lock(0), lock(-1), lock(1.5), '[]', 'null'])(
    'is not seen in a lock that holds %j',
    async (text) => {
      const { root, sessions } = stateDir();
      writeFileSync(join(sessions, 'a.jsonl.lock'), text);
      writeFileSync(join(sessions, 'sessions.json.lock'), text);
      expect(await find(root)).toBeUndefined();
    },
  );

  it('is one that answers on the port of its settings', async () => {
    const server = createServer((socket) => socket.destroy());
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as { port: number };
    const { root } = stateDir(JSON.stringify({ gateway: { port } }));
    expect((await find(root))?.reason).toContain(`port ${port}`);
    await new Promise((resolve) => server.close(resolve));
    expect(await find(root)).toBeUndefined();
  });

  it('is not looked for on any port where nothing was ever started', async () => {
    const { root } = stateDir();
    const asked: number[] = [];
    const loopback = {
      answers: async (port: number) => {
        asked.push(port);
        return true;
      },
    };
    const neighbours = { ...realNeighbours, loopback };
    expect(await findLiveGateway(realFileSystem, neighbours, root)).toBeUndefined();
    expect(asked).toEqual([]);
  });

  it.each(['{}', '{ // by hand\n}', '{"gateway":{"port":"x"}}'])(
    'is looked for on the usual port when the settings are %j',
    async (config) => {
      const { root } = stateDir(config);
      const asked: number[] = [];
      const loopback = {
        answers: async (port: number) => {
          asked.push(port);
          return true;
        },
      };
      const found = await findLiveGateway(realFileSystem, { ...realNeighbours, loopback }, root);
      expect(asked).toEqual([18_789]);
      expect(found?.reason).toContain('18789');
    },
  );
});
