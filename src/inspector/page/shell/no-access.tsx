/** Shown when the server does not take the token, or there is none. */
export function NoAccess() {
  return (
    <main class="no-access" data-testid="no-access">
      <h1>This page needs its link</h1>
      <p>
        The inspector lets nobody in without the token of its link, and this one is missing or is
        not the right one any more: a new one is made every time the inspector starts.
      </p>
      <p>Start it, and open the link that it prints:</p>
      <pre>
        <code>holdfast serve &lt;store&gt;</code>
      </pre>
      <p class="quiet">
        In a gateway that mounts the inspector itself, ask whoever runs it for the link. A link is
        good for one browser tab; open it again in a new one.
      </p>
    </main>
  );
}
