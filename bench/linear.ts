import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { LinearEmulator } from "@ai-implement/emulators/linear/api.ts";
import { startLinearEmulator } from "@ai-implement/emulators/linear/emulator.ts";
import { openSqliteStore } from "@ai-implement/orchestrator/adapters/store/sqlite/sqlite-store.ts";
import { createLinearTracker } from "@ai-implement/orchestrator/adapters/tracker/linear/linear-tracker.ts";
import { aProject } from "@ai-implement/orchestrator/core/testing/builders.ts";
import { createCountdown } from "./support/countdown.ts";
import { type Bench, rounds } from "./support/figure.ts";
import { createReceivers } from "./support/receivers.ts";
import { createBenchServices } from "./support/services.ts";
import { linearSchema, without } from "./support/vendor-schemas.ts";

const ticketCount = 100;
const teamCount = 10;
const latencyMs = 50;
const roundCount = 5;

const apiKey = "lin_api_bench";

/** How fast, and with how few requests, Linear shows what was decided (§7.2). The emulator answers in this process. */
export const linear: Bench = {
  name: "linear",
  missing: without(linearSchema),
  async measure({ folder }) {
    const schema = await readFile(linearSchema(), "utf8");
    const measured = await rounds(roundCount, (round) =>
      inOneLook(schema, join(folder, `linear-${round}.sqlite`)),
    );
    const scene = `${ticketCount} marked tickets, ${teamCount} teams, ${latencyMs} ms a request`;
    return [
      {
        name: `${scene}: all stages shown`,
        unit: "ms",
        samples: measured.map(({ shownMs }) => shownMs),
        baseline: {
          name: "as many requests that do nothing, one after the other",
          samples: measured.map(({ bareMs }) => bareMs),
        },
        aimBelow: 1_000,
      },
      {
        name: `${scene}: requests in all`,
        unit: "requests",
        samples: measured.map(({ requests }) => requests),
        baseline: { name: "one look, one change", samples: measured.map(() => 2) },
        aimBelow: 9,
      },
    ];
  },
};

/** A poll finds every ticket marked, and dispatches it; over when Linear has been told of the last one. */
const inOneLook = async (schema: string, path: string) => {
  const emulator = await startLinearEmulator({ schema, apiKey, latencyMs });
  const { store } = await openSqliteStore({ path });
  try {
    await fillWorkspace(emulator, (key) =>
      store.createProject(aProject({ key, maxInProgress: ticketCount })),
    );
    const { executor } = createReceivers([], 0);
    const shown = createCountdown(ticketCount);
    const { poll, effectWorker } = createBenchServices(
      store,
      { tracker: trackerOf(emulator), executor },
      (record) => {
        if (record.effect.kind === "set-stage") shown.tick();
      },
    );
    const running = effectWorker.run();
    const begin = performance.now();
    await poll.cycle();
    const shownMs = (await shown.over) - begin;
    const requests = emulator.requests().length;
    effectWorker.stop();
    await running;
    return { shownMs, requests, bareMs: await bare(emulator, requests) };
  } finally {
    await emulator.close();
    await store.close();
  }
};

const fillWorkspace = async (
  { workspace }: LinearEmulator,
  onTeam: (key: string) => Promise<unknown>,
): Promise<void> => {
  workspace.addLabel({ name: "AI-Implement" });
  const teams = Array.from({ length: teamCount }, (_, index) => `TEAM${index}`);
  for (const teamKey of teams) {
    workspace.addTeam({ key: teamKey });
    for (let n = 0; n < ticketCount / teamCount; n += 1)
      workspace.addIssue({ teamKey, title: `Change ${n}`, labels: ["AI-Implement"] });
    await onTeam(teamKey);
  }
};

const trackerOf = ({ url }: LinearEmulator) =>
  createLinearTracker({
    apiKey,
    apiUrl: url,
    workspaceUrl: "https://linear.example",
    clock: { now: () => Date.now() },
  });

const bare = async ({ url }: LinearEmulator, requests: number): Promise<number> => {
  const begin = performance.now();
  for (let n = 0; n < requests; n += 1) {
    const response = await fetch(url, {
      method: "POST",
      headers: { authorization: apiKey, "content-type": "application/json" },
      body: JSON.stringify({ query: "{ viewer { id } }" }),
    });
    await response.text();
  }
  return performance.now() - begin;
};
