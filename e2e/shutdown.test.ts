import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runsOf } from "./support/outcome.ts";
import { eventually, makeSandbox, type Sandbox, startService } from "./support/service.ts";
import { keepTickets } from "./support/tickets.ts";
import { runnerPid, watchDatabase } from "./support/watch.ts";

describe("SIGTERM while a run is under way (§15)", () => {
  let sandbox: Sandbox;

  beforeAll(async () => {
    sandbox = await makeSandbox({ pace: 0.5 });
    await keepTickets(sandbox, "TALLY-1");
  });
  afterAll(() => sandbox.remove());

  it("ends the service with exit code 0; the runner goes on, and the next start adopts it", async () => {
    let service = await startService(sandbox);
    const watch = watchDatabase(sandbox);
    try {
      await watch.until("select 1 from run_steps where json_extract(step, '$.name') = 'explore'");
      const [run] = await runsOf(service, "TALLY-1");
      const pid = await runnerPid(sandbox, run?.id ?? "");

      expect(await service.stop()).toBe(0);
      await expect(fetch(`${service.url}/livez`)).rejects.toThrow();
      expect(() => process.kill(pid, 0), "the runner lives on").not.toThrow();

      service = await startService(sandbox);
      await eventually("the adopted run ends", async () => {
        const [adopted] = await runsOf(service, "TALLY-1");
        return adopted?.status === "completed";
      });
      const plans = (await runsOf(service, "TALLY-1")).filter(({ phase }) => phase === "plan");
      expect(plans.map(({ id, attempt, status }) => [id, attempt, status])).toEqual([
        [run?.id, 1, "completed"],
      ]);
      expect(await runnerPid(sandbox, run?.id ?? "")).toBe(pid);
    } finally {
      watch.close();
      expect(await service.stop()).toBe(0);
    }
  });
});
