import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { safeLine, safeText } from '../text/safe-text.ts';

interface FoldedJsonProps {
  name?: string;
  value: unknown;
  /** What stands at the end of the line. */
  aside?: ComponentChildren;
}

const HINT_MAX = 120;

/** JSON on one line, and in full when it is opened. What is closed costs nothing to draw. */
export function FoldedJson({ name, value, aside }: FoldedJsonProps) {
  const [open, setOpen] = useState(false);
  return (
    <details class="folded" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        {name !== undefined && <bdi class="folded-name">{safeLine(name)}</bdi>}
        <bdi class="folded-hint">{open ? '' : hintOf(value)}</bdi>
        {aside}
      </summary>
      {open && <pre class="json">{safeText(JSON.stringify(value, null, 2) ?? '')}</pre>}
    </details>
  );
}

/** The beginning of a value, without turning a large one into text as a whole. */
function hintOf(value: unknown): string {
  if (Array.isArray(value)) return `[${value.length}] ${clipped(value.slice(0, 8))}`;
  if (typeof value !== 'object' || value === null) return clipped(value);
  return clipped(Object.fromEntries(Object.entries(value).slice(0, 8)));
}

function clipped(value: unknown): string {
  const text = JSON.stringify(value, short) ?? '';
  return safeLine(text.length > HINT_MAX ? `${text.slice(0, HINT_MAX)}…` : text);
}

function short(_name: string, value: unknown): unknown {
  return typeof value === 'string' && value.length > HINT_MAX ? value.slice(0, HINT_MAX) : value;
}
