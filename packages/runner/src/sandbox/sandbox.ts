import type { ReceiptFacts } from "@ai-implement/contracts";

/** A program as it is started. */
export interface Program {
  readonly command: string;
  readonly arguments: readonly string[];
}

/** How far the agent is locked in, and why not further. It is on the run's receipt: never silently weaker (§11.3). */
export type Isolation = Pick<ReceiptFacts, "user" | "egress" | "weakerBecause">;

/**
 * What the agent and everything of the repository's own (install, scripts, tests) run inside of: another user, its own
 * home, and no network but what is let through (§11.3).
 */
export interface Sandbox {
  readonly isolation: Isolation;
  /** The program as it has to be started, so that it runs inside. */
  enter(program: Program): Program;
  /** What the programs inside are told, such as by which proxy the network is reached. */
  readonly variables: Readonly<Record<string, string>>;
  /** Hands a folder and all that is in it over to the user inside. Links are not followed. */
  give(folder: string): Promise<void>;
  /** Ends every process inside, whatever group, session or environment it has made for itself. */
  endAll(): Promise<void>;
  /** Connections that were asked for and refused so far. */
  connectionsRefused(): number;
  /** Where to, as `host:port`, each once and at most a hundred. */
  hostsRefused(): readonly string[];
  /** Takes everything down that was put up for this attempt. Never rejects. */
  close(): Promise<void>;
}
