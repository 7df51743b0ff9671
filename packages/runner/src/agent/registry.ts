import { relative } from "node:path";
import type { Sandbox } from "../sandbox/sandbox.ts";
import type { Agent } from "./agent.ts";
import { createClaudeCode } from "./claude-code/claude-code.ts";
import { createCodex } from "./codex/codex.ts";
import type { EquippedAgent } from "./equip.ts";
import { createScriptedAgent } from "./scripted/scripted.ts";

export interface AgentSurroundings {
  /** The agent's own home: settings, sessions, temporary files. */
  readonly home: string;
  /** Where the agent works. A session anywhere else is refused. */
  readonly workspace: string;
  /** PATH on which `describe` finds the command; sessions use their request's. */
  readonly searchPath?: string;
  /** What its sessions run inside of. */
  readonly sandbox: Sandbox;
}

/** One folder per agent; a new kind is a case here and a member of `agentSettingsSchema`. */
export const createAgent = (settings: EquippedAgent, surroundings: AgentSurroundings): Agent =>
  confined(agentOf(settings, surroundings), surroundings.workspace);

const agentOf = (settings: EquippedAgent, { home, searchPath, sandbox }: AgentSurroundings): Agent => {
  switch (settings.kind) {
    case "claude-code": {
      const { command, credentials } = settings;
      return createClaudeCode({ command, home, searchPath, credentials, sandbox });
    }
    case "codex":
      return createCodex({ ...settings, home, searchPath, sandbox });
    case "scripted":
      return createScriptedAgent(settings.script);
  }
};

const confined = (agent: Agent, workspace: string): Agent => ({
  describe: () => agent.describe(),
  run: async (request, onActivity) => {
    const inside = relative(workspace, request.directory);
    if (inside !== ".." && !inside.startsWith("../")) return agent.run(request, onActivity);
    return {
      kind: "failed",
      reason: "unexpected",
      message: `The agent was sent to ${request.directory}, which is outside of its workspace ${workspace}.`,
      session: null,
      usage: null,
    };
  },
});
