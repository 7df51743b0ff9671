import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { vendorSchema } from "@ai-implement/emulators/testing/schemas.ts";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { tally } from "./support/github.ts";
import { seededRandom } from "./support/seeded-random.ts";
import { eventually } from "./support/service.ts";
import type { EndState } from "./support/storm/end-state.ts";
import type { NetworkOptions } from "./support/storm/network.ts";
import {
  openPullRequests,
  openStormWorld,
  perform,
  readOpenApi,
  type StormWorld,
} from "./support/storm/perform.ts";
import { randomStory, type Story, wholeStory, writer } from "./support/storm/story.ts";
import { calm, storm } from "./support/storm/weather.ts";

const schema = vendorSchema("github.openapi.json");

/** `npm run webhook-storm` sets both; without it one story is drawn. */
const rounds = Number(process.env["AI_IMPLEMENT_WEBHOOK_STORM_ROUNDS"] ?? 1);
const firstSeed = Number(
  process.env["AI_IMPLEMENT_WEBHOOK_STORM_SEED"] ?? Math.floor(Math.random() * 2 ** 31),
);
const seeds = Array.from({ length: rounds }, (_, index) => firstSeed + index);

describe.skipIf(schema === null)("webhooks of GitHub (§1, §12)", () => {
  let folder: string;
  let worlds: StormWorld[];
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "ai-implement-webhook-storm-"));
    worlds = [];
    // Minutes pass between two looks, for GitHub, for the service and for its tokens alike; no timer waits for them.
    vi.useFakeTimers({ toFake: ["Date"], shouldAdvanceTime: true, advanceTimeDelta: 5 });
  });
  afterEach(async () => {
    for (const world of worlds) await world.close();
    vi.useRealTimers();
    await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  });

  const open = async (name: string, story: Story, network: NetworkOptions): Promise<StormWorld> => {
    const openApi = await readOpenApi(schema ?? "");
    const world = await openStormWorld({ openApi, folder: join(folder, name), story, ...network });
    worlds.push(world);
    return world;
  };
  const playCalmly = async (story: Story): Promise<EndState> => {
    const world = await open("calm", story, { weather: calm, scatter: null });
    const end = await perform(world, story);
    expect([...world.network.answers.keys()]).toEqual([200]);
    return end;
  };
  const playInStorm = async (story: Story, seed: number): Promise<EndState> => {
    const world = await open("storm", story, { weather: storm(seed), scatter: seededRandom(seed) });
    const end = await perform(world, story);
    const { events, answers } = world.network;
    expect([...answers.keys()]).toEqual([200]);
    const lost = events.filter(({ copies }) => copies === 0);
    expect(lost.length).toBeGreaterThan(0);
    expect(events.filter(({ copies }) => copies === 10)).toHaveLength(events.length - lost.length);
    return end;
  };

  it(`every event ten times, shuffled, one in five lost, some late: the same end as once in order (seed ${firstSeed})`, async () => {
    const calmEnd = await playCalmly(wholeStory);
    expect(calmEnd.tickets).toMatchObject([
      { stage: "pr-open" },
      { stage: "merged" },
      { stage: "pr-open" },
      { stage: "pr-open" },
      { stage: "merged" },
      { stage: "merged" },
      { stage: "implementing-failed" },
      { stage: "merged" },
    ]);
    expect(calmEnd.undelivered).toEqual([]);
    expect(await playInStorm(wholeStory, firstSeed)).toEqual(calmEnd);
  });

  it.each(seeds)("so does what people come up with by chance (seed %d)", async (seed) => {
    const story = randomStory(seed);
    expect(await playInStorm(story, seed)).toEqual(await playCalmly(story));
  });

  it("reach the service without a poll: the command is shown to be taken, and its revision begins", async () => {
    const story: Story = { tickets: 1, rounds: [], jobEnds: new Map() };
    const world = await open("calm", story, { weather: calm, scatter: null });
    await openPullRequests(world);
    const { site } = world.hands;
    const cycles = world.service.fullCycles();
    site.comment(tally, 1, writer, "/ai-implement at once");
    await eventually("it is taken, and a workflow run waits", async () => {
      const taken = site.comments(tally, 1).some(({ reactions }) => reactions.length > 0);
      return taken && site.workflowRuns(tally).at(-1)?.inputs["phase"] === "revise";
    });
    expect(world.service.fullCycles()).toBe(cycles);
  });
});
