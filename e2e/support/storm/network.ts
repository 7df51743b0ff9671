import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import type { StormService } from "./service.ts";

/** What becomes of an event: each number is one copy, which arrives so many polls later. Empty: it is lost. */
type Fate = readonly number[];

export type Weather = (event: string) => Fate;

/** Between GitHub and the service. */
export interface Network {
  /** Where GitHub sends to. */
  readonly url: string;
  /** Every event that GitHub sent, by its name, with the copies that arrived or will. */
  readonly events: readonly { readonly name: string; readonly copies: number }[];
  /** Statuses that the service answered with, and how often. */
  readonly answers: ReadonlyMap<number, number>;
  connect(service: StormService): void;
  /** A poll has ended: what waited for it comes now. */
  afterPoll(): void;
  /** Resolves once nothing is on its way but what waits for a poll. */
  idle(): Promise<void>;
  close(): Promise<void>;
}

interface Delivery {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const scatterMs = 50;
const carried = /^(content-type|user-agent|x-github-|x-hub-)/;

export interface NetworkOptions {
  readonly weather: Weather;
  /** Null: one after the other, as they were sent; else a number in [0, 1) for each: when it comes. */
  readonly scatter: (() => number) | null;
}

/** Takes each delivery at once, and brings it as the weather says. */
export const startNetwork = async ({ weather, scatter }: NetworkOptions): Promise<Network> => {
  const events: { name: string; copies: number }[] = [];
  const answers = new Map<number, number>();
  const seen = new Map<string, number>();
  const underWay = new Set<Promise<void>>();
  let held: { readonly delivery: Delivery; readonly polls: number }[] = [];
  let service: StormService | null = null;
  let last: Promise<void> = Promise.resolve();

  const deliver = async ({ headers, body }: Delivery): Promise<void> => {
    const answer = await service?.app.inject({
      method: "POST",
      url: "/api/github/webhook",
      headers,
      payload: body,
    });
    if (answer !== undefined) answers.set(answer.statusCode, (answers.get(answer.statusCode) ?? 0) + 1);
  };
  const bring = (delivery: Delivery): void => {
    last =
      scatter === null
        ? last.then(() => deliver(delivery))
        : after(scatter() * scatterMs, () => deliver(delivery));
    const mine = last.finally(() => underWay.delete(mine));
    underWay.add(mine);
  };
  const receive = (delivery: Delivery): void => {
    const kind = kindOf(delivery);
    const nth = (seen.get(kind) ?? 0) + 1;
    seen.set(kind, nth);
    const fate = weather(`${kind} ${nth}`);
    events.push({ name: `${kind} ${nth}`, copies: fate.length });
    for (const polls of fate) {
      if (polls === 0) bring(delivery);
      else held.push({ delivery, polls });
    }
  };

  const server = createServer((request, response) => {
    void text(request).then((body) => {
      const headers = Object.entries(request.headers).filter(([name]) => carried.test(name));
      receive({ headers: Object.fromEntries(headers) as Record<string, string>, body });
      response.end();
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    events,
    answers,
    connect(to) {
      service = to;
    },
    afterPoll() {
      const due = held.filter(({ polls }) => polls <= 1);
      held = held
        .filter(({ polls }) => polls > 1)
        .map(({ delivery, polls }) => ({ delivery, polls: polls - 1 }));
      for (const { delivery } of due) bring(delivery);
    },
    async idle() {
      while (underWay.size > 0) await Promise.all(underWay);
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await Promise.all(underWay);
    },
  };
};

const after = async (ms: number, work: () => Promise<void>): Promise<void> => {
  await new Promise((resolve) => setTimeout(resolve, ms));
  await work();
};

/** The same in every world, whatever ids GitHub gave: event, action, and what it is about. */
const kindOf = ({ headers, body }: Delivery): string => {
  const { action, number, issue, pull_request, repository, workflow_run } = JSON.parse(body) as {
    action?: string;
    number?: number;
    issue?: { number: number };
    pull_request?: { number: number };
    workflow_run?: { display_title: string };
    repository?: { name: string };
  };
  const subject =
    number ?? issue?.number ?? pull_request?.number ?? workflow_run?.display_title.split(" · ")[0] ?? "";
  return [headers["x-github-event"], action, repository?.name, subject].join(" ");
};
