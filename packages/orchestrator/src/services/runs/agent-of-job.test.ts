import type { AgentSettings } from "@ai-implement/contracts";
import { describe, expect, it } from "vitest";
import { agentOfJob, elsewhere } from "./agent-of-job.ts";

const settings = { provider: "anthropic" } as const;
const claude: AgentSettings = {
  kind: "claude-code",
  command: "/opt/claude",
  baseUrl: "https://model.example",
  apiKey: "key-of-the-model",
};
const codex: AgentSettings = {
  kind: "codex",
  command: "/opt/codex",
  baseUrl: "https://model.example/v1",
  apiKey: "key-of-the-model",
  model: "gpt",
};

describe("the agent that a job names", () => {
  it.each([claude, codex])("has our command where it runs on our machine: $kind", (agent) => {
    expect(agentOfJob(settings, agent, { runsOnOurMachine: true })).toMatchObject(agent);
  });

  it.each([claude, codex])("has our credential in a container, and no path of ours: $kind", (agent) => {
    const given = agentOfJob(settings, agent, {});
    expect(given).toMatchObject({ apiKey: "key-of-the-model", baseUrl: agent.baseUrl });
    expect(given).not.toHaveProperty("command");
  });

  it.each([claude, codex])("has neither where the run brings its own (§8.4): $kind", (agent) => {
    const given = agentOfJob(settings, agent, elsewhere);
    expect(given).toMatchObject({ kind: agent.kind });
    expect(JSON.stringify(given)).not.toMatch(/key-of-the-model|\/opt/);
  });

  it("is on the project's provider, in its region", () => {
    const bedrock = { provider: "bedrock", awsRegion: "eu-west-1" } as const;
    expect(agentOfJob(bedrock, claude, elsewhere)).toEqual({ kind: "claude-code", ...bedrock });
  });

  it("is the rehearsal's wherever that runs", () => {
    const scripted: AgentSettings = { kind: "scripted", script: "/demo/script.json" };
    expect(agentOfJob(settings, scripted, {})).toEqual(scripted);
  });
});
