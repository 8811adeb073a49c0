import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { Action } from '../../wire.ts';
import { act, problemOf, type RefusedError } from '../server/ask.ts';
import { live } from '../server/live.ts';
import { Dialog } from '../shell/dialog.tsx';
import { ProblemNote } from '../shell/problem-note.tsx';

interface ConfirmDialogProps {
  title: string;
  /** What the button says: the thing that it does. */
  confirm: string;
  /** It can not be taken back. */
  dangerous?: boolean;
  /** What is asked for; nothing while the reader has not said enough. */
  action: Action | undefined;
  /** Whether the page shows by now what the action made: the question stays until then. Default: at once. */
  isShown?: (result: unknown) => boolean;
  onClose: () => void;
  onDone?: (result: unknown) => void;
  children: ComponentChildren;
}

/** Nothing is changed without this question. What the server refuses is told in it. */
export function ConfirmDialog(props: ConfirmDialogProps) {
  const { title, confirm, dangerous, action, isShown, onClose, onDone, children } = props;
  const [problem, setProblem] = useState<RefusedError>();
  const [busy, setBusy] = useState(false);
  const [acted, setActed] = useState<{ result: unknown }>();
  const ended = acted !== undefined && (isShown?.(acted.result) ?? true);
  useEffect(() => {
    if (!ended) return;
    onClose();
    onDone?.(acted.result);
  }, [ended]);
  const run = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (!action || busy) return;
    setBusy(true);
    setProblem(undefined);
    try {
      setActed({ result: await act(action) });
      if (isShown && 'key' in action) live.announce(action.key);
    } catch (cause) {
      setProblem(problemOf(cause));
      setBusy(false);
    }
  };
  return (
    <Dialog title={title} onClose={onClose}>
      <form onSubmit={(event) => void run(event)}>
        {children}
        {problem && <ProblemNote problem={problem} />}
        <div class="dialog-foot">
          <button type="button" class="button" data-testid="cancel" onClick={onClose}>
            Cancel
          </button>
          <button
            type="submit"
            class={`button ${dangerous ? 'is-dangerous' : 'is-main'}`}
            data-testid="confirm"
            disabled={!action || busy}
          >
            {busy ? 'Working…' : confirm}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
