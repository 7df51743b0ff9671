import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { LinearEmulator } from "@ai-implement/emulators/linear/api.ts";
import { startLinearEmulator } from "@ai-implement/emulators/linear/emulator.ts";
import { openSqliteStore } from "@ai-implement/orchestrator/adapters/store/sqlite/sqlite-store.ts";
import { createLinearTracker } from "@ai-implement/orchestrator/adapters/tracker/linear/linear-tracker.ts";
import { aProject } from "@ai-implement/orchestrator/core/testing/builders.ts";
import { type Bench, rounds, timed } from "./support/figure.ts";
import { createReceivers } from "./support/receivers.ts";
import { linearSchema, without } from "./support/vendor-schemas.ts";
import { startWebhookService } from "./support/webhook-service.ts";

const apiKey = "lin_api_bench";
const secret = "a webhook secret of the benches";
const latencyMs = 50;
const roundCount = 3;
/** How many people put a label on at once, one group after the other: a hundred labels. */
const bursts = [1, 20, 5, 10, 1, 15, 8, 20, 2, 18];
const pauseMs = 2_000;

/** From a person's label to the runner's start, told by Linear's webhook, while our own changes are told as well (§6). */
export const linearWebhook: Bench = {
  name: "linear-webhook",
  missing: without(linearSchema),
  async measure({ folder }) {
    const schema = await readFile(linearSchema(), "utf8");
    const measured = await rounds(roundCount, (round) =>
      throughWebhooks(schema, join(folder, `linear-webhook-${round}.sqlite`)),
    );
    const baseline = {
      name: "one request to Linear",
      samples: measured.map(({ requestMs }) => requestMs),
    };
    return [
      {
        name: "100 labels in bursts of 1 to 20: to the start of the runner, the slowest but one (p99)",
        unit: "ms",
        samples: measured.map(({ waits }) => quantile(waits, 0.99)),
        baseline,
        aimBelow: 1_000,
      },
      {
        name: "100 labels in bursts of 1 to 20: to the start of the runner, half of them",
        unit: "ms",
        samples: measured.map(({ waits }) => quantile(waits, 0.5)),
        baseline,
      },
    ];
  },
};

const throughWebhooks = async (schema: string, path: string) => {
  const emulator = await startLinearEmulator({ schema, apiKey, latencyMs });
  const { store } = await openSqliteStore({ path });
  const issueIds = issuesOf(emulator);
  await store.createProject(aProject({ key: "TEAM", maxInProgress: issueIds.length }));
  const dispatched = new Map<string, number>();
  const service = await startWebhookService(
    store,
    { tracker: trackerOf(emulator), executor: createReceivers([], 0).executor },
    secret,
    ({ effect, ticketId }) => {
      if (effect.kind === "dispatch-attempt") dispatched.set(ticketId, performance.now());
    },
  );
  try {
    emulator.setWebhook({ url: `${service.url}/api/linear/webhook`, secret });
    await sleep(pauseMs);
    const labelled = await labelInBursts(emulator, issueIds);
    await sleep(2 * pauseMs);
    const waits = [...labelled].map(
      ([id, at]) => (dispatched.get(`linear:${id}`) ?? Number.POSITIVE_INFINITY) - at,
    );
    return { waits, requestMs: await timed(() => ask(emulator)) };
  } finally {
    await service.close();
    await emulator.close();
    await store.close();
  }
};

const issuesOf = ({ workspace }: LinearEmulator): readonly string[] => {
  workspace.addTeam({ key: "TEAM" });
  workspace.addLabel({ name: "AI-Implement" });
  const count = bursts.reduce((sum, burst) => sum + burst, 0);
  return Array.from(
    { length: count },
    (_, index) => workspace.addIssue({ teamKey: "TEAM", title: `Change ${index}` }).id,
  );
};

const labelInBursts = async ({ workspace }: LinearEmulator, issueIds: readonly string[]) => {
  const labelled = new Map<string, number>();
  for (const burst of bursts) {
    for (const id of issueIds.slice(labelled.size, labelled.size + burst)) {
      labelled.set(id, performance.now());
      workspace.label(id, ["AI-Implement"]);
    }
    await sleep(pauseMs);
  }
  return labelled;
};

const trackerOf = ({ url }: LinearEmulator) =>
  createLinearTracker({
    apiKey,
    apiUrl: url,
    workspaceUrl: "https://linear.example",
    clock: { now: () => Date.now() },
  });

const ask = async ({ url }: LinearEmulator): Promise<void> => {
  const response = await fetch(url, {
    method: "POST",
    headers: { authorization: apiKey, "content-type": "application/json" },
    body: JSON.stringify({ query: "{ viewer { id } }" }),
  });
  await response.text();
};

const quantile = (values: readonly number[], share: number): number => {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.ceil(share * sorted.length) - 1] ?? Number.NaN;
};
