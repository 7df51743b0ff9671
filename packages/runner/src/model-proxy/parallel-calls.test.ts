import { describe, expect, it } from "vitest";
import { streaming } from "./testing/fake-provider.ts";
import { openProxyStage } from "./testing/proxy-stage.ts";

describe("§11.3 calls at the same time", () => {
  it("wait for each other where they could spend more than is left, and none is refused as long as something is", async () => {
    // 10 × 0.001 + 20 × 0.002 = 0.05 each: four of them are the budget.
    const stage = await openProxyStage(streaming({ input: 10, output: 20 }));
    const meter = stage.proxy.open(0.199);
    const answers = await Promise.all(Array.from({ length: 12 }, () => stage.ask()));
    for (const answer of answers) await answer.text();
    const statuses = answers.map(({ status }) => status).sort();
    expect(statuses).toEqual([...Array<number>(4).fill(200), ...Array<number>(8).fill(400)]);
    expect(stage.provider.requests).toHaveLength(4);
    expect(meter.usage().costUsd).toBeCloseTo(0.2, 9);
    expect(meter.refusedForBudget()).toBe(true);
    await stage.close();
  });

  it("go side by side where there is enough for all", async () => {
    let together = 0;
    let most = 0;
    const answer = streaming({ input: 10, output: 20 });
    const stage = await openProxyStage(async (response, request) => {
      together += 1;
      most = Math.max(most, together);
      await new Promise((resolve) => setTimeout(resolve, 50));
      together -= 1;
      await answer(response, request);
    });
    stage.proxy.open(1_000);
    await Promise.all(Array.from({ length: 12 }, async () => (await stage.ask()).text()));
    expect(most).toBeGreaterThan(1);
    await stage.close();
  });
});
