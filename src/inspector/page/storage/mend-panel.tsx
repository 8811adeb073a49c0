import { useState } from 'preact/hooks';
import { ConfirmDialog } from '../actions/confirm-dialog.tsx';
import { MendReport, type Report } from './mend-report.tsx';

type Asked = 'verify' | 'dry-run' | 'apply';

/** Looks whether the store is whole, and mends it: first on paper, then in earnest. */
export function MendPanel() {
  const [asked, setAsked] = useState<Asked>();
  const [report, setReport] = useState<Report>();
  const close = (): void => setAsked(undefined);
  const take = (result: unknown): void => setReport(result as Report);
  const planned = report && 'dryRun' in report && report.dryRun && report.actions.length > 0;
  return (
    <section class="card mend">
      <h2 class="card-title">Verify and repair</h2>
      <p class="quiet">Verifying reads the whole store and changes nothing.</p>
      <div class="mend-buttons">
        <button
          type="button"
          class="button"
          data-testid="action-verify"
          onClick={() => setAsked('verify')}
        >
          Verify
        </button>
        <button
          type="button"
          class="button"
          data-testid="action-repair"
          onClick={() => setAsked('dry-run')}
        >
          What would repair do?
        </button>
        {planned && (
          <button
            type="button"
            class="button is-dangerous"
            data-testid="action-apply"
            onClick={() => setAsked('apply')}
          >
            Repair
          </button>
        )}
      </div>
      {report && <MendReport report={report} />}
      {asked && <AskDialog asked={asked} onClose={close} onDone={take} />}
    </section>
  );
}

interface AskDialogProps {
  asked: Asked;
  onClose: () => void;
  onDone: (result: unknown) => void;
}

function AskDialog({ asked, onClose, onDone }: AskDialogProps) {
  if (asked === 'verify') {
    return (
      <ConfirmDialog
        title="Verify the store"
        confirm="Verify"
        action={{ action: 'verify' }}
        onClose={onClose}
        onDone={onDone}
      >
        <p>
          Every file is read once. With a large store that takes its time, and disk time of others.
        </p>
      </ConfirmDialog>
    );
  }
  const dryRun = asked === 'dry-run';
  return (
    <ConfirmDialog
      title={dryRun ? 'Plan a repair' : 'Repair the store'}
      confirm={dryRun ? 'Plan' : 'Repair'}
      dangerous={!dryRun}
      action={{ action: 'repair', dryRun }}
      onClose={onClose}
      onDone={onDone}
    >
      {dryRun ? (
        <p>The store is read and nothing is changed. You see what a repair would do.</p>
      ) : (
        <p>What the plan names is mended now. Damaged bytes are kept aside.</p>
      )}
    </ConfirmDialog>
  );
}
