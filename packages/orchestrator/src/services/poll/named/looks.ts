import type { TicketId } from "../../../core/ticket.ts";
import { seconds } from "../../../core/time.ts";
import { createAllowance } from "./allowance.ts";

/** Why a ticket is named: a person may have put its mark on or taken it off, or anything else. */
export type Concern = "mark" | "other";

/**
 * The tickets that webhooks named, until the poll looks at them, and the pace at which it may: whoever makes a tracker
 * send a flood of webhooks must not make us spend the requests that the tracker allows us in an hour. Marks come first:
 * most other news is the echo of our own writes, and a person who marks a ticket must not wait for those.
 */
export interface NamedLooks {
  want(tickets: readonly TicketId[], concern: Concern): void;
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
/** Of the burst, what each concern leaves to the others. */
const reserve: Readonly<Record<Concern, number>> = { mark: 0, other: 20 };
/** As many tickets as either vendor answers for in one request. */
const ticketsPerLook = 50;
/** Of each concern. */
const maxNames = 1_000;
/** A full look has many pages. */
const fullLookCosts = 10;

interface Waiting {
  readonly names: Set<TicketId>;
  /** More were named than can be kept, so none is. */
  isOverfull: boolean;
}

export const createNamedLooks = (): NamedLooks => {
  const marks: Waiting = { names: new Set(), isOverfull: false };
  const others: Waiting = { names: new Set(), isOverfull: false };
  let gathering: NodeJS.Timeout | null = null;
  let isStopped = false;
  let ring: (() => void) | null = null;

  const isAffordable = ({ names, isOverfull }: Waiting, reserved: number): boolean =>
    isOverfull ? allowance.has(reserved + fullLookCosts) : names.size > 0 && allowance.has(reserved + 1);
  /** Null: nothing is due. */
  const nextDue = (): Waiting | null => {
    if (gathering !== null) return null;
    if (isAffordable(marks, reserve.mark)) return marks;
    return isAffordable(others, reserve.other) ? others : null;
  };
  const ringIfDue = (): void => {
    if (nextDue() !== null) ring?.();
  };
  const allowance = createAllowance({ full: burst, refillMs, onRefill: ringIfDue });
  const gather = (): void => {
    gathering ??= setTimeout(() => {
      gathering = null;
      ringIfDue();
    }, gatherMs);
  };
  const forgetOverfull = (): void => {
    marks.isOverfull = false;
    others.isOverfull = false;
  };

  return {
    want(tickets, concern) {
      const waiting = concern === "mark" ? marks : others;
      if (isStopped || waiting.isOverfull || tickets.length === 0) return;
      if (waiting.names.size === 0) gather();
      for (const ticket of tickets) waiting.names.add(ticket);
      waiting.isOverfull = waiting.names.size > maxNames;
      if (waiting.isOverfull) waiting.names.clear();
    },
    due: () =>
      new Promise((resolve) => {
        ring = resolve;
        ringIfDue();
      }),
    take() {
      const due = nextDue();
      if (due === null) return [];
      if (due.isOverfull) {
        forgetOverfull();
        allowance.spend(fullLookCosts);
        return "everything";
      }
      // Where there is room the others come along: a request costs the same for one ticket and for fifty.
      const taken = [...new Set([...marks.names, ...others.names])].slice(0, ticketsPerLook);
      for (const { names } of [marks, others]) for (const ticket of taken) names.delete(ticket);
      allowance.spend(1);
      return taken;
    },
    fullLookBegins: forgetOverfull,
    stop() {
      isStopped = true;
      for (const { names } of [marks, others]) names.clear();
      forgetOverfull();
      if (gathering !== null) clearTimeout(gathering);
      gathering = null;
      allowance.stop();
    },
  };
};
