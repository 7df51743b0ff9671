import { type Job, type Mapping, mappingSchema, type ResultRequest } from "@ai-implement/contracts";
import type { Repository } from "../../core/project.ts";
import type { Run } from "../../core/run.ts";
import type { Ticket } from "../../core/ticket.ts";
import type { KnownPullRequest, KnownTicket, RunDetails } from "../../ports/store.ts";

export const startOfTests = Date.parse("2026-11-22T09:00:00.000Z");
export const runId = "01935000-0000-7000-8000-000000000001";
export const instance = "6f0d6f5e-2f4c-4a39-9f0c-3f1f6f0b9a11";

const repository: Repository = { forge: "local", owner: "acme", name: "shop", defaultBranch: "main" };

export const ticket = (overrides: Partial<Ticket> = {}): Ticket => ({
  id: "folder:demo/DEMO-1.md",
  tracker: "folder",
  identifier: "DEMO-1",
  title: "Round prices",
  description: "Prices have to be rounded.",
  url: "file:///tickets/DEMO-1.md",
  scope: "demo",
  stage: "marked",
  lifecycle: "active",
  planApproved: false,
  blockedBy: [],
  priority: 2,
  createdAt: startOfTests,
  updatedAt: startOfTests,
  relatives: [],
  ...overrides,
});

export const run = (overrides: Partial<Run> = {}): Run => ({
  id: runId,
  ticket: ticket(),
  projectKey: "demo",
  repository,
  phase: "implement",
  attempt: 1,
  tryNumber: 1,
  executor: "process",
  settings: {
    provider: "anthropic",
    workflowFile: "claude-implement.yml",
    maxTurns: 50,
    maxIterations: 3,
    maxJobMinutes: 90,
    autoApprovePlans: true,
    planningEnabled: true,
  },
  branch: "ai-implement/demo-1-round-prices",
  state: "queued",
  admittedAt: startOfTests,
  ...overrides,
});

export const details = (overrides: Partial<RunDetails> = {}): RunDetails => ({
  run: run({ state: "running" }),
  steps: [{ index: 0, name: "clone", status: "running", startedAt: "2026-11-22T09:00:01.000Z" }],
  history: [{ runId, at: startOfTests, event: "dispatch-started", cause: "effect delivery", applied: true }],
  activity: "Reading src/price.ts",
  ...overrides,
});

export const knownTicket = (
  decision: KnownTicket["decision"],
  overrides: Partial<Ticket> = {},
  sight: KnownTicket["sight"] = "marked",
): KnownTicket => ({ ticket: ticket(overrides), sight, strayingSince: null, decision });

export const skipped = (reason: string, action: string | null) => ({
  kind: "skip" as const,
  reason,
  explanation: `because of ${reason}`,
  action,
  decidedAt: startOfTests,
});

export const dispatched = {
  kind: "dispatch" as const,
  reason: "dispatch",
  explanation: "plan would start now in demo",
  action: null,
  decidedAt: startOfTests,
};

export const knownPullRequest = (number: number): KnownPullRequest => ({
  ticketId: `folder:demo/DEMO-${number}.md`,
  projectKey: "demo",
  repository,
  pullRequest: {
    number,
    url: `https://forge.test/acme/shop/pulls/${number}`,
    title: `DEMO-${number}: Round prices`,
    body: "",
    head: `ai-implement/demo-${number}`,
    base: "main",
    state: "open",
    draft: false,
  },
  updatedAt: startOfTests,
});

export const mapping = (overrides: Readonly<Record<string, unknown>> = {}): Mapping =>
  mappingSchema.parse({
    teamKey: "demo",
    forge: "local",
    owner: "acme",
    repo: "shop",
    defaultBranch: "main",
    ticketingProvider: "folder",
    ticketingConfig: { kind: "folder", path: "demo" },
    executionMode: "process",
    ...overrides,
  });

export const job: Job = {
  runId,
  phase: "plan",
  runToken: "run-token",
  ticket: {
    id: "folder:demo/DEMO-1.md",
    identifier: "DEMO-1",
    title: "Round prices",
    description: "Prices have to be rounded.",
    url: "file:///tickets/DEMO-1.md",
    relatives: [],
  },
  repository: {
    cloneUrl: "/repositories/acme/shop.git",
    slug: "acme/shop",
    defaultBranch: "main",
    branch: "ai-implement/demo-1-round-prices",
    continueBranch: false,
  },
  agent: { kind: "scripted", script: "demo" },
  limits: { maxTurns: 50, maxIterations: 3, maxJobMinutes: 90 },
};

export const result: ResultRequest = {
  instance,
  report: {
    outcome: "planned",
    plan: { sections: [{ kind: "architecture", body: "One function." }] },
    usage: null,
    agent: "scripted agent (rehearsal)",
  },
  steps: [],
};
