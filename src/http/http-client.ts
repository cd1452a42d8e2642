import { createRequire } from 'node:module';
import type { Http } from './http-exchange.js';
import type * as HttpSenderModule from './http-sender.js';

export type { Http, HttpRequest, HttpResponse } from './http-exchange.js';

const load = createRequire(__filename);

/** An HTTP client. */
export interface HttpClient {
  send: Http;
  /** Closes the keep-alive connections, unless other clients still use them. */
  close: () => void;
}

/** Creates a client with its own connections. */
export function createHttp(): HttpClient {
  return new HttpPool().open();
}

/**
 * Creates the HTTP clients of a process's accounts, which share their connections. The connections close with the last
 * client.
 */
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

/** Loads http-sender.ts at the first request, so that Node-RED starts faster. */
function createSender(): HttpSenderModule.HttpSender {
  const { HttpSender } = load('./http-sender.js') as typeof HttpSenderModule;
  return new HttpSender();
}
