import type { Revision } from '../server/answers.ts';

/** What a field was before a revision. `unknown`: that is not kept any more. */
export type Former = { known: true; value: unknown } | { known: false };

/** A field that a revision changed; without `value` it was removed. */
export interface FieldChange {
  field: string;
  former: Former;
  value?: unknown;
}

/** The changes of one revision. @param revisions newest first */
export function changesOf(revisions: readonly Revision[], index: number): FieldChange[] {
  const revision = revisions[index];
  if (!revision) return [];
  const older = revisions.slice(index + 1);
  const set = Object.entries(revision.set).map(([field, value]) => ({
    field,
    value,
    former: formerOf(older, field),
  }));
  const unset = revision.unset.map((field) => ({ field, former: formerOf(older, field) }));
  return [...set, ...unset];
}

function formerOf(older: readonly Revision[], field: string): Former {
  for (const { set, unset, whole } of older) {
    if (Object.hasOwn(set, field)) return { known: true, value: set[field] };
    if (unset.includes(field) || whole) return { known: true, value: undefined };
  }
  return { known: false };
}
