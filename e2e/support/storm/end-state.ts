import type { GithubSite, SeenComment } from "@ai-implement/emulators/github/api.ts";
import type { Run } from "@ai-implement/orchestrator/core/run.ts";
import type { Store } from "@ai-implement/orchestrator/ports/store.ts";
import Database from "better-sqlite3";
import { tally } from "../github.ts";
import type { StormService } from "./service.ts";
import type { StormTicket } from "./tickets.ts";

/** All that is left in the end, in words that are the same in every world: no ids, no hashes, no addresses. */
export interface EndState {
  readonly tickets: readonly object[];
  readonly pullRequests: readonly object[];
  /** Of the default branch, by path. */
  readonly files: readonly (string | null)[];
  /** Keys of the effects that never went out. */
  readonly undelivered: readonly unknown[];
}

export interface EndOptions {
  readonly site: GithubSite;
  readonly service: StormService;
  readonly tickets: readonly StormTicket[];
  readonly githubUrl: string;
}

export const endStateOf = async ({ site, service, tickets, githubUrl }: EndOptions): Promise<EndState> => {
  const { store, tracker } = service;
  const runs = await runsOf(store);
  const plain = plainWords(site, runs, githubUrl);
  const comments = (all: readonly SeenComment[]) =>
    all.map(({ author, body, reactions }) => ({
      author,
      body: plain(body),
      reactions: reactions.map((reaction) => `${reaction.content} by ${reaction.author}`).toSorted(),
    }));
  return {
    tickets: await Promise.all(
      tickets.map(async ({ id, identifier }) => ({
        identifier,
        stage: tracker.ticket(id).stage,
        lifecycle: tracker.ticket(id).lifecycle,
        decision: (await store.findKnownTicket(id))?.decision?.reason,
        stages: tracker.stages.filter(({ ticketId }) => ticketId === id).map(({ stage }) => stage),
        comments: tracker.comments.filter(({ ticketId }) => ticketId === id).map(({ body }) => plain(body)),
        runs: runs
          .filter(({ ticket }) => ticket.id === id)
          .map((run) => `${nameOf(run)}, try ${run.tryNumber}: ${run.state} ${run.failure?.reason ?? ""}`)
          .toSorted(),
        feedback: await feedbackOf(store, id, plain),
      })),
    ),
    pullRequests: site.pullRequests(tally).map((pull) => ({
      ...pull,
      body: plain(pull.body),
      comments: sorted(comments(site.comments(tally, pull.number))),
      reviewComments: sorted(comments(site.reviewComments(tally, pull.number))),
    })),
    files: await Promise.all(tickets.map(({ file }) => site.file(tally, "main", file))),
    undelivered: undeliveredIn(service.databasePath),
  };
};

const feedbackOf = async (store: Store, ticketId: string, plain: (text: string) => string) => {
  const all = await store.listFeedback(ticketId);
  const lines = all.map(({ kind, author, body, pullRequest, path, line, url, runId }) =>
    plain(`#${pullRequest} ${kind} by ${author} at ${path}:${line}: ${body} (${url}) → ${runId}`),
  );
  return { once: new Set(all.map(({ id }) => id)).size === all.length, lines: lines.toSorted() };
};

const undeliveredIn = (path: string): readonly unknown[] => {
  const database = new Database(path, { readonly: true });
  try {
    return database.prepare("select key from effects where delivered_at is null").pluck().all();
  } finally {
    database.close();
  }
};

export const runsOf = async (store: Store): Promise<readonly Run[]> => {
  const all: Run[] = [];
  let cursor: string | null = null;
  do {
    const page: Awaited<ReturnType<Store["listRuns"]>> = await store.listRuns({
      limit: 200,
      ...(cursor === null ? {} : { cursor }),
    });
    all.push(...page.items.map(({ run }) => run));
    cursor = page.nextCursor;
  } while (cursor !== null);
  return all.reverse();
};

const nameOf = ({ ticket, phase, attempt }: Run): string => `${ticket.identifier} ${phase} ${attempt}`;

const plainWords = (site: GithubSite, runs: readonly Run[], githubUrl: string) => {
  const names: (readonly [string, string])[] = runs.map((run) => [run.id, `<${nameOf(run)}>`]);
  const jobs = site
    .workflowRuns()
    .map(({ id, displayTitle }) => [`actions/runs/${id}`, displayTitle] as const);
  return (text: string): string =>
    [[githubUrl, "https://github.example"] as const, ...jobs, ...names]
      .reduce((words, [found, name]) => words.replaceAll(found, name), text)
      .replaceAll(/\b[0-9a-f]{40}\b/g, "<commit>")
      .replaceAll(/#(issuecomment-|discussion_r|pullrequestreview-)\d+/g, "#$1<id>");
};

const sorted = <Item>(items: readonly Item[]): readonly Item[] =>
  items.toSorted((one, other) => (JSON.stringify(one) < JSON.stringify(other) ? -1 : 1));
