import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createLinearWebhook } from "../../adapters/tracker/linear/linear-webhook.ts";
import { aTicket } from "../../core/testing/builders.ts";
import { minutes, seconds } from "../../core/time.ts";
import type { Store } from "../../ports/store.ts";
import type { MarkNews } from "../../ports/tracker-webhook.ts";
import { createAlarm } from "../alarm.ts";
import { createNamedLooks, type NamedLooks } from "../poll/named/looks.ts";
import { createPollLoop } from "../poll/poll-loop.ts";
import { useScene } from "../testing/scene.ts";
import { settle } from "../testing/still-alarm.ts";
import { createWorld } from "../testing/world.ts";
import { deliver, issueUpdate, linearIssueId, linearSecret } from "./testing/linear-sender.ts";
import { createTrackerWebhooks, type TrackerWebhooks } from "./tracker-webhooks.ts";

const ticketOf = (n: number) => aTicket({ id: `linear:${linearIssueId(n)}`, identifier: `ACME-${n}` });
const ticket = ticketOf(1);

describe("webhooks of the trackers, and the poll that they wake (§6, §7.2)", () => {
  let lookUps: number;
  /** What happens while a tracker is asked, and has its answer ready. */
  let duringLookUp: () => Promise<void>;
  let namedLooks: NamedLooks;
  let webhooks: TrackerWebhooks;
  let end: () => Promise<void>;
  const scene = useScene({
    makeWorld: () => {
      const world = createWorld();
      const lookUp = world.tracker.lookUp.bind(world.tracker);
      world.tracker.lookUp = async (ids, projects) => {
        lookUps += 1;
        const answer = await lookUp(ids, projects);
        await duringLookUp();
        return answer;
      };
      return world;
    },
  });

  const webhooksOver = (store: Pick<Store, "rememberDelivery">): TrackerWebhooks =>
    createTrackerWebhooks({
      store,
      readers: new Map([["linear", createLinearWebhook({ secret: linearSecret })]]),
      watchList: scene.services.watchList,
      onNews: namedLooks.want,
      clock: scene.world.clock,
      logger: scene.logger,
    });

  beforeEach(() => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    lookUps = 0;
    duringLookUp = async () => undefined;
    namedLooks = createNamedLooks();
    webhooks = webhooksOver(scene.store);
    const loop = createPollLoop(scene.services.poll, createAlarm(50), minutes(1), scene.logger, namedLooks);
    const running = loop.run();
    end = async () => {
      loop.stop();
      await pass(seconds(1));
      await running;
      vi.useRealTimers();
    };
  });
  afterEach(() => end());

  const pass = async (ms: number): Promise<void> => {
    scene.world.clock.pass(ms);
    await vi.advanceTimersByTimeAsync(ms);
    await settle();
  };
  const tell = (about = ticket, mark: MarkNews = "put") =>
    deliver(webhooks, issueUpdate(about, scene.world.clock.now(), mark));
  const known = async (id = ticket.id) => (await scene.store.findKnownTicket(id))?.decision?.reason;

  it("a label becomes a dispatch within a tenth of a second", async () => {
    await pass(seconds(1));
    scene.world.tracker.add(ticket);
    expect(await tell()).toBe("accepted");
    await pass(100);
    expect(await scene.theRun("plan")).toMatchObject({ ticket: { id: ticket.id }, attempt: 1 });
    expect([scene.world.tracker.looks, lookUps]).toEqual([1, 1]);
  });

  it("a mark that was taken away and put back between two full cycles is seen, when both deliveries arrive (§7.1)", async () => {
    scene.world.tracker.add(ticket);
    await pass(seconds(1));
    await pass(minutes(1));
    scene.world.tracker.mark(ticket.id, false);
    await tell(ticket, "taken");
    await pass(100);
    scene.world.tracker.mark(ticket.id, true);
    await tell();
    await pass(100);
    expect(await scene.runs()).toMatchObject([
      { attempt: 1, state: "cancelled" },
      { attempt: 2, state: "dispatching" },
    ]);
  });

  it("a blocker that nobody marked wakes what it blocks when it is closed", async () => {
    const blocker = ticketOf(2);
    scene.world.tracker.add(blocker);
    scene.world.tracker.mark(blocker.id, false);
    scene.world.tracker.add(ticket, [blocker.id]);
    await pass(seconds(1));
    expect(await known()).toBe("blocked");
    scene.world.tracker.edit(blocker.id, { lifecycle: "completed" });
    await tell(blocker, "none");
    await pass(100);
    expect(await known()).toBe("dispatch");
    expect(lookUps).toBe(1);
  });

  it("a blocker that is closed while the look under way first learns what it blocks wakes that afterwards", async () => {
    const blocker = ticketOf(2);
    scene.world.tracker.add(blocker);
    scene.world.tracker.mark(blocker.id, false);
    await pass(seconds(1));
    scene.world.tracker.add(ticket, [blocker.id]);
    await tell();
    duringLookUp = async () => {
      duringLookUp = async () => undefined;
      scene.world.tracker.edit(blocker.id, { lifecycle: "completed" });
      expect(await tell(blocker, "none")).toBe("accepted");
    };
    await pass(60);
    expect(await known()).toBe("blocked");
    await pass(100);
    expect(await known()).toBe("dispatch");
    expect(lookUps).toBe(2);
  });

  it("nothing is written of news that wakes nothing: a busy workspace sends hundreds a minute", async () => {
    await pass(seconds(1));
    const remembered: string[] = [];
    webhooks = webhooksOver({
      async rememberDelivery(_, id) {
        remembered.push(id);
        return true;
      },
    });
    expect(await tell(ticket, "none")).toBe("accepted");
    expect(await tell(ticket, "taken")).toBe("accepted");
    expect(remembered).toEqual([]);
    expect(await tell(ticket, "put")).toBe("accepted");
    expect(remembered).toHaveLength(1);
  });

  it("a person's mark is seen at once, however many echoes of our own writes come before it", async () => {
    const ours = [3, 4, 5].map(ticketOf);
    for (const each of ours) scene.world.tracker.add(each);
    await pass(seconds(1));
    for (let n = 0; n < 100; n += 1) {
      for (const each of ours) await tell(each, "kept");
      await pass(60);
    }
    expect(lookUps).toBeLessThanOrEqual(10 + 1);
    scene.world.tracker.add(ticket);
    await tell();
    await pass(100);
    expect(await known()).toBeDefined();
  });

  it("news of tickets that are not ours wakes nothing", async () => {
    await pass(seconds(1));
    for (let n = 10; n < 300; n += 1)
      expect(await tell(ticketOf(n), n % 2 === 0 ? "none" : "taken")).toBe("accepted");
    await pass(seconds(10));
    expect([scene.world.tracker.looks, lookUps]).toEqual([1, 0]);
  });

  it("the same delivery ten times, also after a restart, is one look", async () => {
    scene.world.tracker.add(ticket);
    await pass(seconds(1));
    const delivery = issueUpdate(ticket, scene.world.clock.now());
    for (let times = 0; times < 10; times += 1) {
      expect(await deliver(webhooks, delivery)).toBe("accepted");
      await pass(100);
    }
    expect(lookUps).toBe(1);
  });

  it.each([
    ["of 100 tickets", 100],
    ["of 10,000 tickets", 10_000],
  ])(
    "a flood of 10,000 deliveries %s in five minutes spends a bounded number of requests",
    async (_, tickets) => {
      await pass(seconds(1));
      // A disk would take most of the time of this.
      webhooks = webhooksOver({ rememberDelivery: async () => true });
      for (let n = 0; n < 10_000; n += 1) {
        await tell(ticketOf(n % tickets));
        if (n % 100 === 0) await pass(seconds(3));
      }
      await pass(minutes(1));
      // 30 looks at once and ten in each of seven minutes; a full cycle a minute, and as many again for the overflow.
      expect(lookUps).toBeLessThanOrEqual(30 + 70);
      expect(scene.world.tracker.looks).toBeLessThanOrEqual(3 + 2 * 7);
      expect(scene.logger.lines.filter(({ level }) => level === "error")).toEqual([]);
    },
  );

  it("what is refused is told once a minute, with the number of those that were not told", async () => {
    const forged = { headers: { "linear-signature": "0".repeat(64) }, rawBody: Buffer.from("{}") };
    for (let times = 0; times < 100; times += 1) expect(await deliver(webhooks, forged)).toBe("refused");
    expect(await webhooks.receive("jira", {}, Buffer.from("{}"))).toBe("refused");
    await pass(minutes(1));
    await deliver(webhooks, forged);
    const told = scene.logger.lines.filter(({ message }) => message === "webhook refused");
    expect(told.map(({ fields }) => fields)).toMatchObject([
      { vendor: "linear", why: expect.stringContaining("LINEAR_WEBHOOK_SECRET") as string, unsaid: 0 },
      { vendor: "jira", why: "JIRA_WEBHOOK_SECRET is not set.", unsaid: 0 },
      { vendor: "linear", unsaid: 99 },
    ]);
    expect(JSON.stringify(told)).not.toContain(linearSecret);
  });

  it("a delivery that the store does not answer for in time is to be delivered again, and acted on if it was stored", async () => {
    scene.world.tracker.add(ticket);
    await pass(seconds(1));
    let store = (_isNew: boolean): void => undefined;
    const slow = webhooksOver({
      rememberDelivery: () =>
        new Promise((resolve) => {
          store = resolve;
        }),
    });
    const receiving = deliver(slow, issueUpdate(ticket, scene.world.clock.now()));
    await pass(seconds(4));
    expect(await receiving).toBe("unavailable");
    await pass(seconds(1));
    expect(lookUps).toBe(0);
    store(true);
    await pass(100);
    expect(lookUps).toBe(1);
  });

  it("a clock that is put back does not silence what is refused", async () => {
    const told = () => scene.logger.lines.filter(({ message }) => message === "webhook refused").length;
    expect(await webhooks.receive("jira", {}, Buffer.from("{}"))).toBe("refused");
    scene.world.clock.pass(-minutes(10));
    expect(await webhooks.receive("jira", {}, Buffer.from("{}"))).toBe("refused");
    expect(told()).toBe(2);
  });
});
