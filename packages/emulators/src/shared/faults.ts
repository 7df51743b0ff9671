/** What can go wrong between a client and a vendor, on command. */
export type Fault =
  /** The answer is right and comes late. */
  | { readonly kind: "latency"; readonly ms: number }
  /** Refused in the vendor's own way, with a reset that lies `resetMs` ahead. Any request before it is recorded as early. */
  | { readonly kind: "rate-limited"; readonly resetMs: number }
  /** Default 503. */
  | { readonly kind: "server-error"; readonly status?: number }
  /** The connection is cut and nothing was done. */
  | { readonly kind: "reset-before" }
  /** The connection is cut and everything was done: the client cannot know. */
  | { readonly kind: "reset-after" }
  /** No answer ever; nothing was done. */
  | { readonly kind: "hang" }
  /** 200 with an empty body; nothing was done. */
  | { readonly kind: "empty" }
  /** 200 with JSON that is cut off; the work was done. */
  | { readonly kind: "cut-off" };

/** Asked once for each request that arrives; null lets it through. */
export type FaultSource<Request> = (request: Request) => Fault | null;

export const noFaults = (): null => null;
