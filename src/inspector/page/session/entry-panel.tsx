import { useState } from 'preact/hooks';
import type { SessionView } from '../../wire.ts';
import { FieldEditor } from '../actions/field-editor.tsx';
import type { Revision } from '../server/answers.ts';
import { useMayWrite } from '../shell/about.ts';
import { safeLine } from '../text/safe-text.ts';
import { FieldValue } from '../values/field-value.tsx';

interface EntryPanelProps {
  view: SessionView;
  /** The revision that the entry has now. */
  last: Revision | undefined;
}

/** The fields of the entry; those of the last commit stand out. */
export function EntryPanel({ view, last }: EntryPanelProps) {
  const mayWrite = useMayWrite();
  const [edited, setEdited] = useState<string>();
  const [adding, setAdding] = useState(false);
  const { entry, row } = view;
  const isNew = (name: string): boolean => last !== undefined && !last.whole && name in last.set;
  const fields = Object.entries(entry);
  return (
    <div class="entry" data-testid="entry">
      {fields.length === 0 && <p class="quiet">The entry has no fields.</p>}
      {fields.map(([name, value]) => (
        <div key={name} class={`field ${isNew(name) ? 'is-new' : ''}`} data-field={name}>
          <div class="field-name">
            <bdi>{safeLine(name)}</bdi>
            {isNew(name) && (
              <span class="badge" title={`Changed in revision ${row.rev}`}>
                changed
              </span>
            )}
            {mayWrite && edited !== name && (
              <button
                type="button"
                class="link"
                data-testid="action-edit"
                aria-label={`Edit ${safeLine(name)}`}
                onClick={() => setEdited(name)}
              >
                Edit
              </button>
            )}
          </div>
          {edited === name ? (
            <FieldEditor view={view} field={name} onClose={() => setEdited(undefined)} />
          ) : (
            <FieldValue name={name} value={value} />
          )}
        </div>
      ))}
      {last && !last.whole && last.unset.length > 0 && (
        <p class="quiet">
          Removed in revision {row.rev}: <bdi>{last.unset.map(safeLine).join(', ')}</bdi>
        </p>
      )}
      {mayWrite && !adding && (
        <button
          type="button"
          class="button"
          data-testid="action-add"
          onClick={() => setAdding(true)}
        >
          Add a field
        </button>
      )}
      {adding && <FieldEditor view={view} onClose={() => setAdding(false)} />}
    </div>
  );
}
