import type { AgentSettings } from "@ai-implement/contracts";
import type { Agent } from "./agent/agent.ts";
import type { Stop } from "./pipeline/stop.ts";

/** What both modes need from outside. */
export interface RunnerDependencies {
  readonly createAgent: (
    settings: AgentSettings,
    options: { readonly home: string; readonly workspace: string; readonly searchPath: string },
  ) => Agent;
  /** Where programs are found. */
  readonly path: string;
  /** Pulled by a signal from outside as well. */
  readonly stop: Stop;
  /** One line for people, on standard error. */
  readonly log: (line: string) => void;
}
