/** What a process of a proof begins with: it ends when whoever started it is gone. */
import type { Socket } from 'node:net';
import process from 'node:process';

export function endWithParent(): void {
  process.stdin.on('end', () => process.exit(2));
  process.stdin.resume();
  (process.stdin as unknown as Socket).unref();
}

/** The value that it was started with. */
export function planOf<T>(): T {
  return JSON.parse(process.argv[2] as string) as T;
}
