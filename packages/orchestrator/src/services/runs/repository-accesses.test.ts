import { expect, it } from "vitest";
import { aRun, aRunId, aTime } from "../../core/testing/builders.ts";
import { hours, minutes } from "../../core/time.ts";
import { DeliveryError } from "../../ports/delivery-error.ts";
import type { Forge, RepositoryAccess } from "../../ports/forge.ts";
import { createWorldForge } from "../testing/world-forge.ts";
import { createRepositoryAccesses } from "./repository-accesses.ts";

const run = aRun();

/** A code host that grants and takes back, and what of it is still good. */
const openAccesses = () => {
  let now = aTime;
  let isDown = false;
  const asked: string[] = [];
  const good = new Set<string>();
  /** Answers wait for it. */
  let answers: Promise<void> = Promise.resolve();
  const forge: Forge = {
    ...createWorldForge(),
    grant: async (_repository, access) => {
      const token = `token ${asked.push(access)}`;
      await answers;
      if (isDown) throw new DeliveryError("The code host is down.", { retryable: true });
      good.add(token);
      return { token, expiresAt: now + hours(1), revokeUrl: "https://forge.example/token" };
    },
    revoke: async ({ token }: RepositoryAccess) => void good.delete(token),
  };
  const accesses = createRepositoryAccesses({
    adapters: { trackers: new Map(), forges: new Map([[forge.kind, forge]]), executors: new Map() },
    clock: { now: () => now },
  });
  return {
    accesses,
    asked,
    good,
    fail: (down: boolean) => {
      isDown = down;
    },
    pass: (ms: number) => {
      now += ms;
    },
    hold: (): (() => void) => {
      let release = (): void => undefined;
      answers = new Promise((resolve) => {
        release = resolve;
      });
      return release;
    },
  };
};

it("§11.2 all who ask at the same time for a run get the one credential that is made", async () => {
  const { accesses, asked } = openAccesses();
  const granted = await Promise.all(Array.from({ length: 100 }, () => accesses.grant(run)));
  expect(new Set(granted.map((credential) => credential?.token))).toEqual(new Set(["token 1"]));
  expect((await accesses.grant(run))?.token).toBe("token 1");
  expect(asked).toEqual(["write"]);
});

it("§11.2 a run that only plans gets one to read with, and each run its own", async () => {
  const { accesses, asked, good } = openAccesses();
  const planning = aRun({ id: aRunId(2), phase: "plan" });
  await Promise.all([accesses.grant(planning), accesses.grant(run)]);
  expect(asked).toEqual(["read", "write"]);
  await accesses.revoke(planning.id);
  expect([...good]).toEqual(["token 2"]);
});

it("§11.2 one that is about to end is followed by another, and both end with the run", async () => {
  const { accesses, pass, good } = openAccesses();
  await accesses.grant(run);
  pass(minutes(50));
  expect((await accesses.grant(run))?.token).toBe("token 2");
  expect([...good]).toEqual(["token 1", "token 2"]);
  await accesses.revoke(run.id);
  expect([...good]).toEqual([]);
});

it("§11.2 one that is being made while the run ends does not outlive it", async () => {
  const { accesses, hold, good } = openAccesses();
  const release = hold();
  const granting = accesses.grant(run);
  const revoking = accesses.revoke(run.id);
  release();
  await Promise.all([granting, revoking]);
  expect([...good]).toEqual([]);
});

it("§9 one that could not be made is asked for again", async () => {
  const { accesses, fail } = openAccesses();
  fail(true);
  await expect(accesses.grant(run)).rejects.toThrow("The code host is down.");
  await expect(accesses.revoke(run.id)).resolves.toBeUndefined();
  fail(false);
  expect((await accesses.grant(run))?.token).toBe("token 2");
});
