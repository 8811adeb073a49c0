/** What a mount gives, as far as a few seconds of trying can tell. */

/** Who needs it: any store at all, `durability: 'power'`, or nobody; then it is good to know only. */
export type NeededBy = 'store' | 'power' | 'nobody';

/** One thing that was tried. */
export interface MountCheck {
  /** In kebab-case, for scripts: `locks-exclude`. */
  readonly id: string;
  /** What it is, for people. */
  readonly what: string;
  readonly neededBy: NeededBy;
  /** `unknown`: it could not be tried here, and `detail` says why. */
  readonly outcome: 'yes' | 'no' | 'unknown';
  /** What was seen, with its figures. */
  readonly detail: string;
}

export interface MountReport {
  /** The real path of the directory that was asked about. */
  readonly directory: string;
  /** The file system, as `ext4`; in hexadecimal when it has no name here. */
  readonly type: string;
  /** `shared`: other machines may write here too, where no lock of this one reaches. */
  readonly kind: 'sound' | 'shared' | 'unknown';
  readonly freeBytes: number;
  /** Files that can still be made; `undefined` where the file system has no such limit. */
  readonly freeFiles?: number;
  readonly checks: readonly MountCheck[];
  /** Nothing that a store needs was seen missing. */
  readonly store: boolean;
  /** Nor anything that `durability: 'power'` needs. */
  readonly power: boolean;
}

/** Whether everything that `by` needs was seen, or could at least not be tried. */
export function holdsFor(by: NeededBy, checks: readonly MountCheck[]): boolean {
  return !checks.some(({ neededBy, outcome }) => neededBy === by && outcome === 'no');
}
