import { isTerminal, type Run } from "../../core/run.ts";
import type { Ticket } from "../../core/ticket.ts";
import type { Store } from "../../ports/store.ts";
import type { RunnerDeath, Runners } from "./actors.ts";
import type { World } from "./world.ts";

/** Everything in which the world at the end differs from promise 1 (§1). */
export const verdict = async (
  store: Store,
  world: World,
  runners: Runners,
  runnerDies: RunnerDeath | null,
): Promise<readonly string[]> => {
  const page = await store.listRuns({ limit: 200 });
  const runs = page.items.map(({ run }) => run).reverse();
  const due = await store.effects.nextDue();
  return [
    ...(due === null ? [] : ["an effect was never delivered"]),
    ...world.tracker.contradictions.map((key) => `the key ${key} came with two contents`),
    ...world.tracker
      .tickets()
      .flatMap((ticket) => [
        ...ofRuns(ticket, runs, runnerDies),
        ...ofTicket(ticket, world, runnerDies),
        ...ofPullRequest(ticket, world),
      ]),
    ...runs.flatMap((run) => ofAttempt(run, world, runners, runnerDies)),
    ...world.executor.machines.map(({ runId }) => `the machine of ${runId} was left behind`),
  ];
};

/** One run per phase and attempt; a second attempt only where a runner died and left nothing. */
const ofRuns = (ticket: Ticket, runs: readonly Run[], death: RunnerDeath | null): readonly string[] => {
  const told = runs
    .filter((run) => run.ticket.id === ticket.id)
    .map(({ phase, attempt, state }) => `${phase} ${attempt} ${state}`);
  const expected = (["plan", "implement"] as const).flatMap((phase) =>
    diesFor(ticket, death)?.phase === phase && isRepeated(death)
      ? [`${phase} 1 failed`, `${phase} 2 succeeded`]
      : [`${phase} 1 succeeded`],
  );
  return differs(`runs of ${ticket.identifier}`, told, expected);
};

/** Only one runner dies, and the first ticket's is the first there is. */
const diesFor = ({ identifier }: Ticket, death: RunnerDeath | null): RunnerDeath | null =>
  identifier === "ACME-1" ? death : null;

/** Whoever dies after its result was accepted, or leaves it where we look, has done its work. */
const isRepeated = (death: RunnerDeath | null): boolean =>
  death !== null && death.before !== "answer" && !(death.before === "result" && death.leavesReport);

const ofTicket = (ticket: Ticket, { tracker }: World, death: RunnerDeath | null): readonly string[] => {
  const { id, identifier } = ticket;
  const bodies = tracker.comments
    .filter(({ ticketId }) => ticketId === id)
    .map(({ body }) => firstLine(body));
  const stages = tracker.stages.filter(({ ticketId }) => ticketId === id).map(({ stage }) => stage);
  const repeated = isRepeated(diesFor(ticket, death)) ? death?.phase : undefined;
  return [
    ...differs(`comments on ${identifier}`, bodies.map(withoutNumber), [
      "## 🏗️ AI Planning: Architecture Analysis",
      "## 🧪 AI Planning: Test Plan",
      "🤖 AI-Implement opened a pull request",
    ]),
    ...differs(`stages of ${identifier}`, stages, [
      "planning",
      ...(repeated === "plan" ? ["marked", "planning"] : []),
      "plan-complete",
      "implementing",
      ...(repeated === "implement" ? ["plan-complete", "implementing"] : []),
      "pr-open",
      "merged",
    ]),
  ];
};

const firstLine = (body: string): string => body.split("\n", 1)[0] ?? "";
const withoutNumber = (line: string): string => line.replace(/: \[#\d+\].*$/, "");

const ofPullRequest = ({ identifier }: Ticket, { forge }: World): readonly string[] => {
  const mine = forge.pullRequests.filter(({ title }) => title.startsWith(`${identifier}:`));
  const heads = mine.map(({ head }) => head);
  const comments = forge.comments.filter(({ head }) => heads.includes(head)).map(({ marker }) => marker);
  return [
    ...differs(
      `pull requests of ${identifier}`,
      mine.map(({ state }) => state),
      ["merged"],
    ),
    ...differs(`comments on the pull request of ${identifier}`, comments, [
      "## 🔍 AI-Implement: gap analysis",
    ]),
  ];
};

/** Dispatched once, claimed once; a runner that dies before it claims is the only one without. */
const ofAttempt = (
  run: Run,
  { executor }: World,
  { grants }: Runners,
  death: RunnerDeath | null,
): readonly string[] => {
  const starts = executor.started.filter((runId) => runId === run.id).length;
  const claims = grants.get(run.id)?.size ?? 0;
  const diedUnclaimed = death?.before === "claim" && run.state === "failed";
  return [
    ...(isTerminal(run.state) ? [] : [`the ${run.phase} run ${run.id} never ended`]),
    ...differs(`dispatches of ${run.id}`, [String(starts)], ["1"]),
    ...differs(`claims of ${run.id}`, [String(claims)], [diedUnclaimed ? "0" : "1"]),
  ];
};

const differs = (what: string, found: readonly string[], expected: readonly string[]): readonly string[] =>
  found.join(", ") === expected.join(", ")
    ? []
    : [`${what}: ${found.join(", ") || "none"} instead of ${expected.join(", ")}`];
