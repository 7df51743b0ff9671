import type { Egress } from "./egress.ts";
import type { Sandbox } from "./sandbox.ts";

const noEgress: Egress = {
  kind: "off",
  weakerBecause: [],
  variables: {},
  refused: () => 0,
  refusedHosts: () => [],
  close: () => Promise.resolve(),
};

/** The runner's own user: for somebody's own checkout, and for a machine that permits nothing else. */
export const createSharedSandbox = (
  weakerBecause: readonly string[],
  egress: Egress = noEgress,
): Sandbox => ({
  isolation: {
    user: "shared",
    egress: egress.kind,
    weakerBecause: [...weakerBecause, ...egress.weakerBecause],
  },
  enter: (program) => program,
  variables: egress.variables,
  give: () => Promise.resolve(),
  endAll: () => Promise.resolve(),
  connectionsRefused: egress.refused,
  hostsRefused: egress.refusedHosts,
  close: egress.close,
});
