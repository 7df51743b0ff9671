import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type LinearScene, linearSchema, openLinear } from "./testing/linear-scene.ts";
import { ticketIdOf } from "./ticket-id.ts";

describe.skipIf(linearSchema === null)("§7.2 what a look at Linear costs", () => {
  let scene: LinearScene;
  beforeEach(async () => {
    scene = await openLinear();
  });
  afterEach(async () => {
    await scene.close();
  });
  const add = (count: number): void => {
    for (let index = 0; index < count; index += 1)
      scene.emulator.workspace.addIssue({ teamKey: "ACME", title: "A title", labels: ["AI-Implement"] });
  };
  const look = async () => {
    const before = scene.emulator.requests().length;
    const found = (await scene.listed()).length;
    const requests = scene.emulator.requests().slice(before);
    return {
      found,
      requests: requests.length,
      points: requests.reduce((sum, { points }) => sum + points, 0),
    };
  };

  test.each([
    [0, 1, 800],
    [30, 1, 2_800],
    [100, 1, 7_500],
    [250, 3, 19_000],
  ])("of %i marked issues: %i requests, under %i points", async (count, requests, points) => {
    add(count);
    expect((await look()).found).toBe(count);
    for (let again = 0; again < 3; again += 1) {
      const cost = await look();
      expect(cost).toMatchObject({ found: count, requests });
      expect(cost.points).toBeLessThan(points);
    }
  });

  test("from 5 to 200 between two looks, no ticket is missed; from 200 to none, the next one is cheap again", async () => {
    add(5);
    await look();
    expect(await look()).toMatchObject({ found: 5, requests: 1 });
    add(195);
    expect(await look()).toMatchObject({ found: 200, requests: 3 });
    expect(await look()).toMatchObject({ found: 200, requests: 2 });
    for (const { id } of await scene.listed())
      scene.emulator.workspace.unlabel(id.replace("linear:", ""), ["AI-Implement"]);
    expect(await look()).toMatchObject({ found: 0, requests: 1 });
    expect((await look()).points).toBeLessThan(800);
  });

  test("a look that breaks off says nothing about how many there are", async () => {
    add(30);
    await look();
    scene.emulator.setFaults(() => ({ kind: "server-error" }));
    await expect(scene.listed()).rejects.toMatchObject({ failure: "unavailable" });
    scene.emulator.setFaults(() => null);
    expect(await look()).toMatchObject({ found: 30, requests: 1 });
  });

  test("a look-up costs what it asks for", async () => {
    const issue = scene.emulator.workspace.addIssue({ teamKey: "ACME", title: "One" });
    await scene.listed();
    const before = scene.emulator.requests().length;
    await scene.tracker.lookUp([ticketIdOf(issue.id)], []);
    expect(scene.emulator.requests()[before]?.points).toBeLessThan(100);
  });
});
