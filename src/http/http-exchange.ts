/** One request. Its headers carry secrets, so neither it nor anything derived from it may get into an error. */
export interface HttpRequest {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  url: string;
  /** Who is asked, for error texts: "The cloud", "The hub". */
  peer: string;
  /** Limits the whole call, body included. */
  deadlineMs: number;
  /** Limits the time until there is a connection, where that is to be shorter. */
  connectMs?: number | undefined;
  /** Limits the body, after decompression. */
  maxBytes: number;
  /** May be sent once more when a kept connection turns out to be dead. Never for calls that change something. */
  isReplayable: boolean;
  /** Changes something, but may go over a connection used moments ago: where many follow each other. */
  canFollow?: boolean | undefined;
  /** A hub on the LAN is never asked through a proxy. */
  isLan: boolean;
  headers?: Record<string, string>;
  body?: string;
  signal?: AbortSignal | undefined;
}

/** An answer, whatever its status. */
export interface HttpResponse {
  status: number;
  /** Names in lower case. */
  headers: Record<string, string>;
  body: string;
}

/**
 * Sends one request and gives whatever answer comes, whatever its status; redirects are not followed.
 * Throws `COZIFY_UNREACHABLE` (no whole answer within the deadline; `isUnsent` where nothing was sent),
 * `COZIFY_BAD_ANSWER` (too large, not decodable) or `COZIFY_CLOSED` (`signal`).
 */
export type Http = (request: HttpRequest) => Promise<HttpResponse>;
