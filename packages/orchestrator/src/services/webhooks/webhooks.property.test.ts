import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { expect, it } from "vitest";
import { openSqliteStore } from "../../adapters/store/sqlite/sqlite-store.ts";
import { createLinearWebhook } from "../../adapters/tracker/linear/linear-webhook.ts";
import { aProject, aTicket } from "../../core/testing/builders.ts";
import type { TicketId } from "../../core/ticket.ts";
import { minutes, seconds } from "../../core/time.ts";
import type { Store } from "../../ports/store.ts";
import { createRecordingLogger } from "../testing/recording-logger.ts";
import { createTestServices } from "../testing/services.ts";
import { createStillAlarm, settle } from "../testing/still-alarm.ts";
import { adaptersOf, createIds, createWorld, type World } from "../testing/world.ts";
import { type Delivery, deliver, issueUpdate, linearIssueId, linearSecret } from "./testing/linear-sender.ts";
import { createTrackerWebhooks, type TrackerWebhooks } from "./tracker-webhooks.ts";

const tickets = [1, 2, 3, 4].map((n) =>
  aTicket({ id: `linear:${linearIssueId(n)}`, identifier: `ACME-${n}` }),
);

/** As Linear tells them of a ticket that was not marked before its mark was put on. */
const news = {
  mark: "put",
  unmark: "taken",
  close: "kept",
  reopen: "kept",
  rename: "none",
  delete: "none",
} as const;
const edits = ["none", "mark", "unmark", "close", "reopen", "rename", "delete"] as const;

/** What a person does to each ticket, at most one thing between two full cycles: of more, polling sees the last. */
type Round = readonly (typeof edits)[number][];

/** What becomes of the webhook of one edit: lost, or brought so many times, each so many edits later. */
type Fate = readonly number[];

interface Story {
  readonly rounds: readonly Round[];
  readonly fates: readonly Fate[];
}

const story: fc.Arbitrary<Story> = fc.record({
  rounds: fc.array(fc.tuple(...tickets.map(() => fc.constantFrom(...edits))), { minLength: 1, maxLength: 5 }),
  fates: fc.array(fc.array(fc.nat({ max: 6 }), { maxLength: 3 }), { minLength: 1, maxLength: 20 }),
});

/** No machine dies here, so memory is as good as a disk, and many times as quick. */
const temporaryFolder = existsSync("/dev/shm") ? "/dev/shm" : tmpdir();

const lost: readonly Fate[] = [[]];
const tenTimes: readonly Fate[] = [Array<number>(10).fill(0)];

it("§7.2 deliveries that are lost, late, out of order or repeated lead where polling alone leads", async () => {
  await fc.assert(
    fc.asyncProperty(story, async ({ rounds, fates }) => {
      const byPolling = await perform({ rounds, fates: lost });
      expect(await perform({ rounds, fates })).toEqual(byPolling);
      expect(await perform({ rounds, fates: tenTimes })).toEqual(byPolling);
    }),
    { numRuns: 50 },
  );
}, 120_000);

/** What is stored in the end, of tickets and runs, and what people read. */
const perform = async ({ rounds, fates }: Story): Promise<unknown> => {
  const folder = await mkdtemp(join(temporaryFolder, "ai-implement-webhooks-"));
  const world = createWorld();
  const { store } = await openSqliteStore({ path: join(folder, "dedup.sqlite"), clock: world.clock });
  try {
    await store.createProject(aProject({ maxInProgress: 10, planningEnabled: false }));
    const services = await startServices(store, world);
    for (const ticket of tickets) {
      world.tracker.add(ticket);
      world.tracker.mark(ticket.id, false);
    }
    const network = createNetwork(services.webhooks, world);
    let edited = 0;
    for (const round of rounds) {
      for (const [index, ticket] of tickets.entries()) {
        const edit = round[index] ?? "none";
        if (edit === "none" || !apply(world, ticket.id, edit)) continue;
        network.send(issueUpdate(ticket, world.clock.now(), news[edit]), fates[edited % fates.length] ?? []);
        edited += 1;
        world.clock.pass(seconds(1));
        await network.arrive();
        await services.lookByName();
      }
      await services.lookAtAll();
      world.clock.pass(minutes(1));
    }
    await services.lookAtAll();
    return await summaryOf(store, world);
  } finally {
    await store.close();
    await rm(folder, { recursive: true });
  }
};

