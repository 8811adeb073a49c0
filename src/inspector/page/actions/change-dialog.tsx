import type { Action, SessionView } from '../../wire.ts';
import { safeLine } from '../text/safe-text.ts';
import { shortValue } from '../values/short-value.ts';
import { ConfirmDialog } from './confirm-dialog.tsx';

interface ChangeDialogProps {
  view: SessionView;
  field: string;
  /** Left out: the field is removed. */
  value: unknown;
  onClose: () => void;
  onDone: () => void;
}

/** The change of a field, from the value that it has now to the new one. */
export function ChangeDialog({ view, field, value, onClose, onDone }: ChangeDialogProps) {
  const { key, rev } = view.row;
  // The value that is shown is the one that is replaced: another commit in between is refused.
  const target = { action: 'edit' as const, key, field, ifRev: rev };
  const action: Action = value === undefined ? target : { ...target, value };
  return (
    <ConfirmDialog
      title={value === undefined ? 'Remove a field' : 'Change the entry'}
      confirm={value === undefined ? 'Remove' : 'Save'}
      action={action}
      // The next edit builds on this one: it would be refused with the revision before.
      isShown={(result) => rev >= (result as { rev: number }).rev}
      onClose={onClose}
      onDone={onDone}
    >
      <p>
        <bdi class="mono">{safeLine(field)}</bdi>
      </p>
      <p class="change-values">
        <del>{shortValue(view.entry[field])}</del>
        <span aria-hidden="true"> → </span>
        <ins>{shortValue(value)}</ins>
      </p>
    </ConfirmDialog>
  );
}
