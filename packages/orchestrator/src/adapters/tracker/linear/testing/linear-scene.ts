import { readFile } from "node:fs/promises";
import type { LinearEmulator, LinearEmulatorOptions } from "@ai-implement/emulators/linear/api.ts";
import { startLinearEmulator } from "@ai-implement/emulators/linear/emulator.ts";
import { requireConformance } from "@ai-implement/emulators/testing/conformance-ledger.ts";
import { vendorSchema } from "@ai-implement/emulators/testing/schemas.ts";
import type { Project } from "../../../../core/project.ts";
import type { Ticket, WantedStage } from "../../../../core/ticket.ts";
import type { Tracker } from "../../../../ports/tracker.ts";
import { contractProject } from "../../contract-project.ts";
import { createLinearTracker, type LinearTrackerOptions } from "../linear-tracker.ts";
import { issueIdOf, ticketIdOf } from "../ticket-id.ts";

/** Null: it is not here, and what needs it is skipped. */
export const linearSchema = vendorSchema("linear.schema.graphql");

export const apiKey = "lin_api_emulator";

/** Linear on loopback with the team ACME and the label that people mark tickets with. */
export interface LinearScene {
  readonly emulator: LinearEmulator;
  readonly project: Project;
  readonly tracker: Tracker;
  /** What a restart of the service, or another key, would have: nothing in memory. */
  another(options?: Partial<LinearTrackerOptions>): Tracker;
  /** Names of the operations that were sent since, oldest first. */
  operationsDuring(work: () => Promise<unknown>): Promise<readonly string[]>;
  setStage(issueId: string, stage: WantedStage, key?: string): Promise<void>;
  comment(issueId: string, body: string, key: string): Promise<void>;
  listed(): Promise<readonly Ticket[]>;
  labels(issueId: string): readonly string[];
  /** Fails where a request was not as Linear's schema has it. */
  close(): Promise<void>;
}

export const openLinear = async ({
  withoutMark = false,
  ...options
}: Omit<LinearEmulatorOptions, "schema"> & { readonly withoutMark?: boolean } = {}): Promise<LinearScene> => {
  if (linearSchema === null) throw new Error("Linear's schema is not here.");
  const schema = await readFile(linearSchema, "utf8");
  const emulator = await startLinearEmulator({ schema, apiKey, ...options });
  emulator.workspace.addTeam({ key: "ACME" });
  if (!withoutMark) emulator.workspace.addLabel({ name: "AI-Implement" });
  const another = (overrides: Partial<LinearTrackerOptions> = {}): Tracker =>
    createLinearTracker({
      apiKey,
      apiUrl: emulator.url,
      workspaceUrl: "https://linear.app",
      clock: { now: () => Date.now() },
      gate: { retryDelayMs: 1, timeoutMs: 5_000 },
      ...overrides,
    });
  const tracker = another();
  const referenceOf = (issueId: string) =>
    ({ id: ticketIdOf(issueId), tracker: "linear", scope: "ACME", identifier: "ACME-1" }) as const;
  return {
    emulator,
    project: contractProject({ kind: "linear" }, "ACME"),
    tracker,
    another,
    operationsDuring: async (work) => {
      const before = emulator.requests().length;
      await work();
      return emulator
        .requests()
        .slice(before)
        .map(({ operation }) => operation);
    },
    setStage: (issueId, stage, key = stage) =>
      tracker.apply({ kind: "stage", ticket: referenceOf(issueId), stage }, `stage:${key}`),
    comment: (issueId, body, key) =>
      tracker.apply({ kind: "comment", ticket: referenceOf(issueId), body }, key),
    listed: async () => (await tracker.listMarked([])).tickets,
    labels: (issueId) => emulator.workspace.issue(issueId)?.labels ?? [],
    close: async () => {
      await emulator.close();
      requireConformance(emulator.conformance());
    },
  };
};

/** @throws Error for a ticket that is not Linear's */
export const issueOf = ({ id }: Pick<Ticket, "id">): string => {
  const issueId = issueIdOf(id);
  if (issueId === null) throw new Error(`${id} is not a ticket of Linear.`);
  return issueId;
};
