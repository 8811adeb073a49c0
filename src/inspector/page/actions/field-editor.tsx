import { useState } from 'preact/hooks';
import type { SessionView } from '../../wire.ts';
import { ChangeDialog } from './change-dialog.tsx';
import { parsedValue, textOf } from './field-text.ts';

interface FieldEditorProps {
  view: SessionView;
  /** Left out: a field is added. */
  field?: string;
  onClose: () => void;
}

type Kind = 'text' | 'json';

/** Edits a field where it stands; it is changed after one more question. */
export function FieldEditor({ view, field, onClose }: FieldEditorProps) {
  const former = field === undefined ? undefined : view.entry[field];
  const isText = field === undefined || typeof former === 'string';
  const [name, setName] = useState(field ?? '');
  const [kind, setKind] = useState<Kind>(isText ? 'text' : 'json');
  const [text, setText] = useState(() => textOf(former));
  const [asked, setAsked] = useState<'set' | 'remove'>();
  const parsed = parsedValue(text, kind);
  const problem = problemWith(name, parsed, field === undefined && Object.hasOwn(view.entry, name));
  return (
    <div class="field-editor">
      {field === undefined && (
        <label class="form-row">
          Name
          <input
            type="text"
            spellcheck={false}
            value={name}
            data-testid="field-name"
            onInput={(event) => setName(event.currentTarget.value)}
          />
        </label>
      )}
      <ValueBox text={text} onChange={setText} />
      {problem !== '' && text !== '' && <p class="is-danger">{problem}</p>}
      <div class="field-editor-foot">
        <KindChoice kind={kind} onChange={setKind} />
        {field !== undefined && (
          <button
            type="button"
            class="button is-danger-quiet"
            data-testid="action-unset"
            onClick={() => setAsked('remove')}
          >
            Remove field
          </button>
        )}
        <button type="button" class="button" onClick={onClose}>
          Cancel
        </button>
        <SaveButton disabled={problem !== ''} onSave={() => setAsked('set')} />
      </div>
      {asked && (
        <ChangeDialog
          view={view}
          field={name}
          value={asked === 'set' && parsed.ok ? parsed.value : undefined}
          onClose={() => setAsked(undefined)}
          onDone={onClose}
        />
      )}
    </div>
  );
}

function ValueBox({ text, onChange }: { text: string; onChange: (text: string) => void }) {
  return (
    <label class="form-row">
      Value
      <textarea
        dir="auto"
        rows={Math.min(12, text.split('\n').length + 1)}
        spellcheck={false}
        value={text}
        data-testid="field-text"
        onInput={(event) => onChange(event.currentTarget.value)}
      />
    </label>
  );
}

function KindChoice({ kind, onChange }: { kind: Kind; onChange: (kind: Kind) => void }) {
  return (
    <select
      aria-label="Kind of value"
      value={kind}
      onChange={(event) => onChange(event.currentTarget.value as Kind)}
    >
      <option value="text">Text</option>
      <option value="json">JSON</option>
    </select>
  );
}

function SaveButton({ disabled, onSave }: { disabled: boolean; onSave: () => void }) {
  return (
    <button
      type="button"
      class="button is-main"
      data-testid="action-save"
      disabled={disabled}
      onClick={onSave}
    >
      Save
    </button>
  );
}

function problemWith(name: string, parsed: ReturnType<typeof parsedValue>, taken: boolean): string {
  if (name === '') return 'A field needs a name.';
  if (taken) return 'The entry has a field of this name.';
  return parsed.ok ? '' : parsed.why;
}
