import type { NodeMessage } from 'node-red';
import { badInput, kindOf } from '../../src/nodes-api.js';

/** A message with whatever properties it has. */
export type Message = NodeMessage & Record<string, unknown>;

/**
 * The message of a step: the very object that came for as long as it lets itself be changed, and a copy from then on.
 * It may be frozen at any time, also while the step waits, and be anything a flow can make, such as a proxy that
 * throws.
 */
export class StepMessage {
  /** `msg.otp` as it came, which no other node gets to see; null where it can't be read. */
  readonly otp: unknown;
  #msg: Message;
  #isCopy = false;

  /** Takes the code away. Throws `COZIFY_BAD_INPUT` for what is no message, or one that can't be read at all. */
  constructor(incoming: unknown) {
    const kind = kindOf(incoming);
    if (kind !== 'an object') {
      throw badInput(`The message should be an object, but was ${kind}.`);
    }
    this.#msg = incoming as Message;
    this.otp = readCode(this.#msg);
    if (!hasDroppedCode(this.#msg)) this.#useCopy();
  }

  get current(): Message {
    return this.#msg;
  }

  /** Whether this is no longer the object that came. */
  get isCopy(): boolean {
    return this.#isCopy;
  }

  /** Whether the object that came may still hold the code. */
  get isCodeLeft(): boolean {
    return this.#isCopy && this.otp !== undefined;
  }

  /** The value of a property, the code as it came included. Throws `COZIFY_BAD_INPUT` where it can't be read. */
  read(name: string): unknown {
    if (name === 'otp') return this.otp;
    try {
      return this.#msg[name];
    } catch {
      throw badInput(`msg.${name} can't be read.`);
    }
  }

  /** Sets properties, and gives the message that has them. Throws `COZIFY_BAD_INPUT` where none can. */
  write(properties: Record<string, unknown>): Message {
    if (!Object.keys(properties).every((name) => hasTaken(this.#msg, name, properties[name]))) {
      this.#useCopy();
      Object.assign(this.#msg, properties);
    }
    return this.#msg;
  }

  /** A copy of the message with those of its properties that can be read. */
  copy(): Message {
    try {
      return copyOf(this.#msg);
    } catch {
      throw badInput("The message can't be changed or copied.");
    }
  }

  #useCopy(): void {
    this.#msg = this.copy();
    this.#isCopy = true;
  }
}

function readCode(msg: Message): unknown {
  try {
    return msg['otp'];
  } catch {
    return null;
  }
}

/** Deletes the code, and gives whether it is gone from a message that can take an answer. */
function hasDroppedCode(msg: Message): boolean {
  try {
    if (!Object.isExtensible(msg)) return false;
    Reflect.deleteProperty(msg, 'otp');
    return !('otp' in msg) && msg['otp'] === undefined;
  } catch {
    return false;
  }
}

/** Sets a property, and gives whether the message has it now: some refuse, some throw, and some only say that they do. */
function hasTaken(msg: Message, name: string, value: unknown): boolean {
  try {
    msg[name] = value;
    return Object.is(msg[name], value);
  } catch {
    return false;
  }
}

/** All but the code: own properties, and inherited ones that are listed. */
function copyOf(msg: Message): Message {
  const copy: Message = {};
  for (const name of new Set([...Reflect.ownKeys(msg), ...listedNames(msg)])) {
    if (name === 'otp') continue;
    try {
      const value = msg[name as string];
      Object.defineProperty(copy, name, {
        value,
        enumerable: !isHidden(msg, name),
        writable: true,
        configurable: true,
      });
    } catch {
      // What can't be read here can't be read by any node after this one either.
    }
  }
  return copy;
}

function listedNames(msg: Message): string[] {
  const names: string[] = [];
  try {
    for (const name in msg) names.push(name);
  } catch {
    // A proxy that tells only its own.
  }
  return names;
}

function isHidden(msg: Message, name: PropertyKey): boolean {
  try {
    return Reflect.getOwnPropertyDescriptor(msg, name)?.enumerable === false;
  } catch {
    return false;
  }
}
