import type { ComponentChildren } from 'preact';
import { useId, useState } from 'preact/hooks';
import type { SessionView } from '../../wire.ts';
import type { Revision } from '../server/answers.ts';
import { ArchivesPanel } from './archives-panel.tsx';
import { EntryPanel } from './entry-panel.tsx';
import { HistoryPanel } from './history-panel.tsx';

interface SessionPanelsProps {
  view: SessionView;
  revisions: readonly Revision[];
  /** The conversation that is shown. */
  shownId: string;
  onShow: (sessionId: string | undefined) => void;
  /** Given where there is no room for it beside the panels. */
  conversation: ComponentChildren;
}

type Panel = 'conversation' | 'entry' | 'history' | 'archives';

/** What a session holds besides its conversation, one panel at a time. */
export function SessionPanels(props: SessionPanelsProps) {
  const { view, revisions, shownId, onShow, conversation } = props;
  const id = useId();
  const names: [Panel, string][] = [
    ['entry', 'Entry'],
    ['history', 'History'],
    ['archives', view.archives.length > 0 ? `Archives ${view.archives.length}` : 'Archives'],
  ];
  if (conversation) names.unshift(['conversation', 'Conversation']);
  const [chosen, setChosen] = useState<Panel>();
  const shown = names.some(([panel]) => panel === chosen) ? chosen : names[0]?.[0];
  const choose = (sessionId: string | undefined): void => {
    onShow(sessionId);
    if (conversation) setChosen('conversation');
  };
  return (
    <section class="panels" aria-label="Details">
      <Tabs id={id} names={names} shown={shown} onChoose={setChosen} />
      <div
        id={`${id}-panel`}
        role="tabpanel"
        aria-labelledby={`${id}-${shown}`}
        class={`panel panel-${shown}`}
      >
        {shown === 'conversation' && conversation}
        {shown === 'entry' && <EntryPanel view={view} last={revisions[0]} />}
        {shown === 'history' && <HistoryPanel revisions={revisions} />}
        {shown === 'archives' && <ArchivesPanel view={view} shownId={shownId} onShow={choose} />}
      </div>
    </section>
  );
}

interface TabsProps {
  id: string;
  names: readonly [Panel, string][];
  shown: Panel | undefined;
  onChoose: (panel: Panel) => void;
}

/** Tabs: the chosen one takes the focus, the arrows choose. */
function Tabs({ id, names, shown, onChoose }: TabsProps) {
  const onKeyDown = (event: KeyboardEvent): void => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (step === undefined) return;
    const at = names.findIndex(([panel]) => panel === shown);
    const next = names[(at + step + names.length) % names.length]?.[0];
    if (next === undefined) return;
    onChoose(next);
    document.getElementById(`${id}-${next}`)?.focus();
  };
  return (
    <div class="tabs" role="tablist" aria-label="Details" onKeyDown={onKeyDown}>
      {names.map(([panel, name]) => (
        <button
          key={panel}
          id={`${id}-${panel}`}
          type="button"
          role="tab"
          aria-selected={panel === shown}
          aria-controls={`${id}-panel`}
          tabIndex={panel === shown ? 0 : -1}
          data-testid={`tab-${panel}`}
          onClick={() => onChoose(panel)}
        >
          {name}
        </button>
      ))}
    </div>
  );
}
