import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { parse } from "yaml";
import { eventually, type Sandbox, type Service, Stop } from "./service.ts";

interface LogEntry {
  readonly id: string;
  readonly ticket: { readonly identifier: string };
  readonly phase: string;
  readonly attempt: number;
  readonly status: string;
  readonly failure: { readonly reason: string; readonly message: string } | null;
}

interface Pull {
  readonly number: number;
  readonly state: string;
  readonly draft: boolean;
  readonly branch: string;
  readonly ticket: string;
}

interface Blocker {
  readonly identifier: string;
  readonly decision: { readonly reason: string; readonly explanation: string };
}

const page = "?limit=200";

export const runsOf = async (service: Service, identifier: string): Promise<readonly LogEntry[]> => {
  const { items } = await service.get<{ items: readonly LogEntry[] }>(`/api/log${page}`);
  return items.filter(({ ticket }) => ticket.identifier === identifier).reverse();
};

export const pulls = async (service: Service): Promise<readonly Pull[]> =>
  (await service.get<{ items: readonly Pull[] }>(`/api/pulls${page}`)).items;

/** Plays the person: merges every open pull request that is no draft, until as many as asked are merged. */
export const mergeUntil = (service: Service, merged: number, timeoutMs = 120_000): Promise<void> =>
  eventually(
    `${merged} pull requests are merged`,
    async () => {
      await failOnParked(service);
      const all = await pulls(service);
      for (const { number, state, draft } of all)
        if (state === "open" && !draft) await service.send("POST", `/api/pulls/acme/tally/${number}/merge`);
      return all.filter(({ state }) => state === "merged").length >= merged;
    },
    { timeoutMs, everyMs: 100 },
  );

const failOnParked = async (service: Service): Promise<void> => {
  const { items } = await service.get<{ items: readonly Blocker[] }>(`/api/blockers${page}`);
  const parked = items.find(({ decision }) => decision.reason === "parked");
  if (parked !== undefined) throw new Stop(`${parked.identifier}: ${parked.decision.explanation}`);
};

/** What stands in the folder tracker beside a ticket. */
export interface Sidecar {
  readonly status?: string;
  readonly comments: readonly { readonly key: string; readonly body: string }[];
}

export const sidecar = async (sandbox: Sandbox, identifier: string): Promise<Sidecar> => {
  const file = join(sandbox.tickets, ".ai-implement", `${identifier}.yml`);
  const { comments = [], ...rest } = parse(await readFile(file, "utf8")) as Partial<Sidecar>;
  return { ...rest, comments };
};

export const git = async (sandbox: Sandbox, ...args: readonly string[]): Promise<string> =>
  (await execa("git", args, { cwd: sandbox.repository })).stdout;
