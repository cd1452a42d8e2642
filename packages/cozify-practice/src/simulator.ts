import type { IncomingMessage, ServerResponse } from 'node:http';
import { json, text, type Answer } from './answers';
import { control } from './control';
import { mailboxPage } from './mailbox';
import { answerPage, isOfPage } from './page';
import { isOwn } from './page/own-requests';
import type { SimulatorOptions } from './types';
import { readBody } from './wire';
import { World } from './world';

const MAILBOX = '/mailbox';

/** A Cozify cloud with its hubs, the home's page, a mailbox and a control interface, on loopback sockets only. */
export class Simulator extends World {
  /** Starts the simulator. If a port is taken, stops everything and rejects. */
  static async start(options: SimulatorOptions = {}): Promise<Simulator> {
    const simulator = new Simulator(options);
    await simulator.open(options.hubs);
    return simulator;
  }

  protected async answerPeople(
    url: URL,
    request: IncomingMessage,
    response: ServerResponse,
    closing: AbortSignal,
  ): Promise<boolean> {
    const { pathname } = url;
    const isOfControl = pathname === MAILBOX || /^\/control(\/|$)/.test(pathname);
    if (!isOfPage(pathname) && !isOfControl) return false;
    if (!isOwn(request)) response.writeHead(403).end();
    else if (isOfPage(pathname)) await answerPage(this, request, response, closing);
    else {
      const answer = await this.#answerTo(request, url);
      response.writeHead(answer.status, { ...answer.headers, 'cache-control': 'no-store' }).end(answer.body);
    }
    return true;
  }

  async #answerTo(request: IncomingMessage, url: URL): Promise<Answer> {
    const body = await readBody(request);
    if (url.pathname !== MAILBOX) return control(this, request.method ?? '', url, body ?? '');
    if (request.method !== 'GET') return json(null, 405);
    const page = text(mailboxPage(this.mails, (mail) => this.stateOf(mail)));
    return { ...page, headers: { 'content-type': 'text/html; charset=utf-8' } };
  }
}
