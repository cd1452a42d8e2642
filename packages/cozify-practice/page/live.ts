/** Callbacks of the live connection. */
export interface Listener {
  /** Called when a connection opens. The server then sends all facts, perhaps of another home. */
  begins: () => void;
  hears: (changes: Record<string, unknown>) => void;
  /** Called when the server can't be reached. The browser tries again. */
  loses: () => void;
}

/**
 * Connects to the server while the page is visible. A browser allows about six connections to one server, so hidden
 * tabs must not hold one: otherwise other pages could not load.
 */
export function listen({ begins, hears, loses }: Listener): void {
  let live: EventSource | undefined;
  const connect = () => {
    const source = new EventSource('live');
    source.addEventListener('open', begins);
    source.addEventListener('message', ({ data }) => hears(JSON.parse(String(data)) as Record<string, unknown>));
    source.addEventListener('error', loses);
    return source;
  };
  const follow = () => {
    live?.close();
    live = document.hidden ? undefined : connect();
  };
  document.addEventListener('visibilitychange', follow);
  follow();
}
