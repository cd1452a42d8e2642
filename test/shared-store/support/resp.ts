import { connect, type Socket } from 'node:net';

/** A reply from Redis. */
export type Reply = string | number | null | Reply[];

/** An error that Redis sent as its reply. Any other error concerns the connection. */
export class ReplyError extends Error {}

interface Waiting {
  resolve: (reply: Reply) => void;
  reject: (error: Error) => void;
}

/**
 * A Redis client with its own implementation of the protocol (RESP2). Connects at the first command, and again at the
 * first command after a lost connection; commands in flight fail.
 */
export class RedisClient {
  readonly #port: number;
  #socket: Socket | undefined;
  #received = Buffer.alloc(0);
  #waiting: Waiting[] = [];
  /** Called with each reply that belongs to no command, such as the lines of `MONITOR`. */
  onPush: (reply: Reply) => void = () => undefined;
  /** Called when the connection is lost. */
  onLoss: () => void = () => undefined;

  constructor(port: number) {
    this.#port = port;
  }

  ask(...words: string[]): Promise<Reply> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      this.#socket ??= this.#connect();
      const parts = words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`);
      this.#socket.write(`*${words.length}\r\n${parts.join('')}`);
    });
  }

  close(): void {
    this.#socket?.destroy();
    this.#lose(new Error('The connection to Redis was closed.'));
  }

  #connect(): Socket {
    const socket = connect(this.#port, '127.0.0.1');
    socket.on('data', (chunk) => this.#take(chunk));
    const lose = (error?: Error): void => {
      if (this.#socket === socket) this.#lose(error ?? new Error('Redis has closed the connection.'));
    };
    socket.on('error', lose);
    socket.on('close', () => lose());
    return socket;
  }

  #lose(error: Error): void {
    this.#socket = undefined;
    this.#received = Buffer.alloc(0);
    for (const { reject } of this.#waiting.splice(0)) reject(error);
    this.onLoss();
  }

  #take(chunk: Buffer): void {
    this.#received = Buffer.concat([this.#received, chunk]);
    for (;;) {
      const parsed = parse(this.#received, 0);
      if (parsed === undefined) return;
      this.#received = this.#received.subarray(parsed.end);
      const waiting = this.#waiting.shift();
      if (waiting === undefined) this.onPush(parsed.reply instanceof Error ? parsed.reply.message : parsed.reply);
      else if (parsed.reply instanceof Error) waiting.reject(parsed.reply);
      else waiting.resolve(parsed.reply);
    }
  }
}

/** Parses one reply that begins at `start`. Returns `undefined` if the reply is incomplete. */
function parse(bytes: Buffer, start: number): { reply: Reply | Error; end: number } | undefined {
  const lineEnd = bytes.indexOf('\r\n', start);
  if (lineEnd < 0) return undefined;
  const line = bytes.toString('utf8', start + 1, lineEnd);
  const end = lineEnd + 2;
  switch (String.fromCharCode(bytes[start] ?? 0)) {
    case '+':
      return { reply: line, end };
    case '-':
      return { reply: new ReplyError(line), end };
    case ':':
      return { reply: Number(line), end };
    case '$':
      return parseText(bytes, Number(line), end);
    case '*':
      return parseList(bytes, Number(line), end);
    default:
      throw new Error(`Redis has sent an unknown reply: ${line}`);
  }
}

function parseText(bytes: Buffer, length: number, start: number): { reply: Reply; end: number } | undefined {
  if (length < 0) return { reply: null, end: start };
  const end = start + length;
  return bytes.length < end + 2 ? undefined : { reply: bytes.toString('utf8', start, end), end: end + 2 };
}

function parseList(bytes: Buffer, length: number, start: number): { reply: Reply; end: number } | undefined {
  if (length < 0) return { reply: null, end: start };
  const items: Reply[] = [];
  let end = start;
  while (items.length < length) {
    const item = parse(bytes, end);
    if (item === undefined) return undefined;
    items.push(item.reply instanceof Error ? item.reply.message : item.reply);
    ({ end } = item);
  }
  return { reply: items, end };
}
