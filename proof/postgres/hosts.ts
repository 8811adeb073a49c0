/** Hosts of their own: network namespaces, each on a link to this machine that can be cut. */
import { onTestFinished } from 'vitest';
import { runProgram } from '../frame/needs.ts';

const ip = (...words: string[]) => runProgram('ip', words);

let hosts = 0;

export class Host {
  readonly #link: string;
  /** What starts a program on it. */
  readonly wrap: readonly string[];
  /** The address of this machine, as it is seen from there. */
  readonly server: string;

  /** Makes one; it is gone when the test has ended. */
  constructor() {
    hosts += 1;
    const name = `hf${process.pid}-${hosts}`;
    const [link, peer] = [`${name}a`, `${name}b`];
    // A network of four addresses for each, of those that are for private use.
    const net = `10.${213 + (hosts % 40)}.${process.pid % 250}`;
    this.#link = link;
    this.server = `${net}.1`;
    this.wrap = ['ip', 'netns', 'exec', name];
    ip('netns', 'add', name);
    onTestFinished(() => {
      ip('netns', 'delete', name);
    });
    ip('link', 'add', link, 'type', 'veth', 'peer', 'name', peer, 'netns', name);
    ip('address', 'add', `${this.server}/30`, 'dev', link);
    ip('link', 'set', link, 'up');
    ip('-n', name, 'address', 'add', `${net}.2/30`, 'dev', peer);
    ip('-n', name, 'link', 'set', peer, 'up');
    ip('-n', name, 'link', 'set', 'lo', 'up');
  }

  /** From now on nothing passes, and nobody is told. */
  cut(): void {
    ip('link', 'set', this.#link, 'down');
  }

  heal(): void {
    ip('link', 'set', this.#link, 'up');
  }
}
