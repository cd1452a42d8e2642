/** A request to an endpoint of the package. */
export interface FakeRequest {
  readonly method: string;
  /** The path and the query string. */
  readonly url: string;
  readonly path: string;
  /** The query and the body of the request. */
  readonly query: URLSearchParams;
  readonly body: Record<string, unknown>;
}

/** An answer with an error status. */
export class Refusal {
  readonly status: number;
  readonly responseJSON: object;

  constructor(status: number, responseJSON: object = {}) {
    this.status = status;
    this.responseJSON = responseJSON;
  }

  getResponseHeader(): null {
    return null;
  }
}

/** The options of a request that {@link jqueryWith} uses. */
interface AjaxOptions {
  readonly url: string;
  readonly method: string;
  readonly data?: string;
  /** The time limit, in milliseconds. */
  readonly timeout: number;
}

/** Returns an imitation of jQuery whose requests are answered by a function: with JSON or a {@link Refusal}. */
export function jqueryWith(answerTo: (request: FakeRequest) => unknown): object {
  return {
    ajax: ({ url, method, data = '{}', timeout }: AjaxOptions) => {
      const { pathname, searchParams } = new URL(url, 'http://node-red/');
      const aborted = new AbortController();
      const body = JSON.parse(data) as Record<string, unknown>;
      const request = { method, url, path: pathname.slice(1), query: searchParams, body };
      let timer: ReturnType<typeof setTimeout> | undefined;
      const end = new Promise((resolve) => {
        timer = setTimeout(() => resolve(new Refusal(0)), timeout);
        aborted.signal.addEventListener('abort', () => resolve(new Refusal(0)));
      });
      const answer = Promise.race([answerTo(request), end]).finally(() => clearTimeout(timer));
      const then = (take: (answer: unknown) => void): object => {
        void answer.then(take);
        return call;
      };
      const call = {
        done: (take: (answer: unknown, status: string, xhr: object) => void) =>
          then((answer) => answer instanceof Refusal || take(answer, 'success', { status: 200 })),
        fail: (take: (xhr: object) => void) => then((answer) => answer instanceof Refusal && take(answer)),
        always: (take: () => void) => then(take),
        abort: () => aborted.abort(),
      };
      return call;
    },
  };
}
