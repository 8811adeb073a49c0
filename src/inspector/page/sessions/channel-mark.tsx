import { safeLine } from '../text/safe-text.ts';

/** A small tile with the first letters of the channel. */
export function ChannelMark({ channel }: { channel: string | undefined }) {
  const name = channel ? safeLine(channel) : 'no channel';
  const letters = channel ? safeLine([...channel].slice(0, 2).join('')) : '·';
  return (
    <span class={channel ? 'mark' : 'mark is-none'} role="img" aria-label={name} title={name}>
      {letters}
    </span>
  );
}
