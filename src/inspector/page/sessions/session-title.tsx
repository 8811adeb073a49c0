import { safeLine } from '../text/safe-text.ts';

interface SessionTitleProps {
  sessionKey: string;
  label: string | undefined;
}

/** A session by its label, with the key below; without a label, by the telling part of its key. */
export function SessionTitle({ sessionKey, label }: SessionTitleProps) {
  return (
    <span class="title">
      <bdi class="title-name">{safeLine(label ?? tailOf(sessionKey))}</bdi>
      <bdi class="title-key">{safeLine(sessionKey)}</bdi>
    </span>
  );
}

/** A key without `agent:` and the agent, which every row would repeat. */
export function tailOf(key: string): string {
  const tail = /^agent:[^:]+:(.+)$/s.exec(key)?.[1];
  return tail ?? key;
}
