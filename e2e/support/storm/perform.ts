import { generateKeyPairSync } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { GithubEmulator } from "@ai-implement/emulators/github/api.ts";
import { startGithubEmulator } from "@ai-implement/emulators/github/emulator.ts";
import { requireConformance } from "@ai-implement/emulators/testing/conformance-ledger.ts";
import { workflowFile } from "@ai-implement/orchestrator/adapters/executor/github-actions/testing/workflow-file.ts";
import { aProject } from "@ai-implement/orchestrator/core/testing/builders.ts";
import { seconds } from "@ai-implement/orchestrator/core/time.ts";
import { vi } from "vitest";
import { tally } from "../github.ts";
import { eventually } from "../service.ts";
import { createBranches } from "./branches.ts";
import { type EndState, endStateOf, runsOf } from "./end-state.ts";
import { createJobs, type Jobs } from "./jobs.ts";
import { type Network, type NetworkOptions, startNetwork } from "./network.ts";
import { actOn, type Hands, makeNoise } from "./people.ts";
import { type StormService, startStormService } from "./service.ts";
import { owner, type Story, writer } from "./story.ts";
import { markedTicket, pullRequestOf, type StormTicket, stormTicket } from "./tickets.ts";

export interface StormWorld {
  readonly emulator: GithubEmulator;
  readonly service: StormService;
  readonly network: Network;
  readonly hands: Hands;
  readonly jobs: Jobs;
  readonly tickets: readonly StormTicket[];
  close(): Promise<void>;
}

export interface WorldOptions extends NetworkOptions {
  /** GitHub's own description, parsed. */
  readonly openApi: unknown;
  readonly folder: string;
  readonly story: Story;
}

const webhookSecret = "a webhook secret of the storm";
const appId = 4711;

const project = aProject({
  repository: { forge: "github", ...tally, defaultBranch: "main" },
  executor: "github-actions",
  planningEnabled: false,
  maxInProgress: 100,
});

/** One GitHub, one service, and a network between them. */
export const openStormWorld = async ({
  openApi,
  folder,
  story,
  ...weather
}: WorldOptions): Promise<StormWorld> => {
  const { publicKey, privateKey } = generateKeyPairSync("rsa", {
    modulusLength: 2048,
    publicKeyEncoding: { type: "spki", format: "pem" },
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
  });
  const network = await startNetwork(weather);
  const emulator = await startGithubEmulator({
    openApi,
    directory: join(folder, "github"),
    app: { id: appId, publicKey },
    webhook: { url: network.url, secret: webhookSecret },
  });
  const { site } = emulator;
  const files = { "README.md": "# tally\n", ".github/workflows/claude-implement.yml": workflowFile() };
  await site.addRepository({ ...tally, files });
  site.install(tally.owner);
  for (const login of [writer, owner]) site.setPermission(tally, login, "write");
  const service = await startStormService({
    emulator,
    app: { id: appId, privateKey },
    webhookSecret,
    folder,
    project,
  });
  network.connect(service);
  const branches = createBranches(site);
  return {
    emulator,
    service,
    network,
    hands: { site, branches, tracker: service.tracker },
    jobs: createJobs({ site, branches, service, ends: story.jobEnds }),
    tickets: Array.from({ length: story.tickets }, (_, index) => stormTicket(index)),
    async close() {
      await network.close();
      await service.close();
      await emulator.close();
      requireConformance(emulator.conformance());
    },
  };
};

/** Plays the story to its end. */
export const perform = async (world: StormWorld, story: Story): Promise<EndState> => {
  await openPullRequests(world);
  await makeNoise(world.hands);
  for (const { acts, jobsWork } of story.rounds) {
    for (const [index, ticket] of world.tickets.entries())
      await actOn(world.hands, ticket, acts.get(index) ?? []);
    await comeToRest(world, false);
    if (jobsWork) await comeToRest(world, true);
  }
  await comeToRest(world, true);
  const { service, tickets, hands, emulator } = world;
  return endStateOf({ site: hands.site, service, tickets, githubUrl: emulator.url });
};

/** A reviewer's remarks are waited for, and what nobody adds to for so long is not read again. */
const settleMs = seconds(31);

/** One after the other, so that their numbers are the same in every world. */
export const openPullRequests = async (world: StormWorld): Promise<void> => {
  const { service, hands, tickets } = world;
  for (const ticket of tickets) {
    service.tracker.add(markedTicket(ticket));
    await comeToRest(world, true);
    if (pullRequestOf(hands.site, ticket) === undefined)
      throw new Error(`${ticket.identifier} has no pull request`);
  }
};

/** All that follows from what people did, with the jobs' work. */
export const rest = (world: StormWorld): Promise<void> => comeToRest(world, true);

const mostCycles = 40;

/** Until a poll finds nothing new, and, if jobs work, no job is left. */
const comeToRest = async (world: StormWorld, jobsWork: boolean): Promise<void> => {
  const { service, network, jobs } = world;
  let before = "";
  for (let cycle = 0; cycle < mostCycles; cycle += 1) {
    await network.idle();
    await service.poll();
    network.afterPoll();
    await allDelivered(service);
    const worked = jobsWork ? await jobs.workAll() : 0;
    const now = await standing(service);
    if (worked === 0 && now === before) return;
    before = now;
    vi.advanceTimersByTime(settleMs);
  }
  throw new Error(`It does not come to rest: ${before}`);
};

const allDelivered = async ({ store }: StormService): Promise<void> => {
  const isDone = async (): Promise<boolean> => (await store.effects.nextDue()) === null;
  try {
    await eventually("every effect is delivered", isDone, { timeoutMs: 20_000, everyMs: 10 });
  } catch (error) {
    const left = await store.effects.overdue(Number.MAX_SAFE_INTEGER, 10);
    throw new Error(JSON.stringify(left.map(({ key, lastError }) => [key, lastError])), { cause: error });
  }
};

const standing = async ({ store, tracker }: StormService): Promise<string> => {
  const { items } = await store.listPullRequests({ limit: 200 });
  const tickets = tracker.tickets();
  const feedback = await Promise.all(tickets.map(({ id }) => store.listFeedback(id)));
  const known = await store.listKnownTickets();
  return JSON.stringify([
    (await runsOf(store)).map(({ id, state }) => [id, state]),
    items.map(({ pullRequest: { number, state } }) => [number, state]),
    feedback.map((all) => all.map(({ id, runId }) => [id, runId])),
    tickets.map(({ stage, lifecycle }) => [stage, lifecycle]),
    known.map(({ sight, decision }) => [sight, decision?.reason]),
  ]);
};

export const readOpenApi = async (path: string): Promise<unknown> =>
  JSON.parse(await readFile(path, "utf8")) as unknown;
