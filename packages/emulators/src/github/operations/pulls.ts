import type { GithubPull } from "../model.ts";
import { readCommits } from "../pulls/commits.ts";
import { parseDiff } from "../pulls/diff.ts";
import { pullOf } from "../pulls/lookup.ts";
import { pullJson, pullPath, pullSimpleJson } from "../pulls/render-pull.ts";
import { errorBody, Refusal } from "../refusal.ts";
import { fullName, sameName } from "../render.ts";
import { commitJson } from "../render-commit.ts";
import { ok, pageOf, repositoryOf } from "./answers.ts";
import { fileJson } from "./compare.ts";
import type { Call, Operate } from "./operation.ts";

export const listPulls: Operate = (api, call) => {
  const repository = repositoryOf(api, call);
  const chosen = sorted(call, [...repository.pulls.values()].filter(isWanted(call)));
  const { items, headers } = pageOf(api, call, `/repos/${fullName(repository)}/pulls`, chosen);
  return ok(
    items.map((pull) => pullSimpleJson(api, { repository, pull })),
    headers,
  );
};

const isWanted = ({ query }: Call): ((pull: GithubPull) => boolean) => {
  const state = query.get("state") ?? "open";
  const base = query.get("base");
  // GitHub takes a head without its owner for none, and lists everything.
  const [, owner, branch] = /^([^:]+):(.+)$/.exec(query.get("head") ?? "") ?? [];
  return (pull) =>
    (state === "all" || pull.state === state) &&
    (base === null || pull.base === base) &&
    (owner === undefined ||
      (pull.head === branch && sameName(pull.headRepository.split("/")[0] ?? "", owner)));
};

/** Newest first by default; with another order than by creation, the other way round. */
const sorted = ({ query }: Call, pulls: readonly GithubPull[]): readonly GithubPull[] => {
  const sort = query.get("sort") ?? "created";
  const value = ({ createdAt, updatedAt, comments }: GithubPull): number => {
    if (sort === "popularity") return comments.length;
    return sort === "updated" ? updatedAt : createdAt;
  };
  const ascending = pulls.toSorted((one, other) => value(one) - value(other) || one.number - other.number);
  const direction = query.get("direction") ?? (sort === "created" ? "desc" : "asc");
  return direction === "desc" ? ascending.toReversed() : ascending;
};

/** With `Accept: application/vnd.github.diff`, the unified diff. */
export const getPull: Operate = (api, call) => {
  const place = pullOf(api, call);
  if (!/\bapplication\/vnd\.github(\.v3)?\.diff\b/.test(call.headers["accept"] ?? ""))
    return ok(pullJson(api, place));
  const { diff } = place.pull.comparison;
  if (diff.split("\n").length > maxDiffLines) throw diffTooLarge();
  return {
    status: 200,
    headers: { "content-type": "application/vnd.github.diff; charset=utf-8" },
    body: diff,
  };
};

/** https://docs.github.com/repositories/creating-and-managing-repositories/repository-limits */
const maxDiffLines = 20_000;
const maxFiles = 3_000;
const maxCommits = 250;

const diffTooLarge = (): Refusal => {
  const message = `Sorry, the diff exceeded the maximum number of lines (${maxDiffLines})`;
  const errors = [{ resource: "PullRequest", field: "diff", code: "too_large" }];
  return new Refusal(406, errorBody(406, message, { errors }));
};

export const listFiles: Operate = (api, call) => {
  const place = pullOf(api, call);
  const all = parseDiff(place.pull.comparison.diff).slice(0, maxFiles);
  const { items, headers } = pageOf(api, call, `${pullPath(place)}/files`, all);
  return ok(
    items.map((file) => fileJson(api, place.repository, place.pull.headSha, file)),
    headers,
  );
};

export const listCommits: Operate = async (api, call) => {
  const place = pullOf(api, call);
  const all = place.pull.comparison.commits.slice(0, maxCommits);
  const { items, headers } = pageOf(api, call, `${pullPath(place)}/commits`, all);
  const commits = await readCommits(api, place.repository, items);
  return ok(
    commits.map((commit) => commitJson(api, place.repository, commit)),
    headers,
  );
};

export const checkMerged: Operate = (api, call) => {
  const { pull } = pullOf(api, call);
  return { status: pull.merged === null ? 404 : 204, body: "" };
};
