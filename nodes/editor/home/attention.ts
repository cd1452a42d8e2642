// Observer that says whether somebody looks at the home tab.
/** Idle time after which a viewer counts as absent. */
const IDLE_MS = 900_000;

/** Whether a viewer sees the part: its page is in front, the part is shown, and the viewer is active. */
export type Seen = 'seen' | 'idle' | 'hidden';

/** Calls back when a part of the page becomes visible or hidden. There is no timer while the part is hidden. */
export class Attention {
  readonly #part: Element;
  readonly #onChange: (seen: Seen) => void;
  readonly #observer: IntersectionObserver;
  #isInFront = false;
  #isIdle = false;
  #seen: Seen = 'hidden';
  #timer: ReturnType<typeof setTimeout> | undefined;
  #touchedAt = 0;

  constructor(part: Element, onChange: (seen: Seen) => void) {
    this.#part = part;
    this.#onChange = onChange;
    this.#observer = new IntersectionObserver((entries) => {
      this.#isInFront = entries.at(-1)?.isIntersecting === true;
      this.#look();
    });
  }

  start(): void {
    this.#observer.observe(this.#part);
    document.addEventListener('visibilitychange', this.#look);
    for (const name of TOUCHES) document.addEventListener(name, this.#touch, { capture: true, passive: true });
  }

  stop(): void {
    this.#observer.disconnect();
    document.removeEventListener('visibilitychange', this.#look);
    for (const name of TOUCHES) document.removeEventListener(name, this.#touch, { capture: true });
    clearTimeout(this.#timer);
  }

  readonly #touch = (): void => {
    this.#touchedAt = Date.now();
    if (!this.#isIdle) return;
    this.#isIdle = false;
    this.#look();
  };

  readonly #look = (): void => {
    const isShown = this.#isInFront && document.visibilityState === 'visible';
    const seen = !isShown ? 'hidden' : this.#isIdle ? 'idle' : 'seen';
    if (seen === this.#seen) return;
    this.#seen = seen;
    clearTimeout(this.#timer);
    if (seen === 'hidden') this.#isIdle = false;
    if (seen === 'seen') {
      this.#touchedAt = Date.now();
      this.#wait(IDLE_MS);
    }
    this.#onChange(seen);
  };

  #wait(ms: number): void {
    this.#timer = setTimeout(() => {
      const leftMs = this.#touchedAt + IDLE_MS - Date.now();
      if (leftMs > 0) return this.#wait(leftMs);
      this.#isIdle = true;
      this.#look();
    }, ms);
  }
}

const TOUCHES = ['keydown', 'mousemove', 'mousedown', 'touchstart'] as const;
