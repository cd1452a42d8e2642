import { createRequire } from 'node:module';
import type { Http } from './http-exchange.js';
import type * as HttpSenderModule from './http-sender.js';

export type { Http, HttpRequest, HttpResponse } from './http-exchange.js';

const load = createRequire(__filename);

/** A client, and how to let go of it. */
export interface HttpClient {
  send: Http;
  /** Ends the kept connections, unless others use them. */
  close: () => void;
}

/** The guarded client over real sockets. `close` ends the kept connections. */
export function createHttp(): HttpClient {
  return new HttpPool().open();
}

/** Clients that share their connections, for the accounts of a process: the last one that closes ends them. */
export class HttpPool {
  #sender: HttpSenderModule.HttpSender | undefined;
  #users = 0;

  open(): HttpClient {
    let isOpen = true;
    this.#users += 1;
    return {
      send: (request) => (this.#sender ??= createSender()).send(request),
      close: () => {
        if (!isOpen) return;
        isOpen = false;
        this.#users -= 1;
        if (this.#users === 0) this.#sender?.close();
      },
    };
  }
}

/** What sends is loaded with the first request: accounts are awake before there is one. */
function createSender(): HttpSenderModule.HttpSender {
  const { HttpSender } = load('./http-sender.js') as typeof HttpSenderModule;
  return new HttpSender();
}
