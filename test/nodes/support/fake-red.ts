import type { NodeAPI } from 'node-red';
import sinon from 'sinon';
import type { GlobalContext } from '../../../nodes/store/context-store';

/** Returns a fake `RED`. The `get` of its settings returns the stored values, and its log consists of spies. */
export function fakeRed(settings: Record<string, unknown>, stored: Record<string, unknown> = {}): NodeAPI {
  const log = { error: sinon.spy(), warn: sinon.spy(), info: sinon.spy() };
  return { settings: { ...settings, get: (key: string) => stored[key] }, log } as unknown as NodeAPI;
}

const UNREADABLE = Symbol('unreadable');

type Ask = (answer: () => void) => void;

/** Context stores by name. The function `ask` decides whether and when the context answers a call. */
export class FakeContext implements GlobalContext {
  readonly stores: Record<string, Map<string, unknown>> = {};
  /** Names of the stores that are unreachable. */
  readonly away = new Set<string>();
  error: unknown;
  /** The effect of setting a key to `undefined`. Most stores delete the key. */
  unset: 'deletes' | 'fails' | 'leaves an unreadable value' = 'deletes';
  ask: Ask = (answer) => void setImmediate(answer);

  at(store: string): Map<string, unknown> {
    return (this.stores[store] ??= new Map());
  }

  get(key: string, store: string, callback: (error: unknown, value?: unknown) => void): void {
    this.ask(() => {
      const error = this.#errorOf(store);
      if (error !== undefined) callback(error);
      else if (this.at(store).get(key) === UNREADABLE) callback(new SyntaxError('Unexpected end of JSON input'));
      else callback(undefined, this.at(store).get(key));
    });
  }

  set(key: string, value: unknown, store: string, callback: (error?: unknown) => void): void {
    this.ask(() => {
      const error = this.#errorOf(store) ?? (value === undefined ? this.#unset(key, store) : undefined);
      if (error === undefined && value !== undefined) this.at(store).set(key, value);
      callback(error);
    });
  }

  #unset(key: string, store: string): unknown {
    if (this.unset === 'deletes') this.at(store).delete(key);
    if (this.unset === 'leaves an unreadable value') this.at(store).set(key, UNREADABLE);
    return this.unset === 'fails' ? new TypeError('Cannot read properties of undefined') : undefined;
  }

  #errorOf(store: string): unknown {
    return this.away.has(store) ? Object.assign(new Error('away'), { code: 'ECONNREFUSED' }) : this.error;
  }
}
