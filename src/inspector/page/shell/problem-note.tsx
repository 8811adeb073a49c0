import type { RefusedError } from '../server/ask.ts';
import { safeText } from '../text/safe-text.ts';

/** A refusal: its code, what happened, and what to do about it. */
export function ProblemNote({ problem }: { problem: RefusedError }) {
  return (
    <div class="problem" role="alert" data-testid="problem">
      <p>
        <code>{safeText(problem.code)}</code> <bdi>{safeText(problem.message)}</bdi>
      </p>
      {problem.remedy && (
        <p class="quiet">
          <bdi>{safeText(problem.remedy)}</bdi>
        </p>
      )}
    </div>
  );
}
