import { useState } from 'preact/hooks';
import type { SessionView } from '../../wire.ts';
import { InterruptDialog } from './interrupt-dialog.tsx';
import { RemoveDialog } from './remove-dialog.tsx';
import { ResetDialog } from './reset-dialog.tsx';

type Asked = 'reset' | 'interrupt' | 'remove';

/** What can be done with a session as a whole. */
export function SessionActions({ view }: { view: SessionView }) {
  const [asked, setAsked] = useState<Asked>();
  const close = (): void => setAsked(undefined);
  const { key, sessionId, turn } = view.row;
  return (
    <div class="session-actions">
      {turn?.status === 'running' && (
        <button
          type="button"
          class="button"
          data-testid="action-interrupt"
          onClick={() => setAsked('interrupt')}
        >
          Interrupt
        </button>
      )}
      <button
        type="button"
        class="button"
        data-testid="action-reset"
        onClick={() => setAsked('reset')}
      >
        Reset
      </button>
      <button
        type="button"
        class="button is-danger-quiet"
        data-testid="action-remove"
        onClick={() => setAsked('remove')}
      >
        Remove
      </button>
      {asked === 'interrupt' && <InterruptDialog sessionKey={key} onClose={close} />}
      {asked === 'reset' && (
        <ResetDialog sessionKey={key} runs={turn?.status === 'running'} onClose={close} />
      )}
      {asked === 'remove' && (
        <RemoveDialog sessionKey={key} sessionId={sessionId} onClose={close} />
      )}
    </div>
  );
}
