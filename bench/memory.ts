import { spawn } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { type Bench, rounds } from "./support/figure.ts";
import { type Memory, makeSandbox, memoryOf, type Sandbox, startService } from "./support/service.ts";

const roundCount = 3;
/** After this long nothing of the start is left to be done. */
const settledMs = 3_000;
const manyTickets = 1_000;

/** What the service needs of the 256 MB that it may have (§1). */
export const memory: Bench = {
  name: "memory",
  missing: () => (process.platform === "linux" ? null : "it reads /proc, which only Linux has"),
  async measure(surroundings) {
    const small = await makeSandbox(surroundings);
    const large = await makeSandbox(surroundings, manyTickets);
    const measured = await rounds(roundCount, async () => ({
      bare: await ofBareNode(),
      idle: await ofService(small, "60000"),
      // The shortest interval there is: several polls are over when we look.
      polling: await ofService(large, "1000"),
    }));
    const unit = "MB";
    const baseline = { name: "bare node", samples: measured.map(({ bare }) => bare.nowMegabytes) };
    return [
      {
        name: "idle, 3 tickets",
        unit,
        samples: measured.map(({ idle }) => idle.nowMegabytes),
        baseline,
        aimBelow: 100,
      },
      {
        name: "at its highest, 1,000 tickets polled every second",
        unit,
        samples: measured.map(({ polling }) => polling.peakMegabytes),
        baseline: { name: "bare node", samples: measured.map(({ bare }) => bare.peakMegabytes) },
      },
    ];
  },
};

const ofService = async (sandbox: Sandbox, pollIntervalMs: string): Promise<Memory> => {
  const service = await startService(sandbox, { POLL_INTERVAL_MS: pollIntervalMs });
  try {
    await sleep(settledMs);
    return memoryOf(service.pid);
  } finally {
    await service.stop();
  }
};

const ofBareNode = async (): Promise<Memory> => {
  const child = spawn(process.execPath, ["-e", "setTimeout(() => {}, 10_000)"], { stdio: "ignore" });
  const exited = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  try {
    await sleep(500);
    return memoryOf(child.pid ?? -1);
  } finally {
    child.kill("SIGKILL");
    await exited;
  }
};
