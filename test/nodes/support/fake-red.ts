import type { NodeAPI } from 'node-red';
import sinon from 'sinon';
import type { GlobalContext } from '../../../nodes/accounts/context-store';

/** Settings as Node-RED has them, with what it has stored itself. */
export function fakeRed(settings: Record<string, unknown>, stored: Record<string, unknown> = {}): NodeAPI {
  const log = { error: sinon.spy(), warn: sinon.spy(), info: sinon.spy() };
  return { settings: { ...settings, get: (key: string) => stored[key] }, log } as unknown as NodeAPI;
}

type Ask = (answer: () => void) => void;

/** Context stores by name; `ask` decides when, and whether, a call is answered. */
export class FakeContext implements GlobalContext {
  readonly stores: Record<string, Map<string, unknown>> = {};
  error: unknown;
  ask: Ask = (answer) => void setImmediate(answer);

  at(store: string): Map<string, unknown> {
    return (this.stores[store] ??= new Map());
  }

  get(key: string, store: string, callback: (error: unknown, value?: unknown) => void): void {
    this.ask(() => callback(this.error, this.error === undefined ? this.at(store).get(key) : undefined));
  }

  set(key: string, value: unknown, store: string, callback: (error?: unknown) => void): void {
    this.ask(() => {
      if (this.error === undefined && value === undefined) this.at(store).delete(key);
      else if (this.error === undefined) this.at(store).set(key, value);
      callback(this.error);
    });
  }
}
