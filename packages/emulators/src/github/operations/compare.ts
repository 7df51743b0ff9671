import { resolveCommit, runGit } from "../git-plumbing.ts";
import type { GithubRepository } from "../model.ts";
import { readCommits } from "../pulls/commits.ts";
import { mergeBase } from "../pulls/compare.ts";
import { type FileDiff, parseDiff } from "../pulls/diff.ts";
import { notFound } from "../refusal.ts";
import { fullName, type Json, repositoryPage, repositoryUrl } from "../render.ts";
import { commitJson } from "../render-commit.ts";
import { ok, repositoryOf } from "./answers.ts";
import type { Call, GithubApi, Operate, Operation } from "./operation.ts";

const maxCommits = 250;
const maxFiles = 300;
const diffCommand = ["diff", "--no-color", "--no-ext-diff", "--full-index", "--find-renames"];

const compare: Operate = async (api, call) => {
  const repository = repositoryOf(api, call);
  const ends = await endsOf(repository, call);
  const diff = await runGit(repository.directory, [...diffCommand, ends.from, ends.head]);
  if (/\bapplication\/vnd\.github(\.v3)?\.diff\b/.test(call.headers["accept"] ?? ""))
    return {
      status: 200,
      headers: { "content-type": "application/vnd.github.diff; charset=utf-8" },
      body: diff,
    };
  return ok(await comparisonJson(api, repository, call, ends, parseDiff(diff.toString("utf8"))));
};

interface Ends {
  readonly base: string;
  readonly head: string;
  /** Where the head left the base. */
  readonly from: string;
}

/** @throws Refusal 404 where an end is nowhere or the two have nothing in common */
const endsOf = async ({ directory, ...repository }: GithubRepository, { path }: Call): Promise<Ends> => {
  const [, baseName = "", headName = ""] = /^(.+?)\.\.\.(.+)$/.exec(path["basehead"] ?? "") ?? [];
  const own = (name: string): string =>
    name.startsWith(`${repository.owner}:`) ? name.slice(repository.owner.length + 1) : name;
  const [base, head] = await Promise.all([
    resolveCommit(directory, own(baseName)),
    resolveCommit(directory, own(headName)),
  ]);
  const from =
    base === null || head === null ? null : await mergeBase({ directory, ...repository }, base, head);
  if (base === null || head === null || from === null) throw notFound();
  return { base, head, from };
};

const comparisonJson = async (
  api: GithubApi,
  repository: GithubRepository,
  { query, path }: Call,
  { base, head, from }: Ends,
  files: readonly FileDiff[],
): Promise<Json> => {
  const counted = await api.store.git(repository, [
    "rev-list",
    "--left-right",
    "--count",
    `${base}...${head}`,
  ]);
  const [behind = 0, ahead = 0] = counted.trim().split("\t").map(Number);
  const listed = await api.store.git(repository, [
    "rev-list",
    "--reverse",
    "--topo-order",
    `${base}..${head}`,
  ]);
  const shas = listed.split("\n").filter((sha) => sha !== "");
  const size = Math.min(maxCommits, Number(query.get("per_page") ?? maxCommits));
  const page = Number(query.get("page") ?? 1);
  const [[baseCommit], [fromCommit], commits] = await Promise.all([
    readCommits(api, repository, [base]),
    readCommits(api, repository, [from]),
    readCommits(api, repository, shas.slice((page - 1) * size, page * size)),
  ]);
  if (baseCommit === undefined || fromCommit === undefined) throw notFound();
  const name = encodeURIComponent(path["basehead"] ?? "");
  const html = `${repositoryPage(api, repository)}/compare/${name}`;
  return {
    url: `${repositoryUrl(api, repository)}/compare/${name}`,
    html_url: html,
    permalink_url: `${repositoryPage(api, repository)}/compare/${base}...${head}`,
    diff_url: `${html}.diff`,
    patch_url: `${html}.patch`,
    base_commit: commitJson(api, repository, baseCommit),
    merge_base_commit: commitJson(api, repository, fromCommit),
    status: statusOf(ahead, behind),
    ahead_by: ahead,
    behind_by: behind,
    total_commits: shas.length,
    commits: commits.map((commit) => commitJson(api, repository, commit)),
    // Of all pages, the first has the files.
    files: page > 1 ? [] : files.slice(0, maxFiles).map((file) => fileJson(api, repository, head, file)),
  };
};

const statusOf = (ahead: number, behind: number): string => {
  if (ahead > 0) return behind > 0 ? "diverged" : "ahead";
  return behind > 0 ? "behind" : "identical";
};

export const fileJson = (
  api: GithubApi,
  repository: GithubRepository,
  head: string,
  file: FileDiff,
): Json => {
  const path = file.filename.split("/").map(encodeURIComponent).join("/");
  const page = `${api.url()}/${fullName(repository)}`;
  return {
    sha: file.blob,
    filename: file.filename,
    status: file.status,
    additions: file.additions,
    deletions: file.deletions,
    changes: file.additions + file.deletions,
    blob_url: `${page}/blob/${head}/${path}`,
    raw_url: `${page}/raw/${head}/${path}`,
    contents_url: `${repositoryUrl(api, repository)}/contents/${path}?ref=${head}`,
    ...(file.patch === "" ? {} : { patch: file.patch }),
    ...(file.previousFilename === null ? {} : { previous_filename: file.previousFilename }),
  };
};

export const compareOperations: readonly (readonly [string, Operation])[] = [
  ["repos/compare-commits-with-basehead", { needs: { contents: "read" }, operate: compare }],
];
