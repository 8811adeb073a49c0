import { useEffect } from 'preact/hooks';
import { useObserved } from './browser/observable.ts';
import { type Route, useRoute } from './browser/route.ts';
import { OverviewView } from './overview/overview-view.tsx';
import { letIn } from './server/ask.ts';
import { live } from './server/live.ts';
import { askAbout } from './server/questions.ts';
import { useAnswer } from './server/use-answer.ts';
import { SessionView } from './session/session-view.tsx';
import { SessionsView } from './sessions/sessions-view.tsx';
import { AboutContext } from './shell/about.ts';
import { HelpDialog } from './shell/help-dialog.tsx';
import { LostBanner } from './shell/lost-banner.tsx';
import { NoAccess } from './shell/no-access.tsx';
import { TopBar } from './shell/top-bar.tsx';
import { StorageView } from './storage/storage-view.tsx';

/** The whole page: what stands on every view, and the view that the address names. */
export function App() {
  const route = useRoute();
  const allowed = useObserved(letIn);
  const about = useAnswer(askAbout, []);
  const followed = route.view === 'session' ? route.key : undefined;
  useEffect(() => live.follow(followed), [followed]);
  useEffect(() => {
    document.title = titleOf(route);
  }, [route]);

  if (!allowed) return <NoAccess />;
  return (
    <AboutContext.Provider value={about.value}>
      <TopBar route={route} />
      <LostBanner />
      <main class={`view view-${route.view}`}>
        <View route={route} />
      </main>
      <HelpDialog />
    </AboutContext.Provider>
  );
}

function View({ route }: { route: Route }) {
  if (route.view === 'sessions') return <SessionsView query={route.query} />;
  if (route.view === 'session') return <SessionView key={route.key} sessionKey={route.key} />;
  if (route.view === 'storage') return <StorageView />;
  return <OverviewView />;
}

function titleOf(route: Route): string {
  if (route.view === 'session') return `${route.key} · Holdfast`;
  const names = { overview: 'Overview', sessions: 'Sessions', storage: 'Storage' };
  return `${names[route.view]} · Holdfast`;
}
