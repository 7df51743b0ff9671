import { generateKeyPairSync } from "node:crypto";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { GithubEmulator, GithubEmulatorOptions } from "@ai-implement/emulators/github/api.ts";
import { startGithubEmulator } from "@ai-implement/emulators/github/emulator.ts";
import { requireConformance } from "@ai-implement/emulators/testing/conformance-ledger.ts";
import { workflowFile } from "@ai-implement/orchestrator/adapters/executor/github-actions/testing/workflow-file.ts";
import type { Project } from "@ai-implement/orchestrator/core/project.ts";
import type { Run } from "@ai-implement/orchestrator/core/run.ts";
import type { FailureReason } from "@ai-implement/orchestrator/core/runs/failure.ts";
import { aProject, aTicket } from "@ai-implement/orchestrator/core/testing/builders.ts";
import type { Stage, Ticket } from "@ai-implement/orchestrator/core/ticket.ts";
import { minutes } from "@ai-implement/orchestrator/core/time.ts";
import { expect, vi } from "vitest";
import { tally } from "../github.ts";
import { type BadInputService, startBadInputService } from "./service.ts";

export interface WorldOptions extends Pick<GithubEmulatorOptions, "limits" | "listLagMs"> {
  /** Default true. */
  readonly hasCallbacks?: boolean;
  /** Default false: what happens on GitHub is found by the poll. */
  readonly hasWebhooks?: boolean;
  readonly project?: Partial<Project>;
}

/** What people see of a ticket: on the API, and in its tracker. */
interface Seen {
  readonly decision: { readonly kind: string; readonly reason: string; readonly explanation: string } | null;
  readonly stage: Stage;
  readonly comments: readonly string[];
}

/** One GitHub with `acme/tally`, the service, and a ticket `ACME-1` that nobody has marked yet. */
export interface BadInputWorld {
  readonly emulator: GithubEmulator;
  readonly service: BadInputService;
  mark(fields?: Partial<Ticket>): void;
  /** A cycle of the poll. */
  poll(): Promise<void>;
  /** Polls until it is so. */
  until(what: string, isSo: () => Promise<boolean> | boolean): Promise<void>;
  /** The same, and a minute passes with each of them. */
  untilInTime(what: string, isSo: () => Promise<boolean> | boolean): Promise<void>;
  /** For the service and for GitHub alike. */
  pass(ms: number): void;
  /** Oldest first. */
  runs(): Promise<readonly Run[]>;
  /** The newest, or the newest of a ticket. */
  run(identifier?: string): Promise<Run>;
  seen(identifier?: string): Promise<Seen>;
  /** Effects that wait, with the reason. */
  waiting(): Promise<readonly (readonly [string, string | null])[]>;
  /** How often GitHub was asked for this: `POST /repos/…`. */
  asked(like: RegExp): number;
  close(): Promise<void>;
}

const appId = 4711;
const patienceMs = 8_000;
const keys = generateKeyPairSync("rsa", {
  modulusLength: 2048,
  publicKeyEncoding: { type: "spki", format: "pem" },
  privateKeyEncoding: { type: "pkcs8", format: "pem" },
});

const project: Project = aProject({
  repository: { forge: "github", ...tally, defaultBranch: "main" },
  executor: "github-actions",
  planningEnabled: false,
});