const startServices = async (store: Store, world: World) => {
  const named = new Set<TicketId>();
  const logger = createRecordingLogger();
  const { poll, engine, watchList } = await createTestServices({
    store,
    adapters: adaptersOf(world),
    clock: world.clock,
    newId: createIds(),
    logger,
    pollAlarm: createStillAlarm(),
    effectAlarm: createStillAlarm(),
  });
  await engine.start();
  const webhooks = createTrackerWebhooks({
    store,
    readers: new Map([["linear", createLinearWebhook({ secret: linearSecret })]]),
    watchList,
    onNews: (ids) => {
      for (const id of ids) named.add(id);
    },
    clock: world.clock,
    logger,
  });
  return {
    webhooks,
    async lookByName() {
      if (named.size > 0) await poll.cycle([...named]);
      named.clear();
      await settle();
    },
    async lookAtAll() {
      await poll.cycle();
      await settle();
    },
  };
};

/** False: there was nothing to do, so no webhook is sent. */
const apply = ({ tracker }: World, id: TicketId, edit: Exclude<Round[number], "none">): boolean => {
  if (!tracker.tickets().some((ticket) => ticket.id === id)) return false;
  switch (edit) {
    case "mark":
    case "unmark":
      tracker.mark(id, edit === "mark");
      return true;
    case "close":
      tracker.edit(id, { lifecycle: "cancelled" });
      return true;
    case "reopen":
      tracker.edit(id, { lifecycle: "active" });
      return true;
    case "rename":
      tracker.edit(id, { title: `${tracker.ticket(id).title}!` });
      return true;
    case "delete":
      tracker.remove(id);
      return true;
  }
};

/** Brings each delivery as its fate says: after so many more edits, also long after the next full cycle. */
const createNetwork = (webhooks: TrackerWebhooks, { clock }: World) => {
  let underWay: { delivery: Delivery; delay: number }[] = [];
  return {
    send(delivery: Delivery, fate: Fate) {
      underWay.push(...fate.map((delay) => ({ delivery, delay })));
    },
    async arrive() {
      const arriving = underWay.filter(({ delay }) => delay === 0).toReversed();
      underWay = underWay
        .filter(({ delay }) => delay > 0)
        .map(({ delivery, delay }) => ({ delivery, delay: delay - 1 }));
      for (const { delivery } of arriving) {
        clock.pass(1);
        // One that is late for more than five minutes is refused, and one that is known wakes nobody.
        await deliver(webhooks, delivery);
      }
    },
  };
};

const summaryOf = async (store: Store, { tracker, executor }: World): Promise<unknown> => {
  const { items } = await store.listRuns({ limit: 200 });
  const known = await store.listKnownTickets();
  return {
    runs: items
      .map(({ run }) => `${run.ticket.identifier} ${run.phase} ${run.attempt} ${run.tryNumber} ${run.state}`)
      .toSorted(),
    known: known.map(({ ticket, sight, decision }) => ({
      // What is no longer ours is remembered as it was last seen, and webhooks show it more often.
      ticket: sight === "unmarked" ? ticket.id : ticket,
      sight,
      reason: decision?.reason,
    })),
    stages: tickets.map(({ id }) => tracker.stages.filter(({ ticketId }) => ticketId === id)),
    comments: tracker.comments.map(({ ticketId, body }) => `${ticketId} ${body}`).toSorted(),
    machines: executor.machines.length,
    isAllDelivered: (await store.effects.nextDue()) === null,
  };
};
