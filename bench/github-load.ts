import { mkdtemp, readFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { GithubRequest } from "@ai-implement/emulators/github/api.ts";
import type { LinearEmulator } from "@ai-implement/emulators/linear/api.ts";
import { startLinearEmulator } from "@ai-implement/emulators/linear/emulator.ts";
import { openSqliteStore } from "@ai-implement/orchestrator/adapters/store/sqlite/sqlite-store.ts";
import { aProject } from "@ai-implement/orchestrator/core/testing/builders.ts";
import { type Bench, rounds, type Surroundings } from "./support/figure.ts";
import { appId, startBenchGithub } from "./support/github.ts";
import { memoryOf, startService } from "./support/service.ts";
import { githubSchema, linearSchema, without } from "./support/vendor-schemas.ts";

const ticketCount = 1_000;
const organisationCount = 10;
const roundCount = 2;
const apiKey = "lin_api_bench";
/** After this long nothing of the start, or of the dispatches, is left to be done. */
const settledMs = 3_000;

/** A day's work at once: what it takes of time and memory, and that GitHub's limits hold (§9). Vendors answer in this process. */
export const githubLoad: Bench = {
  name: "github-load",
  missing: () =>
    process.platform === "linux"
      ? without(linearSchema, githubSchema)()
      : "it reads /proc, which only Linux has",
  async measure(surroundings) {
    const measured = await rounds(roundCount, () => oneDay(surroundings));
    const scene = `${ticketCount} tickets, ${organisationCount} organisations`;
    return [
      {
        name: `${scene}: all dispatched`,
        unit: "ms",
        samples: measured.map(({ dispatchedMs }) => dispatchedMs),
        baseline: { name: "the service's start", samples: measured.map(({ startMs }) => startMs) },
      },
      {
        name: `${scene}: most runs in any 10 s of one organisation`,
        unit: "requests",
        samples: measured.map(({ mostRuns }) => mostRuns),
        baseline: { name: "GitHub's limit", samples: measured.map(() => 500) },
        aimBelow: 501,
      },
      {
        name: `${scene}: resident memory at its highest`,
        unit: "MB",
        samples: measured.map(({ peakMegabytes }) => peakMegabytes),
        baseline: {
          name: "idle, no ticket yet",
          samples: measured.map(({ idleMegabytes }) => idleMegabytes),
        },
        aimBelow: 160,
      },
    ];
  },
};

const oneDay = async ({ program, folder }: Surroundings) => {
  const path = await mkdtemp(join(folder, "github-load-"));
  const places = Array.from({ length: organisationCount }, (_, index) => ({
    owner: `acme-${index}`,
    name: "shop",
  }));
  const { emulator, privateKey } = await startBenchGithub(places, { directory: join(path, "github") });
  const linear = await startLinearEmulator({ schema: await readFile(linearSchema(), "utf8"), apiKey });
  const database = join(path, "service.sqlite");
  await addProjects(database, places);
  const port = await freePort();
  const start = () =>
    startService(
      { path, url: `http://127.0.0.1:${port}`, program },
      {
        PORT: String(port),
        DEDUP_DB_PATH: database,
        LINEAR_API_KEY: apiKey,
        LINEAR_API_URL: linear.url,
        GITHUB_APP_ID: String(appId),
        GITHUB_APP_PRIVATE_KEY: privateKey,
        GITHUB_API_URL: emulator.apiUrl,
        RUNNER_CALLBACK_BASE_URL: "https://implement.example",
        RUNNER_TOKEN_SECRET: "a secret of the benches, long enough",
      },
    );
  const idle = await start();
  await sleep(settledMs);
  const idleMegabytes = memoryOf(idle.pid).nowMegabytes;
  await idle.stop();
  markAll(linear);
  const begin = Date.now();
  const service = await start();
  try {
    await untilDispatched(() => emulator.site.workflowRuns().length);
    const dispatchedMs = Date.now() - begin;
    await sleep(settledMs);
    const { peakMegabytes } = memoryOf(service.pid);
    const mostRuns = mostWithin10s(emulator.requests());
    return { startMs: idle.polledAfter, dispatchedMs, mostRuns, idleMegabytes, peakMegabytes };
  } finally {
    await service.stop();
    await emulator.close();
    await linear.close();
  }
};

const teamKey = (index: number): string => `TEAM${index}`;

const addProjects = async (
  path: string,
  places: readonly { readonly owner: string; readonly name: string }[],
): Promise<void> => {
  const { store } = await openSqliteStore({ path });
  try {
    for (const [index, place] of places.entries())
      await store.createProject(
        aProject({
          key: teamKey(index),
          repository: { forge: "github", ...place, defaultBranch: "main" },
          executor: "github-actions",
          maxInProgress: ticketCount,
        }),
      );
  } finally {
    await store.close();
  }
};

const markAll = ({ workspace }: LinearEmulator): void => {
  workspace.addLabel({ name: "AI-Implement" });
  for (let index = 0; index < organisationCount; index += 1) workspace.addTeam({ key: teamKey(index) });
  for (let n = 0; n < ticketCount; n += 1)
    workspace.addIssue({
      teamKey: teamKey(n % organisationCount),
      title: `Change ${n}`,
      description: "What is wanted, in a sentence of common length.\n".repeat(20),
      labels: ["AI-Implement"],
    });
};

const dispatchTimeoutMs = 120_000;

const untilDispatched = async (dispatched: () => number): Promise<void> => {
  const end = Date.now() + dispatchTimeoutMs;
  while (dispatched() < ticketCount) {
    if (Date.now() > end)
      throw new Error(`${dispatched()} of ${ticketCount} were dispatched in ${dispatchTimeoutMs / 1_000} s.`);
    await sleep(50);
  }
};

const mostWithin10s = (requests: readonly GithubRequest[]): number => {
  const byAccount = new Map<string, number[]>();
  for (const { path, by, at } of requests)
    if (by.kind === "installation" && path.endsWith("/dispatches"))
      byAccount.set(by.account, [...(byAccount.get(by.account) ?? []), at]);
  const counts = [...byAccount.values()].flatMap((times) =>
    times.map((from) => times.filter((at) => at >= from && at < from + 10_000).length),
  );
  return Math.max(0, ...counts);
};

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const address = probe.address();
      probe.close(() => {
        if (address !== null && typeof address === "object") resolve(address.port);
        else reject(new Error("The system gave no free port."));
      });
    });
  });
