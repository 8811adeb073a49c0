import { useState } from 'preact/hooks';
import { ConfirmDialog } from './confirm-dialog.tsx';

interface RestoreButtonProps {
  sessionKey: string;
  sessionId: string;
}

/** Makes a former conversation the active one again. */
export function RestoreButton({ sessionKey, sessionId }: RestoreButtonProps) {
  const [asked, setAsked] = useState(false);
  return (
    <>
      <button
        type="button"
        class="link"
        data-testid="action-restore"
        onClick={() => setAsked(true)}
      >
        Restore
      </button>
      {asked && (
        <ConfirmDialog
          title="Restore the conversation"
          confirm="Restore"
          action={{ action: 'restore', key: sessionKey, sessionId }}
          onClose={() => setAsked(false)}
        >
          <p>
            This conversation becomes the active one, with its entry. The one that is active now
            goes to the archives; a turn that runs in it is lost.
          </p>
        </ConfirmDialog>
      )}
    </>
  );
}
