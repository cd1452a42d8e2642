// Errors and messages of Node-RED itself in the editor.
import type { Page, WebSocketRoute } from 'playwright-core';

/** Matches a stack frame in the code of this package's dialogs, by the file name that the build gives the code. */
const FRAME_OF_OURS = /\bcozify-[\w-]+\.js:\d/;

/** Whether an error comes from Node-RED itself: its stack has frames, but none of them is in this package. */
export function isNodeRedsOwn(stack: string | undefined): boolean {
  const frames = (stack ?? '').split('\n').filter((line) => /^\s*at /.test(line));
  return frames.length > 0 && !frames.some((frame) => FRAME_OF_OURS.test(frame));
}

/** Topics to which an editor subscribes when it loads. */
const TOPICS = ['status/#', 'cozify/#', 'notification/runtime-state'];

/**
 * Controls the messages that Node-RED sends to an editor. Debug messages are held until the editor has loaded its
 * flows, because the debug panel throws if it does not know a message's flow.
 */
export class EditorMessages {
  #mode: 'hold' | 'drop' | 'pass' = 'hold';
  #held: (() => void)[] = [];
  #server: WebSocketRoute | undefined;

  /** Intercepts the WebSocket of the page. Call it before the page is loaded. */
  async follow(page: Page): Promise<void> {
    await page.routeWebSocket(/\/comms$/, (editor) => {
      const server = editor.connectToServer();
      this.#server = server;
      // Node-RED asks the user to log in again if a subscription arrives while it checks the user's token. Without this
      // detour through the test, the token is checked before the editor subscribes to anything.
      let unsent: (string | Buffer)[] | undefined;
      editor.onMessage((message) => {
        if (isAboutToken(message)) unsent = [];
        else if (unsent !== undefined) return void unsent.push(message);
        server.send(message);
      });
      server.onMessage((message) => {
        if (isAboutToken(message)) {
          for (const one of unsent ?? []) server.send(one);
          unsent = undefined;
        }
        const pass = (): void => editor.send(message);
        if (this.#mode === 'drop') return;
        if (this.#mode === 'hold' && isAboutDebug(String(message))) this.#held.push(pass);
        else pass();
      });
    });
  }

  /** Holds debug messages until `passOn` is called. Call it before a page is loaded. */
  hold(): void {
    this.#mode = 'hold';
    this.#held = [];
  }

  /** Drops all messages until `hold` or `passOn` is called, because no test is using the editor. */
  drop(): void {
    this.#mode = 'drop';
    this.#held = [];
  }

  /** Passes on the held messages and all later ones, because the editor has loaded its flows. */
  passOn(): void {
    this.#mode = 'pass';
    for (const pass of this.#held.splice(0)) pass();
  }

  /** Makes Node-RED send its retained messages again, as it does after a page load. */
  resubscribe(): void {
    for (const topic of TOPICS) this.#server?.send(JSON.stringify({ subscribe: topic }));
  }
}

/** Whether a message is the user's token, or Node-RED's answer to it. */
function isAboutToken(message: string | Buffer): boolean {
  return String(message).startsWith('{"auth":');
}

/** Whether a packet contains a debug message. A packet may have several messages. */
function isAboutDebug(message: string): boolean {
  return message.includes('"topic":"debug"');
}
