import type { AgentSettings, FeedbackItem, Job, Revision } from "@ai-implement/contracts";
import { repositorySlug } from "../../core/project.ts";
import { type Feedback, mostFeedbackOfRun } from "../../core/review/feedback.ts";
import type { Run } from "../../core/run.ts";
import type { Ticket } from "../../core/ticket.ts";
import type { Store } from "../../ports/store.ts";
import { type Adapters, forgeFor } from "../adapters.ts";
import { agentOfJob, elsewhere } from "./agent-of-job.ts";
import type { RepositoryAccesses } from "./repository-accesses.ts";
import type { RunTokens } from "./run-tokens.ts";

export interface JobMaker {
  /**
   * All that a claimed attempt needs (§8.1). The same run gives the same job, but for its credential. `detached`: for a
   * runner that brings its own credentials, because the job travels where others can read it (§8.4). @throws DeliveryError
   */
  make(run: Run, options?: { readonly detached: boolean }): Promise<Job>;
}

export interface JobMakerDependencies {
  readonly store: Store;
  readonly adapters: Adapters;
  readonly tokens: RunTokens;
  readonly accesses: RepositoryAccesses;
  readonly agent: AgentSettings;
  readonly provisions: JobProvisions;
}

/** What is the same for every job of this installation. */
export type JobProvisions = Pick<Job, "prices" | "sandbox" | "custom">;

/** The caps of the wire; a longer text is cut with a notice, never refused (§8.4). */
const maxDescription = 300_000;
const maxParagraph = 20_000;
const maxLine = 1_000;
const maxShort = 200;
const maxRelatives = 100;
const maxApprovals = 200;
/** Context for the agent, not its task: the whole of a job stays within a few megabytes. */
const maxRelativeDescription = 20_000;

export const createJobMaker = (dependencies: JobMakerDependencies): JobMaker => ({
  async make(run, { detached } = { detached: false }) {
    const { store, adapters, tokens, accesses, agent, provisions } = dependencies;
    const { repository, settings } = run;
    const [plan, opened, access, credential, approved] = await Promise.all([
      store.findPlan(run.ticket.id),
      store.findPullRequest(run.ticket.id),
      forgeFor(adapters, repository.forge).cloneAccess(repository),
      detached ? null : accesses.grant(run),
      store.approvedFiles(run.ticket.id),
    ]);
    const { perRunUsd } = settings;
    const continues = opened?.pullRequest.state === "open" && opened.pullRequest.head === run.branch;
    return {
      runId: run.id,
      phase: run.phase,
      runToken: tokens.issue("run", run.id),
      ticket: ticketOf(run.ticket),
      ...(plan === null || run.phase === "plan" ? {} : { plan: plan.plan }),
      ...(run.phase === "revise" && opened !== null
        ? { revision: await revisionOf(store, run, opened.pullRequest.number) }
        : {}),
      repository: {
        cloneUrl: access.url,
        ...(credential === null ? {} : { credential }),
        slug: repositorySlug(repository),
        defaultBranch: repository.defaultBranch,
        branch: run.branch,
        continueBranch: continues,
      },
      agent: agentOfJob(
        run.settings,
        agent,
        detached ? elsewhere : (adapters.executors.get(run.executor) ?? {}),
      ),
      limits: {
        maxTurns: settings.maxTurns,
        maxIterations: settings.maxIterations,
        maxJobMinutes: settings.maxJobMinutes,
        ...(perRunUsd === undefined ? {} : { perRunUsd }),
      },
      guard: {
        protectedPaths: [...(settings.protectedPaths ?? [])],
        approvedPaths: approved.slice(0, maxApprovals).map(({ path }) => path),
      },
      ...provisions,
    };
  },
});

/** Exactly what was given to this run when it was admitted (§12), and what the last one was found to lack. */
const revisionOf = async (store: Store, { id, ticket }: Run, pullRequest: number): Promise<Revision> => {
  const [all, last] = await Promise.all([store.listFeedback(ticket.id), store.lastGapAnalysis(ticket.id)]);
  return {
    pullRequest,
    feedback: all
      .filter(({ runId }) => runId === id)
      .toSorted((one, other) => kindOrder.indexOf(one.kind) - kindOrder.indexOf(other.kind))
      .slice(0, mostFeedbackOfRun)
      .map(feedbackItem),
    ...(last === null ? {} : { gapAnalysis: last.analysis }),
  };
};

/** What is asked for as a whole comes before its details. */
const kindOrder: readonly FeedbackItem["kind"][] = ["command", "review", "inline-comment"];

const feedbackItem = ({ kind, author, body, path, line, url }: Feedback): FeedbackItem => ({
  kind,
  author: author.slice(0, maxShort),
  body: cut(body, maxParagraph),
  ...(path === undefined ? {} : { path: cut(path, maxLine) }),
  ...(line === undefined ? {} : { line }),
  url: cut(url, maxLine),
});

export const ticketOf = ({ id, identifier, title, description, url, relatives }: Ticket): Job["ticket"] => ({
  id,
  identifier,
  title: cut(title, maxLine),
  description: cut(description, maxDescription),
  url,
  relatives: relatives.slice(0, maxRelatives).map((relative) => ({
    identifier: relative.identifier,
    title: cut(relative.title, maxLine),
    relation: relative.relation,
    ...(relative.description === undefined
      ? {}
      : { description: cut(relative.description, maxRelativeDescription) }),
  })),
});

const notice = "\n\n[cut here: the text is longer than AI-Implement passes on]";

const cut = (text: string, length: number): string =>
  text.length <= length ? text : `${text.slice(0, length - notice.length)}${notice}`;
