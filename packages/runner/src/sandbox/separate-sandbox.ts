import type { AgentUser } from "./agent-user.ts";
import type { Egress } from "./egress.ts";
import { endProcessesOf } from "./end-processes.ts";
import { giveFolder } from "./give.ts";
import type { Sandbox } from "./sandbox.ts";

export interface SeparateSandboxOptions {
  readonly user: AgentUser;
  readonly egress: Egress;
  readonly path: string;
  readonly log: (line: string) => void;
}

/** A user of the agent's own, and the network that it was given (§11.3). */
export const createSeparateSandbox = ({ user, egress, path, log }: SeparateSandboxOptions): Sandbox => {
  const endAll = () => endProcessesOf(user, path);
  return {
    isolation: { user: "separate", egress: egress.kind, weakerBecause: [...egress.weakerBecause] },
    enter: user.enter,
    variables: egress.variables,
    give: async (folder) => {
      // Whoever is inside could put another file in the place of one that is about to change hands.
      await endAll();
      await giveFolder(folder, user, path);
    },
    endAll,
    connectionsRefused: egress.refused,
    hostsRefused: egress.refusedHosts,
    close: async () => {
      await endAll().catch((error: unknown) => log(error instanceof Error ? error.message : String(error)));
      await egress.close();
      user.release();
    },
  };
};
