import type { Message } from './stage';

/** Names of the proxy traps that a message may have. */
export const TRAPS = [
  ...['get', 'set', 'has', 'deleteProperty', 'defineProperty', 'getOwnPropertyDescriptor', 'ownKeys'],
  ...['isExtensible', 'preventExtensions', 'getPrototypeOf'],
] as const;

export type Trap = (typeof TRAPS)[number];

/** A message that works normally until `turn` is called. After that, the message can't be changed or read. */
export interface Stubborn {
  msg: Message;
  turn: () => void;
}

/** Wraps a message in a proxy. After `turn`, the given traps throw, or they report failure without throwing. */
export function stubborn(target: Message, traps: readonly string[], mode: 'throws' | 'refuses'): Stubborn {
  let isTurned = false;
  const trap = (name: string): [string, (...args: unknown[]) => unknown] => {
    const normal = Reflect[name as Trap] as (...args: unknown[]) => unknown;
    return [name, (...args) => (isTurned ? answer(name, mode) : normal(...args))];
  };
  const msg = new Proxy(target, Object.fromEntries(traps.map(trap)));
  return { msg, turn: () => (isTurned = true) };
}

function answer(trap: string, mode: 'throws' | 'refuses'): unknown {
  if (mode === 'throws') throw new Error(`no ${trap}`);
  if (trap === 'ownKeys') return [];
  if (trap === 'getPrototypeOf') return null;
  return trap === 'get' || trap === 'getOwnPropertyDescriptor' ? undefined : false;
}

/** Wraps a message in a proxy that `turn` revokes. */
export function revocable(target: Message): Stubborn {
  const { proxy, revoke } = Proxy.revocable(target, {});
  return { msg: proxy, turn: revoke };
}
