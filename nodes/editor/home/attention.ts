// Observer that says whether somebody looks at the home tab.
/** Idle time after which a viewer counts as absent. */
const IDLE_MS = 900_000;

/** Whether a viewer sees the part: its page is in front, the part is shown, and the viewer is active. */
export type Seen = 'seen' | 'idle' | 'hidden';

const TOUCHES = ['keydown', 'mousemove', 'mousedown', 'touchstart'] as const;

/**
 * Calls back when a part of the page becomes visible or hidden, until the signal aborts. There is no timer while the
 * part is hidden.
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
