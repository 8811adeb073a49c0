/** What a writing process is told. */
export interface WriterPlan {
  root: string;
  writer: number;
  durability: 'process' | 'power';
  /** It writes to so many at once. */
  sessions: number;
}

export function writerKey(durability: string, writer: number, session: number): string {
  return `agent:main:${durability}:${writer}-${session}`;
}
