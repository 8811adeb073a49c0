import type { Finding } from './finding.ts';
import { FINDING_CODES, type FindingCode, type Severity } from './finding-codes.ts';

/**
 * A directory of a hundred thousand files can have as many findings of one kind; nobody reads them,
 * and they must fit into memory.
 */
const PER_CODE_MAX = 100;

const OF_TRANSCRIPT = /^(TRANSCRIPT_|HEADER_)/;

/** What a step tells; the severity follows from the code. */
export type Told = Omit<Finding, 'code' | 'severity'>;

/** Findings as they come: the first of each code are kept, all are counted. */
export class Findings {
  readonly #max: number;
  readonly #kept: Finding[] = [];
  readonly #counts = new Map<FindingCode, number>();

  constructor(perCodeMax: number = PER_CODE_MAX) {
    this.#max = perCodeMax;
  }

  add(code: FindingCode, told: Told): void {
    const count = (this.#counts.get(code) ?? 0) + 1;
    this.#counts.set(code, count);
    if (count <= this.#max) this.#kept.push({ code, severity: FINDING_CODES[code][0], ...told });
  }

  /** Whether something of a transcript at this place was told, so that it is not told again. */
  tellsOf(path: string, from: number): boolean {
    return this.#kept.some(
      (one) => one.path === path && (one.range?.from ?? 0) === from && OF_TRANSCRIPT.test(one.code),
    );
  }

  /** Errors first, and within a severity in the order in which they were found. */
  get kept(): Finding[] {
    const rank: Record<Severity, number> = { error: 0, warning: 1, note: 2 };
    return this.#kept.toSorted((a, b) => rank[a.severity] - rank[b.severity]);
  }

  get more(): { code: FindingCode; count: number }[] {
    return [...this.#counts]
      .filter(([, count]) => count > this.#max)
      .map(([code, count]) => ({ code, count: count - this.#max }));
  }

  get counts(): Record<Severity, number> {
    const counts: Record<Severity, number> = { error: 0, warning: 0, note: 0 };
    for (const [code, count] of this.#counts) counts[FINDING_CODES[code][0]] += count;
    return counts;
  }
}
