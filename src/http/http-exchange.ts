/** A request. Its headers contain secrets, so errors must not contain any part of the request. */
export interface HttpRequest {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  url: string;
  /** Name of the peer in error texts: "The cloud", "The hub". */
  peer: string;
  /** Time limit for the whole call, including the body. */
  deadlineMs: number;
  /** Time limit for opening the connection, if shorter than the deadline. */
  connectMs?: number | undefined;
  /** Size limit for the decompressed body, in bytes. */
  maxBytes: number;
  /**
   * Whether the request is sent once more if the reused connection turns out to be dead. Must be `false` for calls that
   * change something.
   */
  isReplayable: boolean;
  /**
   * Whether a request that changes something may reuse a connection that was used a moment ago. For requests in quick
   * succession.
   */
  canFollow?: boolean | undefined;
  /** Whether the peer is on the LAN, and the request therefore bypasses every proxy. */
  isLan: boolean;
  headers?: Record<string, string>;
  body?: string;
  /** Called when the headers of the answer have arrived. */
  onResponse?: (() => void) | undefined;
  signal?: AbortSignal | undefined;
}

/** An answer with any status. */
export interface HttpResponse {
  status: number;
  /** Headers, with names in lower case. */
  headers: Record<string, string>;
  body: string;
}

/**
 * Sends a request and returns the answer, whatever its status. Does not follow redirects. Throws `COZIFY_UNREACHABLE`
 * (no complete answer within the deadline; `isUnsent` if nothing was sent), `COZIFY_BAD_ANSWER` (too large, not
 * decodable) or `COZIFY_CLOSED` (`signal`).
 */
export type Http = (request: HttpRequest) => Promise<HttpResponse>;
