/** What comes of listening to the home. */
export interface Listener {
  /** All there is will be told, by a home that may be another one than before. */
  begins: () => void;
  hears: (changes: Record<string, unknown>) => void;
  /** The home can't be reached; the browser tries again. */
  loses: () => void;
}

/**
 * Listens to the home while the page is seen. A browser keeps only a few connections to one server, six at most, and
 * each page that listens holds one of them: if those in hidden tabs did, other pages could neither load nor do anything.
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
