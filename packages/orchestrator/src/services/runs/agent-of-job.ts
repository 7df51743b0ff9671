import type { AgentSettings } from "@ai-implement/contracts";
import type { Run } from "../../core/run.ts";
import type { Executor } from "../../ports/executor.ts";

/** What counts of where the attempt runs. */
export type Whereabouts = Pick<Executor, "bringsOwnModelCredential" | "runsOnOurMachine">;

/** Where a job goes that others can read on its way. */
export const elsewhere: Whereabouts = { bringsOwnModelCredential: true };

/** The agent as the job names it: our credential and our paths go only where they are needed and mean something. */
export const agentOfJob = (
  { provider, awsRegion }: Pick<Run["settings"], "provider" | "awsRegion">,
  agent: AgentSettings,
  { bringsOwnModelCredential = false, runsOnOurMachine = false }: Whereabouts,
): AgentSettings => {
  if (agent.kind === "scripted") return agent;
  const model = { provider, ...(awsRegion === undefined ? {} : { awsRegion }) };
  const there = runsOnOurMachine ? agent : withoutCommand(agent);
  const named = there.kind === "codex" ? there : { ...there, ...model };
  return bringsOwnModelCredential ? withoutCredential(named) : named;
};

type ModelAgent = Exclude<AgentSettings, { kind: "scripted" }>;

/** `AGENT_COMMAND` names a program of our machine: elsewhere it is another one, or none. */
const withoutCommand = ({ command: _command, ...agent }: ModelAgent): ModelAgent => agent;

const withoutCredential = (agent: ModelAgent): ModelAgent => {
  if (agent.kind === "codex") {
    const { apiKey: _apiKey, ...rest } = agent;
    return rest;
  }
  const { provider, awsRegion } = agent;
  return {
    kind: agent.kind,
    ...(provider === undefined ? {} : { provider }),
    ...(awsRegion === undefined ? {} : { awsRegion }),
  };
};
