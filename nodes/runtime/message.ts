import type { NodeMessage } from 'node-red';
import { badInput, kindOf } from '../../src/nodes-api.js';

/** A message with any properties. */
export type Message = NodeMessage & Record<string, unknown>;

/**
 * The message of a step: the incoming object while it can be changed, otherwise a copy. A flow may freeze the object at
 * any time, even during the step, or send a proxy that throws.
 */
export class StepMessage {
  /** The value of `msg.otp`, which is removed from the message; `null` if it can't be read. */
  readonly otp: unknown;
  #msg: Message;
  #isCopy = false;

  /**
   * Removes the login code from the message. Throws `COZIFY_BAD_INPUT` if the input is not an object or can't be read.
   */
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

  /** Whether the message is a copy of the incoming object. */
  get isCopy(): boolean {
    return this.#isCopy;
  }

  /** Whether the incoming object may still contain the login code. */
  get isCodeLeft(): boolean {
    return this.#isCopy && this.otp !== undefined;
  }

  /** Returns a property of the incoming message, including `otp`. Throws `COZIFY_BAD_INPUT` if it can't be read. */
  read(name: string): unknown {
    if (name === 'otp') return this.otp;
    try {
      return this.#msg[name];
    } catch {
      throw badInput(`msg.${name} can't be read.`);
    }
  }

  /**
   * Sets properties and returns the message. Throws `COZIFY_BAD_INPUT` if they can be set neither on the message nor on
   * a copy.
   */
  write(properties: Record<string, unknown>): Message {
    if (!Object.keys(properties).every((name) => hasTaken(this.#msg, name, properties[name]))) {
      this.#useCopy();
      Object.assign(this.#msg, properties);
    }
    return this.#msg;
  }

  /** Returns a copy of the message with all readable properties. Throws `COZIFY_BAD_INPUT` if it can't be copied. */
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

/** Deletes the login code. Returns whether that worked and the message can be extended. */
function hasDroppedCode(msg: Message): boolean {
  try {
    if (!Object.isExtensible(msg)) return false;
    Reflect.deleteProperty(msg, 'otp');
    return !('otp' in msg) && msg['otp'] === undefined;
  } catch {
    return false;
  }
}

/**
 * Sets a property. Returns whether the message then has the value, because an object may ignore the assignment or
 * throw.
 */
function hasTaken(msg: Message, name: string, value: unknown): boolean {
  try {
    msg[name] = value;
    return Object.is(msg[name], value);
  } catch {
    return false;
  }
}

/** Copies own properties and enumerable inherited properties, except the login code. */
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
      // Skip the property, because no other node can read it either.
    }
  }
  return copy;
}

function listedNames(msg: Message): string[] {
  const names: string[] = [];
  try {
    for (const name in msg) names.push(name);
  } catch {
    // The object is a proxy without a readable prototype.
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
