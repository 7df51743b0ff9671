import type { Agent } from "./agent/agent.ts";
import type { EquippedAgent } from "./agent/equip.ts";
import type { AgentSurroundings } from "./agent/registry.ts";
import type { Stop } from "./pipeline/stop.ts";

/** What every mode needs from outside. */
export interface RunnerDependencies {
  readonly createAgent: (settings: EquippedAgent, surroundings: AgentSurroundings) => Agent;
  /** Where programs are found. */
  readonly path: string;
  /** Pulled by a signal from outside as well. */
  readonly stop: Stop;
  /** One line for people, on standard error. */
  readonly log: (line: string) => void;
}
