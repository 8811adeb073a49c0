import { useContext } from 'preact/hooks';
import { useObserved } from '../browser/observable.ts';
import { addressOf, type Route } from '../browser/route.ts';
import { live } from '../server/live.ts';
import { safeLine } from '../text/safe-text.ts';
import { AboutContext } from './about.ts';
import { helpOpen } from './help-dialog.tsx';
import { ThemeButton } from './theme-button.tsx';

const VIEWS: readonly { name: string; route: Route; also?: Route['view'] }[] = [
  { name: 'Overview', route: { view: 'overview' } },
  { name: 'Sessions', route: { view: 'sessions', query: {} }, also: 'session' },
  { name: 'Storage', route: { view: 'storage' } },
];

/** The way between the views, what is inspected, and whether it is seen as it happens. */
export function TopBar({ route }: { route: Route }) {
  return (
    <header class="top-bar">
      <a class="brand" href="#/" aria-label="Holdfast, overview">
        <svg viewBox="0 0 32 32" width="22" height="22" aria-hidden="true">
          <rect width="32" height="32" rx="8" class="brand-tile" />
          <path d="M10 8v16M22 8v16M10 16h12" class="brand-line" />
        </svg>
        <span>Holdfast</span>
      </a>
      <nav aria-label="Views">
        {VIEWS.map(({ name, route: target, also }) => {
          const here = route.view === target.view || route.view === also;
          return (
            <a
              key={name}
              href={addressOf(target)}
              data-testid={`nav-${target.view}`}
              aria-current={here ? 'page' : undefined}
            >
              {name}
            </a>
          );
        })}
      </nav>
      <Inspected />
      <LiveMark />
      <button
        type="button"
        class="icon-button"
        aria-label="Keys of this page"
        title="Keys of this page (?)"
        onClick={() => helpOpen.set(true)}
      >
        ?
      </button>
      <ThemeButton />
    </header>
  );
}

function Inspected() {
  const about = useContext(AboutContext);
  if (!about) return <span class="inspected" />;
  const where = safeLine(about.location);
  return (
    <span class="inspected" title={`${where} · Holdfast ${about.version} · pid ${about.pid}`}>
      <bdi class="inspected-place">{where}</bdi>
      {about.write && <span class="badge">write</span>}
    </span>
  );
}

function LiveMark() {
  const state = useObserved(live.state);
  const text = { live: 'Live', connecting: 'Connecting', lost: 'Lost' }[state];
  return (
    <span class={`live-mark is-${state}`} data-testid="live-state" data-state={state} role="status">
      <span class="dot" aria-hidden="true" />
      {text}
    </span>
  );
}
