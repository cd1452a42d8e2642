/** Callbacks of the live connection. */
export interface LiveCallbacks {
  /**
   * Called when a connection opens. The server then sends all facts. After a restart of the server, they may belong to
   * another home.
   */
  onOpen: () => void;
  onChanges: (changes: Record<string, unknown>) => void;
  /** Called when the server can't be reached. The browser tries again. */
  onLost: () => void;
}

/**
 * Connects to the server while the page is visible. A browser allows about six connections to one server. If hidden
 * tabs kept their connections, other pages of the server could not load.
 */
export function subscribe({ onOpen, onChanges, onLost }: LiveCallbacks): void {
  let live: EventSource | undefined;
  const connect = () => {
    const source = new EventSource('live');
    source.addEventListener('open', onOpen);
    source.addEventListener('message', ({ data }) => onChanges(JSON.parse(String(data)) as Record<string, unknown>));
    source.addEventListener('error', onLost);
    return source;
  };
  const follow = () => {
    live?.close();
    live = document.hidden ? undefined : connect();
  };
  document.addEventListener('visibilitychange', follow);
  follow();
}
