import type { Usage } from "@ai-implement/contracts";
import type { Agent, AgentOutcome, AgentRequest, OnActivity } from "../agent/agent.ts";

export const someUsage: Usage = {
  inputTokens: 10,
  outputTokens: 5,
  cacheReadTokens: 0,
  cacheWriteTokens: 0,
  costUsd: 0.25,
  turns: 2,
};

/** What the agent does for one request; the rest of a completed outcome is filled in. */
export type Reply =
  | { readonly text?: string; readonly structured?: unknown; readonly usage?: Usage }
  | Extract<AgentOutcome, { kind: "failed" | "stopped" }>;

export type Behaviour = (request: AgentRequest, onActivity: OnActivity) => Reply | Promise<Reply>;

export interface FakeAgent extends Agent {
  /** Every request it got, in order. */
  readonly requests: readonly AgentRequest[];
}

/** An agent that does what the test says, per purpose. What is not said approves, plans and finds no gaps. */
export const createFakeAgent = (
  behaviours: Partial<Record<AgentRequest["purpose"], Behaviour>>,
): FakeAgent => {
  const requests: AgentRequest[] = [];
  return {
    requests,
    describe: async () => "fake agent 1.0",
    run: async (request, onActivity) => {
      requests.push(request);
      const behave = behaviours[request.purpose] ?? defaults[request.purpose];
      const reply = await behave(request, onActivity);
      if ("kind" in reply) return reply;
      return {
        kind: "completed",
        text: reply.text ?? "done",
        structured: reply.structured ?? null,
        session: request.resume ?? `session-${requests.length}`,
        usage: reply.usage ?? someUsage,
      };
    },
  };
};

const defaults: Readonly<Record<AgentRequest["purpose"], Behaviour>> = {
  explore: () => ({ text: "it is a small repository" }),
  plan: () => ({ structured: { sections: [{ kind: "architecture", body: "one module" }] } }),
  implement: () => ({ text: "I did nothing" }),
  review: () => ({ structured: { approved: true, findings: [] } }),
  "gap-analysis": () => ({ structured: { implemented: [], gaps: [], manualSteps: [] } }),
};
