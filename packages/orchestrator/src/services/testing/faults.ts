import { DeliveryError, permanent } from "../../ports/delivery-error.ts";

/** How a call to the outside goes wrong. */
export type Fault =
  | { readonly kind: "transient"; readonly retryAfterMs?: number }
  | { readonly kind: "permanent" }
  /** It never answers, and nothing is done. */
  | { readonly kind: "hang" }
  /** The work is done, and the answer never comes: the caller sees a transport error. */
  | { readonly kind: "lost-answer" };

export const transient: Fault = { kind: "transient" };
export const refusal: Fault = { kind: "permanent" };
export const hang: Fault = { kind: "hang" };
export const lostAnswer: Fault = { kind: "lost-answer" };

export interface Faults<Call extends string> {
  /** The next calls of this name meet these, in order; those after them work again. */
  next(call: Call, ...faults: readonly Fault[]): void;
  /** Every call of this name meets it, until it is told otherwise. */
  always(call: Call, fault: Fault | null): void;
  around<Value>(call: Call, work: () => Value): Promise<Value>;
}

export const createFaults = <Call extends string>(who: string): Faults<Call> => {
  const queued = new Map<Call, Fault[]>();
  const standing = new Map<Call, Fault>();
  return {
    next: (call, ...faults) => void queued.set(call, [...(queued.get(call) ?? []), ...faults]),
    always(call, fault) {
      if (fault === null) standing.delete(call);
      else standing.set(call, fault);
    },
    async around(call, work) {
      const fault = queued.get(call)?.shift() ?? standing.get(call);
      switch (fault?.kind) {
        case undefined:
          return work();
        case "transient": {
          const { retryAfterMs } = fault;
          const wish = retryAfterMs === undefined ? {} : { retryAfterMs };
          throw new DeliveryError(`${who} answers 503`, { retryable: true, ...wish });
        }
        case "permanent":
          throw permanent(`${who} answers 422`);
        case "hang":
          return new Promise<never>(() => undefined);
        case "lost-answer":
          work();
          throw new DeliveryError(`the connection to ${who} was reset`, { retryable: true });
      }
    },
  };
};
