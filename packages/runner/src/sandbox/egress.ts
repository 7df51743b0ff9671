import { stat } from "node:fs/promises";
import type { SandboxSettings } from "@ai-implement/contracts";
import type { AgentUser } from "./agent-user.ts";
import { parseAllowList } from "./allow-list.ts";
import { closedPortsOf } from "./closed-ports.ts";
import { openEgressProxy } from "./egress-proxy.ts";
import { raisePacketFilter } from "./packet-filter.ts";
import { proxyVariables } from "./proxy-variables.ts";
import type { Isolation } from "./sandbox.ts";
import { usualHosts } from "./usual-hosts.ts";

/** How the agent's side reaches the network. */
export interface Egress {
  readonly kind: Isolation["egress"];
  /** Why it is not stronger; empty when it is as strong as it gets. */
  readonly weakerBecause: readonly string[];
  readonly variables: Readonly<Record<string, string>>;
  refused(): number;
  refusedHosts(): readonly string[];
  /** Never rejects. */
  close(): Promise<void>;
}

export interface EgressOptions {
  readonly settings: SandboxSettings;
  /** Null: the agent has none of its own, and so nothing by which its packets are told from ours. */
  readonly user: AgentUser | null;
  readonly path: string;
  readonly closedUrls: readonly string[];
  readonly openUrls: readonly string[];
  readonly log: (line: string) => void;
}

export type EgressOpening =
  | { readonly kind: "open"; readonly egress: Egress }
  | { readonly kind: "refused"; readonly message: string };

const openNetwork: Egress = {
  kind: "off",
  weakerBecause: ["The network was open to the agent, because AGENT_EGRESS is off."],
  variables: {},
  refused: () => 0,
  refusedHosts: () => [],
  close: () => Promise.resolve(),
};

/** As narrow as the machine permits, and never wider than the settings demand (§11.3). */
export const openEgress = async (options: EgressOptions): Promise<EgressOpening> => {
  const { settings, closedUrls, openUrls, log } = options;
  if (settings.egress === "off") return { kind: "open", egress: openNetwork };
  const entries = [...usualHosts, ...settings.hosts];
  const { list, unusable } = parseAllowList({ entries, openUrls, closedUrls });
  if (unusable.length > 0)
    return {
      kind: "refused",
      message: `AGENT_EGRESS_HOSTS has entries that are none (${unusable.slice(0, 5).join(", ")}): each has to be host, host:port or *.domain.`,
    };
  const proxy = await openEgressProxy({ allowList: list, log });
  const filter = await filterFor(options);
  if (settings.egress === "enforced" && filter.gaps.length > 0) {
    await Promise.all([filter.lower(), proxy.close()]);
    return {
      kind: "refused",
      message: `AGENT_EGRESS is enforced, and that cannot be done here: ${filter.gaps.join("; ")}. Or set AGENT_EGRESS to allow-list: then it is done as far as this machine permits, and the receipt says so.`,
    };
  }
  return {
    kind: "open",
    egress: {
      kind: filter.gaps.length === 0 ? "enforced" : "proxy-only",
      weakerBecause: filter.gaps.map(
        (gap) => `The network was not closed to whoever ignores the proxy: ${gap}.`,
      ),
      variables: proxyVariables(proxy.url),
      refused: proxy.refused,
      refusedHosts: proxy.refusedHosts,
      close: async () => {
        await Promise.all([filter.lower(), proxy.close()]);
      },
    },
  };
};

interface Filtering {
  /** Ways around it; none: it is tight. */
  readonly gaps: readonly string[];
  readonly lower: () => Promise<void>;
}

const filterFor = async ({ user, path, closedUrls, log }: EgressOptions): Promise<Filtering> => {
  const nothing = () => Promise.resolve();
  if (user === null) return { gaps: ["the agent has no user of its own"], lower: nothing };
  const closedPorts = await closedPortsOf(closedUrls);
  const attempt = await raisePacketFilter({ user, closedPorts, path, log });
  return attempt.kind === "up"
    ? { gaps: await resolversHere(), lower: attempt.filter.lower }
    : { gaps: [attempt.why], lower: nothing };
};

/** Services that look names up for anybody who asks them here, and so carry words out in the names. */
const resolverSockets: readonly string[] = [
  "/run/systemd/resolve/io.systemd.Resolve",
  "/run/nscd/socket",
  "/run/avahi-daemon/socket",
];

const resolversHere = async (): Promise<readonly string[]> => {
  const found = await Promise.all(
    resolverSockets.map(async (path) => {
      const isSocket = await stat(path).then(
        (entry) => entry.isSocket(),
        // The usual case in a container.
        () => false,
      );
      return isSocket
        ? [
            `a service of this machine looks names up for everybody (${path}): run it in a container, or stop that service`,
          ]
        : [];
    }),
  );
  return found.flat();
};
