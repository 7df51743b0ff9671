import { VendorError } from "../../../../ports/vendor-error.ts";
import {
  type GithubAnswer,
  type GithubClient,
  GithubError,
  type GithubRead,
  type GithubWrite,
} from "../../../shared/github/github-client.ts";
import { answeringClient, githubAnswer } from "./answering-client.ts";

/** A workflow run, and the attempt that it was dispatched for. */
export interface ModelRun {
  readonly id: number;
  readonly attempt: string;
  readonly repository: string;
  readonly file: string;
  readonly title: string;
  readonly createdAt: number;
  /** In no list before. */
  readonly listedFrom: number;
}

/** As much of GitHub as dispatches need, on a clock of the test's: its lists lag, and answers get lost. */
export interface LaggingGithub {
  readonly client: GithubClient;
  readonly runs: readonly ModelRun[];
}

export interface LaggingGithubOptions {
  readonly now: () => number;
  /** From 0 to 1. */
  readonly random: () => number;
  readonly namesRuns: boolean;
  readonly longestLagMs: number;
  /** Of dispatches and looks that fail, from 0 to 1. */
  readonly failing: number;
}

const path = /^\/repos\/([^/]+\/[^/]+)\/actions\/(runs|workflows)(?:\/([^/]+))?(?:\/dispatches)?$/;

export const createLaggingGithub = (options: LaggingGithubOptions): LaggingGithub => {
  const { now, random, namesRuns, longestLagMs, failing } = options;
  const runs: ModelRun[] = [];
  const breaks = (): boolean => random() < failing;
  const lost = (): VendorError => new VendorError("unreachable", "The connection was cut.");

  const dispatch = ({ path: asked, body }: GithubWrite): GithubAnswer => {
    const [, repository = "", , file = ""] = path.exec(asked) ?? [];
    const { inputs } = body as { readonly inputs: Readonly<Record<string, string>> };
    if (breaks()) throw lost();
    const run: ModelRun = {
      id: 1_000 + runs.length,
      attempt: inputs["attempt"] ?? "",
      repository,
      file,
      title: `AI-Implement ${inputs["phase"]} ${inputs["identifier"]} · ${inputs["attempt"]}`,
      createdAt: now(),
      listedFrom: now() + random() * longestLagMs,
    };
    runs.push(run);
    if (breaks()) throw lost();
    const named = { workflow_run_id: run.id, run_url: page(run), html_url: page(run) };
    return namesRuns ? githubAnswer(200, named) : githubAnswer(204, undefined);
  };

  const read = ({ path: asked, query = {} }: GithubRead): GithubAnswer => {
    const [, repository = "", , id] = path.exec(asked) ?? [];
    if (breaks()) throw lost();
    const own = runs.filter((run) => run.repository === repository);
    if (id !== undefined) {
      const run = own.find((each) => String(each.id) === id);
      if (run === undefined) throw new GithubError("not-found", "Not Found", { status: 404 });
      return githubAnswer(200, json(run));
    }
    const start = (Number(query["page"] ?? "1") - 1) * 100;
    const listed = own.filter(({ listedFrom }) => listedFrom <= now()).reverse();
    return githubAnswer(200, { workflow_runs: listed.slice(start, start + 100).map(json) });
  };

  return { client: answeringClient({ read, write: dispatch }), runs };
};

const page = ({ repository, id }: ModelRun): string =>
  `https://github.example/${repository}/actions/runs/${id}`;

const json = (run: ModelRun): unknown => ({
  id: run.id,
  display_title: run.title,
  event: "workflow_dispatch",
  path: `.github/workflows/${run.file}`,
  head_branch: "main",
  status: "in_progress",
  conclusion: null,
  created_at: new Date(run.createdAt).toISOString().replace(/\.\d+Z/, "Z"),
  html_url: page(run),
});
