import pc from "picocolors";
import type { Orchestrator } from "../../compose.ts";
import type { Clock } from "../../ports/clock.ts";
import { type PlanView, renderPlan } from "../plan.ts";
import type { DemoModel } from "./model.ts";
import { type DemoFolder, demoMapping } from "./prepare.ts";
import { sampleRepository } from "./sample-repository.ts";
import { sampleTickets } from "./sample-tickets.ts";
import { renderFrame } from "./screen.ts";
import { createLiveArea, type Output } from "./terminal.ts";
import { type DemoVerdict, judge } from "./verdict.ts";
import { type DemoView, demoView } from "./view.ts";

export interface DemoOptions {
  readonly folder: DemoFolder;
  readonly model: DemoModel;
  /** End after the first merge. */
  readonly once: boolean;
  readonly orchestrator: Orchestrator;
  readonly plan: () => Promise<PlanView>;
  /** Starts the polling; called once everything before the start has been shown. */
  readonly started: () => Promise<void>;
  readonly clock: Clock;
  readonly output: Output;
  /** Ends the demo early: Ctrl-C. */
  readonly signal: AbortSignal;
}

export type DemoResult =
  | { readonly kind: "finished"; readonly verdict: DemoVerdict }
  | { readonly kind: "stopped" }
  /** A ticket needs a person: what went wrong, in our own words. */
  | { readonly kind: "failed"; readonly message: string };

const frameMs = 150;

/** Watches the tickets until they are merged, and plays the one person whom the story needs: the one who merges. */
export const runDemo = async (options: DemoOptions): Promise<DemoResult> => {
  const { orchestrator, clock, output, signal } = options;
  const startedAt = clock.now();
  await introduce(options);
  await options.started();
  const area = createLiveArea(output, (view, width) => renderFrame(view, pc, width));
  try {
    while (!signal.aborted) {
      const view = await demoView(orchestrator.store, clock.now());
      area.show(view);
      const failure = (await parkedTicket(orchestrator)) ?? (await draftPullRequest(orchestrator));
      if (failure !== null) return { kind: "failed", message: failure };
      await mergeWhatIsReady(orchestrator);
      if (isDone(view, options.once)) break;
      await pause(frameMs, signal);
    }
  } finally {
    area.end();
  }
  if (signal.aborted) return { kind: "stopped" };
  const first = await firstTicketId(orchestrator);
  const verdict = await judge(orchestrator.store, options.folder, first, startedAt, clock.now());
  return { kind: "finished", verdict };
};

const introduce = async ({ model, folder, plan, output }: DemoOptions): Promise<void> => {
  const banner = model.rehearsal
    ? `${pc.bgYellow(pc.black(" REHEARSAL "))} No model credential was found, so a scripted agent plays the model's part.
            Everything else is real: clone, tests, commit, push, merge.
            Set ${model.credential} to see ${model.agent} do it.`
    : `${pc.bgGreen(pc.black(" LIVE "))} ${model.agent} works on the real API: this spends tokens, at most $1 a run.
       It runs on this machine: as a user of its own where you are root, otherwise as you.`;
  output.write(`\n${pc.bold("AI-Implement demo")}  ${pc.dim(folder.path)}\n\n${banner}\n\n`);
  output.write(
    `${pc.bold("Before the start")} ${pc.dim("(ai-implement plan)")}\n${renderPlan(await plan())}`,
  );
};

/** A ticket that is parked needs a person, and the demo has none for that. */
const parkedTicket = async ({ store }: Orchestrator): Promise<string | null> => {
  const parked = (await store.listKnownTickets()).find(({ decision }) => decision?.reason === "parked");
  return parked === undefined ? null : `${parked.ticket.identifier} ${parked.decision?.explanation ?? ""}`;
};

/** So is a draft: the agent and its reviewer did not agree, which can happen with a real model. */
const draftPullRequest = async ({ store }: Orchestrator): Promise<string | null> => {
  const { items } = await store.listPullRequests({ state: "open", limit: 10 });
  const draft = items.find(({ pullRequest }) => pullRequest.draft)?.pullRequest;
  return draft === undefined
    ? null
    : `${draft.title}: its pull request is a draft, because it was not approved.`;
};

/** The person's part: an open pull request that is no draft is merged. */
const mergeWhatIsReady = async ({ store, operator }: Orchestrator): Promise<void> => {
  const { items } = await store.listPullRequests({ state: "open", limit: 10 });
  for (const { pullRequest } of items)
    if (!pullRequest.draft)
      await operator.merge(`${sampleRepository.owner}/${sampleRepository.name}`, pullRequest.number);
};

const isDone = ({ tickets }: DemoView, once: boolean): boolean => {
  const merged = tickets.filter(({ state }) => state === "merged").length;
  return once ? merged > 0 : merged === Object.keys(sampleTickets).length;
};

const firstTicketId = async ({ store }: Orchestrator): Promise<string> => {
  const known = await store.listKnownTickets();
  const first = known.find(({ ticket }) => ticket.identifier === sampleTickets.plain);
  if (first === undefined) throw new Error(`The ticket ${sampleTickets.plain} is not known.`);
  return first.ticket.id;
};

/** Puts the project in place. A folder that was prepared before has it already. */
export const ensureDemoProject = async ({ projects }: Pick<Orchestrator, "projects">): Promise<void> => {
  const outcome = await projects.create(demoMapping);
  if (outcome.kind === "invalid")
    throw new Error(outcome.problems.map(({ field, problem }) => `${field}: ${problem}`).join("; "));
};

const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener("abort", done);
  });
