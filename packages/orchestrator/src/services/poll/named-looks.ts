import type { TicketId } from "../../core/ticket.ts";
import { seconds } from "../../core/time.ts";

/**
 * The tickets that webhooks named, until the poll looks at them, and the pace at which it may: whoever makes a tracker
 * send a flood of webhooks must not make us spend the requests that the tracker allows us in an hour.
 */
export interface NamedLooks {
  want(tickets: readonly TicketId[]): void;
  /** Resolves once a look may be made. Whoever asks last is told. */
  due(): Promise<void>;
  /** What to look at now, first named first; `everything`: more were named than can be kept. Empty: nothing is due. */
  take(): readonly TicketId[] | "everything";
  /** A full look begins: it sees what could not be kept by name. The other names stay, for a list may lag behind. */
  fullLookBegins(): void;
  stop(): void;
}

/** One click of a person is several deliveries. */
const gatherMs = 50;
/** Looks at once, and then one per `refillMs`. Linear allows an API key 2,500 requests an hour. */
const burst = 30;
const refillMs = seconds(6);
/** As many tickets as either vendor answers for in one request. */
const ticketsPerLook = 50;
const maxNames = 1_000;
/** A full look has many pages. */
const fullLookCosts = 10;

export const createNamedLooks = (): NamedLooks => {
  const names = new Set<TicketId>();
  let isOverfull = false;
  let gathering: NodeJS.Timeout | null = null;
  let isStopped = false;
  let ring: (() => void) | null = null;

  const isDue = (): boolean =>
    gathering === null && (isOverfull ? allowance.has(fullLookCosts) : names.size > 0 && allowance.has(1));
  const ringIfDue = (): void => {
    if (isDue()) ring?.();
  };
  const allowance = createAllowance(ringIfDue);
  const gather = (): void => {
    gathering ??= setTimeout(() => {
      gathering = null;
      ringIfDue();
    }, gatherMs);
  };

  return {
    want(tickets) {
      if (isStopped || isOverfull || tickets.length === 0) return;
      if (names.size === 0) gather();
      for (const ticket of tickets) names.add(ticket);
      isOverfull = names.size > maxNames;
      if (isOverfull) names.clear();
    },
    due: () =>
      new Promise((resolve) => {
        ring = resolve;
        ringIfDue();
      }),
    take() {
      if (!isDue()) return [];
      if (isOverfull) {
        isOverfull = false;
        allowance.spend(fullLookCosts);
        return "everything";
      }
      const taken = [...names].slice(0, ticketsPerLook);
      for (const ticket of taken) names.delete(ticket);
      allowance.spend(1);
      return taken;
    },
    fullLookBegins() {
      isOverfull = false;
    },
    stop() {
      isStopped = true;
      names.clear();
      if (gathering !== null) clearTimeout(gathering);
      gathering = null;
      allowance.stop();
    },
  };
};

interface Allowance {
  has(looks: number): boolean;
  spend(looks: number): void;
  stop(): void;
}

/** A token bucket. */
const createAllowance = (onRefill: () => void): Allowance => {
  let left = burst;
  let timer: NodeJS.Timeout | null = null;
  const refill = (): void => {
    left += 1;
    timer = left < burst ? setTimeout(refill, refillMs) : null;
    onRefill();
  };
  return {
    has: (looks) => left >= looks,
    spend(looks) {
      left -= looks;
      timer ??= setTimeout(refill, refillMs);
    },
    stop() {
      if (timer !== null) clearTimeout(timer);
    },
  };
};
