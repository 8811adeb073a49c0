import { useEffect } from 'preact/hooks';
import { Observable, useObserved } from '../browser/observable.ts';
import { Dialog } from './dialog.tsx';
import { isTyping } from './is-typing.ts';

/** Whether the list of keys is shown. */
export const helpOpen = new Observable(false);

const KEYS: readonly [string, string][] = [
  ['/', 'Search the sessions'],
  ['↓ ↑ or j k', 'Move in the list'],
  ['Enter', 'Open the session'],
  ['Esc', 'Close, or back to the list'],
  ['?', 'This list'],
];

export function HelpDialog() {
  const open = useObserved(helpOpen);
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.key !== '?' || isTyping(event)) return;
      event.preventDefault();
      helpOpen.set(true);
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, []);
  if (!open) return null;
  return (
    <Dialog title="Keys" onClose={() => helpOpen.set(false)}>
      <dl class="key-list">
        {KEYS.map(([key, what]) => (
          <div key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
      <div class="dialog-foot">
        <button type="button" class="button" onClick={() => helpOpen.set(false)}>
          Close
        </button>
      </div>
    </Dialog>
  );
}
