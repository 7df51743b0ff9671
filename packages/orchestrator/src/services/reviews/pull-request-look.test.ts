import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  makeTemporaryDatabase,
  type TemporaryDatabase,
} from "../../adapters/store/sqlite/testing/temporary-database.ts";
import type { Remark } from "../../core/review/remark.ts";
import { aProject, aTicket } from "../../core/testing/builders.ts";
import { minutes, seconds } from "../../core/time.ts";
import type { PullRequest } from "../../ports/forge.ts";
import type { Store } from "../../ports/store.ts";
import { createRecordingLogger } from "../testing/recording-logger.ts";
import { createTestServices } from "../testing/services.ts";
import { createStillAlarm } from "../testing/still-alarm.ts";
import { adaptersOf, createIds, createWorld, type World } from "../testing/world.ts";
import { createWorldForge, type WorldForge } from "../testing/world-forge.ts";
import { createPullRequestLook, type PullRequestLook } from "./pull-request-look.ts";

const ticket = aTicket({ stage: "pr-open" });
const repository = { forge: "github", owner: "acme", name: "tally", defaultBranch: "main" } as const;
const opened: PullRequest = {
  number: 7,
  url: "https://forge.example/acme/tally/pull/7",
  title: "ACME-1: Say hello",
  body: "",
  head: "ai-implement/acme-1-say-hello",
  base: "main",
  state: "open",
  draft: false,
};

describe("one look at a pull request (§12)", () => {
  let database: TemporaryDatabase;
  let store: Store;
  let world: World;
  let look: PullRequestLook;
  /** As the forge shows it. */
  let shown: PullRequest;
  let remarks: readonly Remark[];
  /** Since when it was asked for remarks, at each look that asked. */
  let asked: (number | null)[];

  const forge = (): WorldForge => ({
    ...createWorldForge("github"),
    find: async () => shown,
    reviews: {
      remarks: async (_repository, _number, since) => {
        asked.push(since);
        return remarks.filter(({ at }) => since === null || at >= since);
      },
      mayWrite: async () => true,
      react: async () => undefined,
      standing: async () => null,
    },
  });
  beforeEach(async () => {
    database = await makeTemporaryDatabase();
    world = { ...createWorld(), forge: forge() };
    ({ store } = await database.open(world.clock));
    [shown, remarks, asked] = [{ ...opened, updatedAt: world.clock.now() }, [], []];
    const project = aProject({ repository });
    await store.createProject(project);
    world.tracker.add(ticket);
    const logger = createRecordingLogger();
    const services = await createTestServices({
      store,
      adapters: adaptersOf(world),
      clock: world.clock,
      newId: createIds(),
      logger,
      pollAlarm: createStillAlarm(),
      effectAlarm: createStillAlarm(),
    });
    look = createPullRequestLook({
      store,
      adapters: adaptersOf(world),
      runEvents: services.runEvents,
      clock: world.clock,
      logger,
      onEffects: () => undefined,
      onFeedback: () => undefined,
    });
    await services.engine.start();
    await store.commit({
      knownTickets: [{ ticket, sight: "pr-open", strayingSince: null, decision: null }],
    });
    await publish();
  });
  afterEach(async () => {
    await store.close();
    await database.remove();
  });

  /** As a run of ours leaves it. */
  const publish = () =>
    store.commit({
      pullRequests: [
        {
          ticketId: ticket.id,
          projectKey: "ACME",
          repository,
          pullRequest: { ...shown, state: "open" },
          updatedAt: world.clock.now(),
        },
      ],
    });
  const known = async () => {
    const found = await store.findPullRequest(ticket.id);
    if (found === null) throw new Error("The pull request is not known.");
    return found;
  };
  const change = (fields: Partial<PullRequest>) => {
    shown = { ...shown, ...fields, updatedAt: world.clock.now() };
  };
  const saying = (n: number, at = world.clock.now()): Remark => ({
    id: `issue-comment:${n}`,
    kind: "comment",
    author: "ada",
    isBot: false,
    body: `/ai-implement ${n}`,
    url: "https://forge.example/comment",
    at,
  });
  const bodies = async () => (await store.listFeedback(ticket.id)).map(({ body }) => body);
  const closings = () => effects("closed without a merge");
  const effects = async (words: string) => {
    const all = await store.effects.overdue(Number.MAX_SAFE_INTEGER, 100);
    return all.filter(({ effect }) => JSON.stringify(effect).includes(words));
  };

  it("reads remarks only where something changed, and again for as long as more may come in the same second", async () => {
    for (let n = 0; n < 4; n += 1) {
      await look(await known());
      world.clock.pass(seconds(20));
    }
    expect(asked).toHaveLength(3);
    remarks = [saying(1)];
    change({});
    await look(await known());
    expect(await bodies()).toEqual(["1"]);
  });

  it("takes what was said in the second of the last change, however far the forge's clock is from ours", async () => {
    const theirs = world.clock.now() - minutes(600);
    shown = { ...shown, updatedAt: theirs };
    remarks = [saying(1, theirs)];
    await look(await known());
    remarks = [...remarks, saying(2, theirs)];
    await look(await known());
    expect(await bodies()).toEqual(["1", "2"]);
  });

  it("takes remarks that are dated in the future or in 1970 as any other, once", async () => {
    remarks = [saying(1, 0), saying(2, Date.UTC(2099, 0, 1))];
    for (let n = 0; n < 3; n += 1) {
      world.clock.pass(minutes(1));
      change({});
      await look(await known());
    }
    expect(await bodies()).toEqual(["1", "2"]);
  });

  it("goes on reading after the forge's clock was put right", async () => {
    const theirs = world.clock.now();
    shown = { ...shown, updatedAt: Date.UTC(2099, 0, 1) };
    for (let n = 0; n < 3; n += 1) {
      await look(await known());
      world.clock.pass(minutes(1));
    }
    shown = { ...shown, updatedAt: theirs };
    remarks = [saying(1, theirs - seconds(20))];
    await look(await known());
    expect(await bodies()).toEqual(["1"]);
  });

  it("says once that it was closed, whatever is said on it afterwards and whoever still thinks that it is open", async () => {
    const before = await known();
    change({ state: "closed" });
    await Promise.all([look(before), look(before)]);
    world.clock.pass(minutes(1));
    change({});
    await look(before);
    expect(await closings()).toHaveLength(1);
    expect((await known()).pullRequest.state).toBe("closed");
  });

  it("says so again of one that a further run of the ticket found reopened", async () => {
    change({ state: "closed" });
    await look(await known());
    world.clock.pass(minutes(5));
    change({ state: "open" });
    await publish();
    await look(await known());
    world.clock.pass(minutes(5));
    change({ state: "closed" });
    await look(await known());
    expect(await closings()).toHaveLength(2);
  });

  it("leaves a pull request alone that the forge does not show any more: it may have moved", async () => {
    Object.assign(world.forge, { find: async () => null });
    await look(await known());
    expect((await known()).pullRequest.state).toBe("open");
  });
});