export const openBadInputWorld = async (
  openApi: unknown,
  { hasCallbacks = true, hasWebhooks = false, project: changes = {}, ...limits }: WorldOptions = {},
): Promise<BadInputWorld> => {
  const folder = await mkdtemp(join(tmpdir(), "ai-implement-bad-input-"));
  const app = { id: appId, publicKey: keys.publicKey };
  const emulator = await startGithubEmulator({ openApi, directory: join(folder, "github"), app, ...limits });
  const { site } = emulator;
  const files = { "README.md": "# tally\n", ".github/workflows/claude-implement.yml": workflowFile() };
  await site.addRepository({ ...tally, files });
  site.install(tally.owner);
  site.setPermission(tally, "ada", "write");
  const service = await startBadInputService({
    emulator,
    app: { id: appId, privateKey: keys.privateKey },
    folder,
    hasCallbacks,
    hasWebhooks,
  });
  await service.store.createProject({ ...project, ...changes });
  const { store, tracker } = service;
  const passing = letTimePass();

  const runs = async (): Promise<readonly Run[]> =>
    (await store.listRuns({ limit: 100 })).items.map(({ run }) => run).reverse();
  const poll = (): Promise<void> => service.poll.cycle();
  const waiting = async () => {
    const all = await store.effects.overdue(Number.MAX_SAFE_INTEGER, 100);
    return all.map(({ effect, lastError }) => [effect.kind, lastError] as const);
  };
  const pass = (ms: number): void => {
    passing.pass(ms);
    service.wake();
  };
  const until = async (what: string, isSo: () => Promise<boolean> | boolean, everyMs: number) => {
    // By the machine's own clock: the other one passes by hand.
    const end = performance.now() + patienceMs;
    while (performance.now() < end) {
      await poll();
      if (await isSo()) return;
      await new Promise((resolve) => setTimeout(resolve, everyMs));
    }
    throw new Error(`Not within ${patienceMs / 1000} s: ${what}: ${JSON.stringify(await waiting())}`);
  };
  return {
    emulator,
    service,
    mark: (fields = {}) => tracker.add(aTicket(fields)),
    poll,
    until: (what, isSo) => until(what, isSo, 5),
    untilInTime: (what, isSo) => {
      pass(minutes(1));
      const orLater = async (): Promise<boolean> => {
        if (await isSo()) return true;
        pass(minutes(1));
        return false;
      };
      return until(what, orLater, 100);
    },
    pass,
    runs,
    async run(identifier) {
      const run = (await runs()).findLast(
        ({ ticket }) => identifier === undefined || ticket.identifier === identifier,
      );
      if (run === undefined) throw new Error("There is no run.");
      return run;
    },
    async seen(identifier = "ACME-1") {
      const { body } = await service.app.ask("GET", "/api/issues");
      const { items } = body as { items: readonly (Seen & { identifier: string })[] };
      const id = `linear:${identifier}`;
      return {
        decision: items.find((issue) => issue.identifier === identifier)?.decision ?? null,
        stage: tracker.ticket(id).stage,
        comments: tracker.comments.filter(({ ticketId }) => ticketId === id).map(({ body }) => body),
      };
    },
    waiting,
    asked: (like) => emulator.requests().filter(({ method, path }) => like.test(`${method} ${path}`)).length,
    async close() {
      passing.end();
      await service.close();
      await emulator.close();
      await rm(folder, { recursive: true, force: true });
      requireConformance(emulator.conformance());
    },
  };
};

/** All in this process lives by one clock, GitHub's emulator included: their tokens and limits fit together. */
const letTimePass = () => {
  const real = Date.now;
  let ahead = 0;
  const spy = vi.spyOn(Date, "now").mockImplementation(() => real() + ahead);
  return {
    pass(ms: number) {
      ahead += ms;
    },
    end: () => spy.mockRestore(),
  };
};

export const readOpenApi = async (path: string): Promise<unknown> =>
  JSON.parse(await readFile(path, "utf8")) as unknown;

/** Until the newest run is with GitHub. */
export const dispatched = (world: BadInputWorld): Promise<void> =>
  world.until("it is dispatched", async () => (await world.run()).dispatchedAt !== undefined);

interface FieldProblem {
  readonly field: string;
  readonly problem: string;
}

/** What an operator is told who saves another project for the repository. */
export const problemsOfSaving = async ({ service }: BadInputWorld) => {
  const payload = {
    ...{ teamKey: "OTHER", ticketingProvider: "linear", ticketingConfig: { kind: "linear" } },
    ...{ forge: "github", owner: tally.owner, repo: tally.name, defaultBranch: "main" },
    executionMode: "github-actions",
  };
  const { status, body } = await service.app.ask("POST", "/api/mappings", { payload });
  const { problems = [] } = body as { problems?: readonly FieldProblem[] };
  return { status, problems };
};

/** The run has failed for this reason, the ticket is parked, and one comment says why; nothing is left to be done. */
export const failedForGood = async (
  world: BadInputWorld,
  reason: FailureReason,
  words: RegExp,
  identifier = "ACME-1",
): Promise<void> => {
  await world.until("the ticket is parked and all is delivered", async () => {
    const { decision } = await world.seen(identifier);
    return decision?.reason === "parked" && (await world.waiting()).length === 0;
  });
  // The marker of a failure is seen too: whoever takes it away now marks the ticket again.
  await world.poll();
  expect((await world.run(identifier)).failure?.reason).toBe(reason);
  const { decision, stage, comments } = await world.seen(identifier);
  expect(stage).toBe("implementing-failed");
  expect(decision?.explanation).toMatch(words);
  const stops = comments.filter((body) => body.startsWith("🤖 AI-Implement stopped"));
  expect(stops).toHaveLength(1);
  expect(stops[0]?.replaceAll(/\n>? ?/g, " ")).toMatch(words);
};
