import { mkdtemp } from "node:fs/promises";
import { join } from "node:path";
import { createGithubActionsExecutor } from "@ai-implement/orchestrator/adapters/executor/github-actions/github-actions-executor.ts";
import { forgeFactories } from "@ai-implement/orchestrator/adapters/forge/registry.ts";
import { createGithubClient } from "@ai-implement/orchestrator/adapters/shared/github/create-github-client.ts";
import { openSqliteStore } from "@ai-implement/orchestrator/adapters/store/sqlite/sqlite-store.ts";
import type { Forge } from "@ai-implement/orchestrator/ports/forge.ts";
import { createRepositoryFiles } from "@ai-implement/orchestrator/services/repository/repository-files.ts";
import { createCountdown } from "./support/countdown.ts";
import { type Bench, rounds } from "./support/figure.ts";
import { appId } from "./support/github.ts";
import { startGithubProcess } from "./support/github-process.ts";
import { manyProjects, readyTickets } from "./support/population.ts";
import { createReceivers } from "./support/receivers.ts";
import { createBenchServices, silent } from "./support/services.ts";
import { githubSchema, without } from "./support/vendor-schemas.ts";

const ticketCount = 100;
const projectCount = 10;
const latencyMs = 50;
const roundCount = 5;

/** How fast, and with how few requests, marked tickets become workflow runs (§8.4). */
export const github: Bench = {
  name: "github",
  missing: without(githubSchema),
  async measure({ benchProgram, folder }) {
    const measured = await rounds(roundCount, async () =>
      inOneLook(benchProgram, await mkdtemp(join(folder, "github-"))),
    );
    const scene = `${ticketCount} marked tickets, ${projectCount} repositories, ${latencyMs} ms a request`;
    return [
      {
        name: `${scene}: all dispatched`,
        unit: "ms",
        samples: measured.map(({ dispatchedMs }) => dispatchedMs),
        baseline: {
          name: "as many requests that do nothing, 50 at once",
          samples: measured.map(({ bareMs }) => bareMs),
        },
        aimBelow: 1_000,
      },
      {
        name: `${scene}: GitHub requests per dispatch`,
        unit: "requests",
        samples: measured.map(({ requests }) => requests / ticketCount),
        baseline: { name: "the dispatches alone", samples: measured.map(() => 1) },
        aimBelow: 1.31,
      },
    ];
  },
};

const clock = { now: () => Date.now() };

/** A poll finds every ticket marked; over when GitHub has taken the last dispatch. */
const inOneLook = async (program: string, directory: string) => {
  const projects = manyProjects(projectCount, {
    maxInProgress: ticketCount,
    executor: "github-actions",
  }).map((project) => ({
    ...project,
    repository: {
      ...project.repository,
      forge: "github" as const,
      name: `shop-${project.key.toLowerCase()}`,
    },
  }));
  const places = projects.map(({ repository: { owner, name } }) => ({ owner, name }));
  const emulator = await startGithubProcess(program, { places, directory, latencyMs });
  const { store } = await openSqliteStore({ path: join(directory, "service.sqlite") });
  try {
    for (const project of projects) await store.createProject(project);
    const client = createGithubClient({
      appId,
      privateKey: emulator.privateKey,
      apiUrl: emulator.apiUrl,
      clock,
    });
    const forge: Forge = (await forgeFactories.github())({ client });
    const executor = createGithubActionsExecutor({
      client,
      clock,
      callback: { url: "https://implement.example" },
      needsClaimToken: false,
    });
    const adapters = { forges: new Map([["github" as const, forge]]) };
    const { imageFor } = createRepositoryFiles({ adapters, clock, logger: silent, sessionImage: null });
    const { tracker } = createReceivers(readyTickets(ticketCount, projectCount), latencyMs);
    const dispatched = createCountdown(ticketCount);
    const services = createBenchServices(
      store,
      { tracker, executor },
      (record) => {
        if (record.effect.kind === "dispatch-attempt") dispatched.tick();
      },
      { imageFor },
    );
    const running = services.effectWorker.run();
    const begin = performance.now();
    await services.poll.cycle();
    const dispatchedMs = (await dispatched.over) - begin;
    const requests = await emulator.requests();
    services.effectWorker.stop();
    await running;
    const bareMs = await bare(emulator.url, requests);
    return { dispatchedMs, requests, bareMs };
  } finally {
    await emulator.close();
    await store.close();
  }
};

/** As the service has it: requests of one organisation that are under way at once. */
const concurrency = 50;

const bare = async (url: string, requests: number): Promise<number> => {
  const begin = performance.now();
  const left = Array.from({ length: requests }).values();
  const takeTurns = async (): Promise<void> => {
    for (const _ of left) await (await fetch(`${url}/api/v3/meta`)).text();
  };
  await Promise.all(Array.from({ length: concurrency }, takeTurns));
  return performance.now() - begin;
};
