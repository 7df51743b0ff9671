import type { AgentSettings, Job } from "@ai-implement/contracts";
import { repositorySlug } from "../../core/project.ts";
import type { Run } from "../../core/run.ts";
import type { Ticket } from "../../core/ticket.ts";
import type { Store } from "../../ports/store.ts";
import { type Adapters, forgeFor } from "../adapters.ts";
import type { RunTokens } from "./run-tokens.ts";

export interface JobMaker {
  /** All that a claimed attempt needs (§8.1). The same run gives the same job. @throws DeliveryError */
  make(run: Run): Promise<Job>;
}

export interface JobMakerDependencies {
  readonly store: Store;
  readonly adapters: Adapters;
  readonly tokens: RunTokens;
  readonly agent: AgentSettings;
}

/** The caps of the wire; a longer text is cut with a notice, never refused (§8.4). */
const maxDescription = 300_000;
const maxLine = 1_000;
const maxRelatives = 100;
/** Context for the agent, not its task: the whole of a job stays within a few megabytes. */
const maxRelativeDescription = 20_000;

export const createJobMaker = ({ store, adapters, tokens, agent }: JobMakerDependencies): JobMaker => ({
  async make(run) {
    const { repository, settings } = run;
    const [plan, opened, access] = await Promise.all([
      store.findPlan(run.ticket.id),
      store.findPullRequest(run.ticket.id),
      forgeFor(adapters, repository.forge).cloneAccess(repository),
    ]);
    const { perRunUsd } = settings;
    const continues = opened?.pullRequest.state === "open" && opened.pullRequest.head === run.branch;
    return {
      runId: run.id,
      phase: run.phase,
      runToken: tokens.issue("run", run.id),
      ticket: ticketOf(run.ticket),
      ...(plan === null || run.phase === "plan" ? {} : { plan: plan.plan }),
      repository: {
        cloneUrl: access.url,
        slug: repositorySlug(repository),
        defaultBranch: repository.defaultBranch,
        branch: run.branch,
        continueBranch: continues,
      },
      agent,
      limits: {
        maxTurns: settings.maxTurns,
        maxIterations: settings.maxIterations,
        maxJobMinutes: settings.maxJobMinutes,
        ...(perRunUsd === undefined ? {} : { perRunUsd }),
      },
    };
  },
});

const ticketOf = ({ id, identifier, title, description, url, relatives }: Ticket): Job["ticket"] => ({
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
