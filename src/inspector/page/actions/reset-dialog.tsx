import { useState } from 'preact/hooks';
import { ConfirmDialog } from './confirm-dialog.tsx';

interface ResetDialogProps {
  sessionKey: string;
  /** A turn is running, which ends with it. */
  runs: boolean;
  onClose: () => void;
}

/** Begins a new conversation under the key; the one before is archived. */
export function ResetDialog({ sessionKey, runs, onClose }: ResetDialogProps) {
  const [reason, setReason] = useState('');
  const [keep, setKeep] = useState<'all' | 'none'>('all');
  const action = {
    action: 'reset' as const,
    key: sessionKey,
    keep,
    ...(reason === '' ? {} : { reason }),
  };
  return (
    <ConfirmDialog title="Reset the session" confirm="Reset" action={action} onClose={onClose}>
      <p>
        A new conversation begins under this key. The one before goes to the archives with its entry
        and can be restored.
      </p>
      {runs && <p class="is-danger">The turn that runs now is lost with it.</p>}
      <label class="form-row">
        Fields of the entry
        <select
          value={keep}
          onChange={(event) => setKeep(event.currentTarget.value as 'all' | 'none')}
        >
          <option value="all">stay as they are</option>
          <option value="none">are left behind</option>
        </select>
      </label>
      <label class="form-row">
        Reason
        <input
          type="text"
          dir="auto"
          value={reason}
          placeholder="optional"
          onInput={(event) => setReason(event.currentTarget.value)}
        />
      </label>
    </ConfirmDialog>
  );
}
