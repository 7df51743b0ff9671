import { type CommandResult, runCommand, succeeded } from "../process/run-command.ts";
import { type AgentUser, takeUser } from "./agent-user.ts";
import { leakOf } from "./try-packet-filter.ts";

/** Keeps the agent's user off every network but this machine's loopback address. */
export interface PacketFilter {
  /** Never rejects. */
  lower(): Promise<void>;
}

export type FilterAttempt =
  | { readonly kind: "up"; readonly filter: PacketFilter }
  /** Half a sentence, with the fix. */
  | { readonly kind: "impossible"; readonly why: string };

export interface PacketFilterOptions {
  readonly user: AgentUser;
  /** TCP ports of this machine that stay closed, such as the orchestrator's. */
  readonly closedPorts: readonly number[];
  readonly path: string;
  readonly log: (line: string) => void;
}

/** Puts the rules up and tries them out as that user. */
export const raisePacketFilter = async (options: PacketFilterOptions): Promise<FilterAttempt> => {
  const { user, path, log } = options;
  await sweep(path);
  const put = await nft(rulesOf(user.uid, options.closedPorts), path);
  if (!succeeded(put)) return { kind: "impossible", why: whyNot(put) };
  const filter: PacketFilter = {
    lower: async () => {
      const taken = await nft(`delete table ${tableOf(user.uid)}\n`, path);
      if (!succeeded(taken))
        log(`the packet filter of user ${user.uid} could not be removed: ${said(taken)}`);
    },
  };
  const leak = await leakOf(user, path);
  if (leak === null) return { kind: "up", filter };
  await filter.lower();
  return { kind: "impossible", why: leak };
};

/** What runners that were killed left behind: rules of a user that no runner holds. */
const sweep = async (path: string): Promise<void> => {
  const { stdout } = await nft("list tables inet\n", path);
  for (const [, digits] of stdout.matchAll(/^table inet ai_implement_(\d{1,10})$/gm)) {
    const uid = Number(digits);
    const release = await takeUser(uid);
    if (release === null) continue;
    // Somebody else may have been quicker: it is gone either way.
    await nft(`delete table ${tableOf(uid)}\n`, path);
    release();
  }
};

const tableOf = (uid: number): string => `inet ai_implement_${uid}`;

/** Names in the clear, by TLS, and by multicast. What answers to them on loopback, asks the world for them. */
const namePorts: readonly number[] = [53, 853, 5353];

/**
 * Packets without a socket, such as the refusals that these rules send themselves, have no user and pass: a chain that
 * asked for "not this user" would swallow them, and a refused connection would hang. A table that a killed runner left
 * behind is replaced, in one step.
 */
const rulesOf = (uid: number, closedPorts: readonly number[]): string => {
  const table = tableOf(uid);
  const closed = [...new Set([...namePorts, ...closedPorts])].join(", ");
  return `add table ${table}
delete table ${table}
table ${table} {
  chain agent {
    tcp dport { ${closed} } reject with tcp reset
    udp dport { ${namePorts.join(", ")} } reject
    ip daddr 127.0.0.1 accept
    ip6 daddr ::1 accept
    meta l4proto tcp reject with tcp reset
    reject with icmpx type port-unreachable
  }
  chain output {
    type filter hook output priority filter; policy accept;
    meta skuid ${uid} jump agent
  }
}
`;
};

const nft = (rules: string, path: string): Promise<CommandResult> =>
  runCommand({
    command: "nft",
    arguments: ["-f", "-"],
    directory: "/",
    // Where Debian puts it is not on everybody's PATH.
    environment: { PATH: `${path}:/usr/sbin:/sbin`, LANG: "C" },
    timeoutMs: 10_000,
    signal: new AbortController().signal,
    input: rules,
    maxOutput: 2_000,
    keep: "head",
  });

const said = ({ stderr, end }: CommandResult): string =>
  stderr.trim().split("\n")[0]?.slice(0, 300) || end.kind;

const whyNot = (result: CommandResult): string =>
  result.end.kind === "not-started"
    ? "nft (nftables) is not installed: use an image that has it"
    : `nft may not filter packets here (${said(result)}): give the runner's container the capability NET_ADMIN`;
