import { connect } from 'node:net';

/** This machine's own network, over which other programs of it answer. */
export interface Loopback {
  /** Whether somebody accepts connections on a port within `waitMs`. Nothing is sent. */
  answers(port: number, waitMs: number): Promise<boolean>;
}

export const realLoopback: Loopback = {
  answers(port, waitMs) {
    return new Promise((resolve) => {
      const socket = connect({ host: '127.0.0.1', port, timeout: waitMs });
      const end = (answered: boolean) => {
        socket.destroy();
        resolve(answered);
      };
      socket.on('connect', () => end(true));
      socket.on('timeout', () => end(false));
      // Refused, or no such network: nobody is there.
      socket.on('error', () => end(false));
    });
  },
};
