import { useState } from 'preact/hooks';
import { goTo } from '../browser/route.ts';
import { safeLine } from '../text/safe-text.ts';
import { ConfirmDialog } from './confirm-dialog.tsx';

interface RemoveDialogProps {
  sessionKey: string;
  sessionId: string;
  onClose: () => void;
}

/** Removes a session with all its conversations, once the end of its key was typed. */
export function RemoveDialog({ sessionKey, sessionId, onClose }: RemoveDialogProps) {
  const [typed, setTyped] = useState('');
  const end = lastPartOf(sessionKey);
  const sure = typed === end;
  const action = { action: 'remove' as const, key: sessionKey, ifSessionId: sessionId };
  return (
    <ConfirmDialog
      title="Remove the session"
      confirm="Remove for good"
      dangerous
      action={sure ? action : undefined}
      onClose={onClose}
      onDone={() => goTo({ view: 'sessions', query: {} })}
    >
      <p>
        The entry, the transcript and all archives of <bdi class="mono">{safeLine(sessionKey)}</bdi>{' '}
        are deleted. Nothing brings them back.
      </p>
      <label class="form-row">
        <span>
          Type <bdi class="mono">{safeLine(end)}</bdi> to confirm
        </span>
        <input
          type="text"
          spellcheck={false}
          autocomplete="off"
          data-testid="confirm-text"
          value={typed}
          onInput={(event) => setTyped(event.currentTarget.value)}
        />
      </label>
    </ConfirmDialog>
  );
}

/** What stands behind the last colon of a key that can be typed; else `remove`. */
function lastPartOf(key: string): string {
  const end = key.slice(key.lastIndexOf(':') + 1);
  return /^[\x21-\x7e]{1,40}$/.test(end) ? end : 'remove';
}
