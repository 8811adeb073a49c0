import { useState } from 'preact/hooks';
import { ConfirmDialog } from './confirm-dialog.tsx';

interface InterruptDialogProps {
  sessionKey: string;
  onClose: () => void;
}

/** Asks the running turn to stop. */
export function InterruptDialog({ sessionKey, onClose }: InterruptDialogProps) {
  const [reason, setReason] = useState('');
  const action = {
    action: 'interrupt' as const,
    key: sessionKey,
    ...(reason === '' ? {} : { reason }),
  };
  return (
    <ConfirmDialog title="Interrupt the turn" confirm="Interrupt" action={action} onClose={onClose}>
      <p>
        The turn that runs is asked to stop. What it wrote before stays; turns that wait begin after
        it.
      </p>
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
