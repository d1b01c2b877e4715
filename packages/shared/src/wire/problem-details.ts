/** RFC 9457 `application/problem+json`: the one form in which every route refuses. */
export const problemMediaType = 'application/problem+json';

export interface ProblemDetails {
  /** A URI that names the kind of fault; `about:blank` when the status says it all. */
  readonly type: string;
  readonly title: string;
  readonly status: number;
  /** What is wrong with this request and what would be right. Never a stack, never a secret. */
  readonly detail: string;
  /** The field or parameter at fault, where there is one. */
  readonly field?: string;
  /** With a 401 for the time: the API's clock in ms since 1970, so that the agent can sign again. */
  readonly serverTime?: number;
  /** With a 409: the last accepted `sentAt` of this server. */
  readonly lastSentAt?: number;
}
