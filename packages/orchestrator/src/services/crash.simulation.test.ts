import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openTheatre, type Story, type Theatre } from "./testing/simulation.ts";
import { everyRunnerDeath, sweep, sweepEveryPoint, sweepPairs, sweepWebhooks } from "./testing/sweep.ts";

/** `npm run crash-sweep` sets it: every point of the longer story, and thousands of pairs. */
const isLong = process.env["AI_IMPLEMENT_SWEEP"] === "long";
const seed = Number(process.env["AI_IMPLEMENT_SWEEP_SEED"] ?? 1);
const pairs = Number(process.env["AI_IMPLEMENT_SWEEP_PAIRS"] ?? 40);

const alone: Story = { tickets: 1 };
const blocked: Story = { tickets: 2 };
const long = { timeout: 60 * 60_000 };
const short = { timeout: 120_000 };

/** What dies here is a process and not the machine, so memory is as good as a disk, and three times as quick. */
const temporaryFolder = existsSync("/dev/shm") ? "/dev/shm" : tmpdir();

describe("promise 1 of §1: nothing is lost or done twice", () => {
  let folder: string;
  let theatre: Theatre;
  beforeEach(async () => {
    folder = await mkdtemp(join(temporaryFolder, "ai-implement-crash-"));
    theatre = await openTheatre(folder);
  });
  afterEach(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  test("a ticket, and one that it blocks, are planned, implemented and merged once", async () => {
    const { problems, points } = await theatre.play(blocked);
    expect(problems).toEqual([]);
    expect(points).toBeGreaterThan(500);
  });

  test("whichever call our process dies before or after, in every life of a ticket", short, async () => {
    const { broken, played } = await sweepEveryPoint(theatre, alone);
    expect(broken).toEqual([]);
    expect(played).toBeGreaterThan(250);
  });

  test("when it dies twice", short, async () => {
    const { broken } = await sweepPairs(theatre, alone, { seed, count: 40 });
    expect(broken).toEqual([]);
  });

  test("when webhooks name its tickets at any moment (§7.2)", short, async () => {
    const untold = await theatre.play(blocked);
    const told = await theatre.play({ ...blocked, webhooks: seed });
    expect(told.problems).toEqual([]);
    expect(told.points).toBeGreaterThan(untold.points);
    expect((await sweepWebhooks(theatre, blocked, { seed, count: 20 })).broken).toEqual([]);
  });

  test("when a runner dies at any of its steps, its report found beside it or not (§15)", async () => {
    const stories = everyRunnerDeath.map((runnerDies) => ({ ...blocked, runnerDies }));
    expect((await sweep(theatre, stories)).broken).toEqual([]);
  });

  describe.runIf(isLong)(`the long sweep, seed ${seed}, ${pairs} pairs`, () => {
    test("whichever call our process dies at, with two tickets", long, async () => {
      const { broken, played } = await sweepEveryPoint(theatre, blocked);
      console.log(`${played} single crashes`);
      expect(broken).toEqual([]);
    });

    test("whichever call our process dies at, when all act at once", long, async () => {
      const { broken, played } = await sweepEveryPoint(theatre, { ...blocked, allAtOnce: true });
      console.log(`${played} single crashes, all at once`);
      expect(broken).toEqual([]);
    });

    test("whichever call our process dies at, when webhooks name the tickets (§7.2)", long, async () => {
      for (const allAtOnce of [false, true]) {
        const story = { ...blocked, allAtOnce };
        const { broken, played } = await sweepEveryPoint(theatre, { ...story, webhooks: seed });
        const drawn = await sweepWebhooks(theatre, story, { seed, count: pairs });
        console.log(`${played + drawn.played} single crashes with webhooks`);
        expect([...broken, ...drawn.broken]).toEqual([]);
      }
    });

    test("whichever call our process dies at, when a runner dies as well", long, async () => {
      for (const runnerDies of everyRunnerDeath) {
        const { broken, played } = await sweepEveryPoint(theatre, { ...alone, runnerDies });
        console.log(`${played} single crashes with ${JSON.stringify(runnerDies)}`);
        expect(broken).toEqual([]);
      }
    });

    test("when it dies twice, with two tickets", long, async () => {
      for (const allAtOnce of [false, true]) {
        const { broken, played } = await sweepPairs(
          theatre,
          { ...blocked, allAtOnce },
          { seed, count: pairs },
        );
        console.log(`${played} double crashes`);
        expect(broken).toEqual([]);
      }
    });
  });
});
