import type { Sandbox } from "./sandbox.ts";

/** Enough to see what is missing. */
const maxShown = 5;

/**
 * What a program that failed may have lacked of the network, as a paragraph before its own words: of a long message people see the beginning. Empty
 * when it asked for nothing else.
 */
export const refusedHosts = ({ hostsRefused }: Pick<Sandbox, "hostsRefused">): string => {
  const hosts = hostsRefused();
  if (hosts.length === 0) return "";
  const shown = hosts.slice(0, maxShown).join(", ");
  const more = hosts.length > maxShown ? ` and ${hosts.length - maxShown} more` : "";
  return `The sandbox refused connections to ${shown}${more}. If they are needed, have the operator of AI-Implement add them to AGENT_EGRESS_HOSTS.\n`;
};
