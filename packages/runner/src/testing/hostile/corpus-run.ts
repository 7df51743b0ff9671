import { networkInterfaces } from "node:os";
import { uuidv7 } from "uuidv7";
import { openSandbox } from "../../sandbox/open-sandbox.ts";
import type { Isolation } from "../../sandbox/sandbox.ts";
import { path } from "../sample-remote.ts";
import type { Attack, Need } from "./attack.ts";
import { isGivenCredentials } from "./placeholders.ts";
import type { HostileRun } from "./stage.ts";

/** How far this machine lets the agent be locked in. */
export const isolationHere = async (): Promise<Isolation> => {
  const opening = await openSandbox({
    runId: uuidv7(),
    settings: { egress: "allow-list", hosts: [] },
    agentUser: undefined,
    path,
    programs: [],
    closedUrls: [],
    openUrls: [],
    log: () => undefined,
  });
  if (opening.kind === "refused") return { user: "shared", egress: "off", weakerBecause: [opening.message] };
  await opening.sandbox.close();
  return opening.sandbox.isolation;
};

/** What attacks may need and this machine has. */
export const meansHere = ({ user, egress }: Isolation): ReadonlySet<Need> => {
  const hasAddress = Object.values(networkInterfaces()).some((all = []) =>
    all.some(({ internal, family }) => !internal && family === "IPv4"),
  );
  const means: Need[] = [];
  if (user === "separate") means.push("separate-user");
  if (egress === "enforced") means.push("egress");
  if (hasAddress) means.push("outside");
  return new Set(means);
};

export const isPossible = ({ needs }: Attack, means: ReadonlySet<Need>): boolean =>
  needs.every((need) => means.has(need));

const maxTogether = 40;

/**
 * Attacks that can share a run: of one phase, with the same end, and with credentials in hand or without. Who has them may
 * not stand beside who looks for them.
 */
export const groupsOf = (attacks: readonly Attack[]): readonly (readonly Attack[])[] => {
  const groups = new Map<string, Attack[]>();
  for (const attack of attacks) {
    const { id, phase, outcome, alone, category } = attack;
    const kind = outcome === "refused" || category === "printed-credentials" ? category : "";
    const shared = [phase, outcome, isGivenCredentials(attack), kind].join(" ");
    const key = alone ? id : shared;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [attack]);
    else group.push(attack);
  }
  return [...groups.values()].flatMap((group) =>
    Array.from({ length: Math.ceil(group.length / maxTogether) }, (_, part) =>
      group.slice(part * maxTogether, (part + 1) * maxTogether),
    ),
  );
};

/**
 * What `npm test` takes: those that share a run, and of the others the few whose kind nothing else stands for. The rest have a run
 * each in `npm run hostile-corpus`.
 */
export const quickOnes = (attacks: readonly Attack[]): readonly Attack[] =>
  attacks.filter(({ alone, always }) => !alone || always);

/** In their order, so many side by side. */
export const runAll = async (
  groups: readonly (readonly Attack[])[],
  run: (attacks: readonly Attack[]) => Promise<HostileRun>,
  sideBySide: number,
  onEnd: (run: HostileRun) => void = () => undefined,
): Promise<readonly HostileRun[]> => {
  const queue = [...groups];
  const ended: HostileRun[] = [];
  const work = async (): Promise<void> => {
    for (let group = queue.shift(); group !== undefined; group = queue.shift()) {
      const result = await run(group);
      ended.push(result);
      onEnd(result);
    }
  };
  await Promise.all(Array.from({ length: sideBySide }, work));
  return ended;
};

/** What went wrong in a run, one line each; empty: every defence held. */
export const problemsOf = (run: HostileRun): readonly string[] => {
  const { attacks, leaks, reached, trespasses, unfenced, leftBehind, reports, exitCode } = run;
  const [attack] = attacks;
  const [report] = reports;
  return [
    ...leaks.map(({ canary, sink }) => `LEAK: ${canary} in ${sink}`),
    ...reached.map((what) => `REACHED: ${what}`),
    ...trespasses.map((what) => `TRESPASS: ${what}`),
    ...unfenced.map((what) => `OUTSIDE THE FENCE: ${what}`),
    ...leftBehind.map((what) => `LEFT BEHIND: ${what}`),
    ...(reports.length === 1 && exitCode === 0
      ? []
      : [`END: ${reports.length} reports, exit code ${exitCode}`]),
    ...(report === undefined || attack === undefined ? [] : unexpectedEnd(attack, report)),
  ];
};

const unexpectedEnd = ({ outcome }: Attack, report: HostileRun["reports"][number]): readonly string[] => {
  const ended = report.outcome === "failed" ? `${report.reason}: ${report.message}` : report.outcome;
  if (report.outcome === "failed" && report.reason === "unexpected") return [`OUTCOME: ${ended}`];
  if (outcome === "any") return [];
  const isRefused = report.outcome === "failed";
  return isRefused === (outcome === "refused") ? [] : [`OUTCOME: ${outcome} was expected, not ${ended}`];
};
