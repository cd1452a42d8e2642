// Detects whether the home tab is visible, and whether the user is active.
/** Time without mouse, keyboard or touch input after which the user counts as idle. */
const IDLE_MS = 900_000;

/**
 * Whether the user sees an element of the page: `seen` if it is visible, `idle` if it is visible but there was no input
 * for a while, otherwise `hidden`.
 */
export type Seen = 'seen' | 'idle' | 'hidden';

const TOUCHES = ['keydown', 'mousemove', 'mousedown', 'touchstart'] as const;

/**
 * Calls `onChange` when an element becomes seen, idle or hidden, until the signal aborts. A timer runs only while the
 * element is seen.
 */
export function watchAttention(part: Element, onChange: (seen: Seen) => void, signal: AbortSignal): void {
  let isInFront = false;
  let seen: Seen = 'hidden';
  let timer: ReturnType<typeof setTimeout> | undefined;
  const note = (isIdle: boolean): void => {
    const isShown = isInFront && document.visibilityState === 'visible';
    const before = seen;
    seen = !isShown ? 'hidden' : isIdle ? 'idle' : 'seen';
    clearTimeout(timer);
    if (seen === 'seen') timer = setTimeout(() => note(true), IDLE_MS);
    if (seen !== before) onChange(seen);
  };
  const noteActive = (): void => note(false);
  const observer = new IntersectionObserver((entries) => {
    isInFront = entries.at(-1)?.isIntersecting === true;
    note(seen === 'idle');
  });
  observer.observe(part);
  document.addEventListener('visibilitychange', noteActive, { signal });
  for (const name of TOUCHES) document.addEventListener(name, noteActive, { capture: true, passive: true, signal });
  signal.addEventListener('abort', () => {
    observer.disconnect();
    clearTimeout(timer);
  });
}
