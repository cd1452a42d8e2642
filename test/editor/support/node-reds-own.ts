import type { Page } from 'playwright-core';

/** A frame of the code behind one of our dialogs, which the build gives that name. */
const FRAME_OF_OURS = /\bcozify-[\w-]+\.js:\d/;

/** Whether an error in the page came from Node-RED alone: it has a stack, and nothing of this package is in it. */
export function isNodeRedsOwn(stack: string | undefined): boolean {
  const frames = (stack ?? '').split('\n').filter((line) => /^\s*at /.test(line));
  return frames.length > 0 && !frames.some((frame) => FRAME_OF_OURS.test(frame));
}

/**
 * What debug nodes and the log send to an editor. It is held back while the editor does not know its flows yet: Node-RED's
 * debug panel fails on a message of a flow that it does not know.
 */
export class DebugMessages {
  #isHeld = true;
  #held: (() => void)[] = [];

  /** Before the page is opened. */
  async follow(page: Page): Promise<void> {
    await page.routeWebSocket(/\/comms$/, (editor) => {
      editor.connectToServer().onMessage((message) => {
        const pass = (): void => editor.send(message);
        if (this.#isHeld && isAboutDebug(String(message))) this.#held.push(pass);
        else pass();
      });
    });
  }

  /** The page is about to be loaded anew: what was for the one before is not for it. */
  hold(): void {
    this.#isHeld = true;
    this.#held = [];
  }

  /** The editor knows its flows. */
  tell(): void {
    this.#isHeld = false;
    for (const pass of this.#held.splice(0)) pass();
  }
}

/** Messages come several together, each with its topic. */
function isAboutDebug(message: string): boolean {
  return message.includes('"topic":"debug"');
}
