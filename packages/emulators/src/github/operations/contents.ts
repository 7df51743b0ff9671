import { z } from "zod";
import type { LoopbackAnswer } from "../../shared/loopback-server.ts";
import { commitFiles, type Person } from "../git-commit.ts";
import type { Serially } from "../git-lock.ts";
import { branchSha, isRefName, resolveCommit } from "../git-plumbing.ts";
import { entryAt, isFilePath, listTree, readBlob, type TreeEntry } from "../git-tree.ts";
import type { Caller, GithubRepository } from "../model.ts";
import { readCommits } from "../pulls/commits.ts";
import { isWorkflowFile } from "../push-rules.ts";
import { mayChangeWorkflows, throughPullRequest } from "../ref-rules.ts";
import { notAccessible, notFound, refuse } from "../refusal.ts";
import { type Json, repositoryPage, repositoryUrl } from "../render.ts";
import { gitCommitJson } from "../render-commit.ts";
import { ok, repositoryOf } from "./answers.ts";
import type { Call, GithubApi, Operation } from "./operation.ts";

/** Larger files come without their content: https://docs.github.com/rest/repos/contents#get-repository-content */
const maxInlineBytes = 1024 * 1024;

export const contentsOperations = (serially: Serially): readonly (readonly [string, Operation])[] => [
  ["repos/get-content", { needs: { contents: "read" }, operate: getContent }],
  [
    "repos/create-or-update-file-contents",
    {
      needs: { contents: "write" },
      createsContent: true,
      operate: (api, call) => serially(repositoryOf(api, call).directory, () => putContent(api, call)),
    },
  ],
];

const getContent = async (api: GithubApi, call: Call): Promise<LoopbackAnswer> => {
  const repository = repositoryOf(api, call);
  const { directory, defaultBranch } = repository;
  const ref = call.query.get("ref") ?? defaultBranch;
  const path = pathOf(call);
  const commit = await resolveCommit(directory, ref);
  if (commit === null) throw refuse(404, `No commit found for the ref ${ref}`);
  const entry = path === "" ? null : await entryAt(directory, commit, path);
  if (entry === null && path !== "") throw notFound();
  const place: Place = { api, repository, ref };
  if (entry === null || entry.type === "tree") {
    const entries = await listTree(directory, `${commit}:${path}`);
    const below = (name: string): string => (path === "" ? name : `${path}/${name}`);
    return ok((entries ?? []).map((one) => entryJson(place, { ...one, path: below(one.path) })));
  }
  if (entry.type === "commit") return ok({ ...entryJson(place, entry), submodule_git_url: api.url() });
  const bytes = await readBlob(directory, entry.sha);
  if (/\bapplication\/vnd\.github\.raw\b/.test(call.headers["accept"] ?? ""))
    return { status: 200, headers: { "content-type": "application/vnd.github.raw" }, body: bytes };
  if (entry.mode === symlinkMode) return ok({ ...entryJson(place, entry), target: bytes.toString("utf8") });
  const inline = bytes.length <= maxInlineBytes;
  return ok({
    ...entryJson(place, entry),
    encoding: inline ? "base64" : "none",
    content: inline ? base64Lines(bytes) : "",
  });
};

/** With a line end after every 60 characters, as GitHub writes it. */
export const base64Lines = (bytes: Uint8Array): string =>
  Buffer.from(bytes)
    .toString("base64")
    .replace(/.{1,60}/g, "$&\n");

const pathOf = ({ path }: Call): string => (path["path"] ?? "").replace(/^\/+|\/+$/g, "");

interface Place {
  readonly api: GithubApi;
  readonly repository: GithubRepository;
  /** As it was asked for: it stands in the links. */
  readonly ref: string;
}

const symlinkMode = "120000";

const typeOf = ({ type, mode }: TreeEntry): string => {
  switch (type) {
    case "tree":
      return "dir";
    case "commit":
      return "submodule";
    case "blob":
      return mode === symlinkMode ? "symlink" : "file";
  }
};

const entryJson = ({ api, repository, ref }: Place, entry: TreeEntry): Json => {
  const path = entry.path.split("/").map(encodeURIComponent).join("/");
  const kind = entry.type === "tree" ? "tree" : "blob";
  const self = `${repositoryUrl(api, repository)}/contents/${path}?ref=${encodeURIComponent(ref)}`;
  const git = `${repositoryUrl(api, repository)}/git/${kind}s/${entry.sha}`;
  const html = `${repositoryPage(api, repository)}/${kind}/${encodeURIComponent(ref)}/${path}`;
  return {
    type: typeOf(entry),
    size: entry.size ?? 0,
    name: entry.path.split("/").at(-1) ?? "",
    path: entry.path,
    sha: entry.sha,
    url: self,
    git_url: git,
    html_url: html,
    download_url: kind === "tree" ? null : `${html}?raw=true`,
    _links: { self, git, html },
  };
};

const personSchema = z.object({ name: z.string(), email: z.string() });
const putSchema = z.object({
  message: z.string(),
  content: z.base64(),
  sha: z.string().optional(),
  branch: z.string().optional(),
  author: personSchema.optional(),
  committer: personSchema.optional(),
});

const putContent = async (api: GithubApi, call: Call): Promise<LoopbackAnswer> => {
  const repository = repositoryOf(api, call);
  const path = pathOf(call);
  const body = putSchema.safeParse(withoutLineEnds(call.body));
  if (!body.success) throw refuse(422, "content is not valid Base64");
  const { branch = repository.defaultBranch, message, content, sha } = body.data;
  if (!isFilePath(path)) throw refuse(422, "path contains a malformed path component");
  const existing = await checkPut(repository, call.caller, { path, branch, sha });
  const files = { [path]: Buffer.from(content, "base64") };
  const person = body.data.committer ?? body.data.author ?? appPerson(api);
  const author = body.data.author ?? person;
  const request = { branch, start: null, files, message, author, committer: person, at: api.now() };
  const made = await commitFiles(repository.directory, request);
  await api.store.refsChanged(repository);
  const [entry, [commit]] = await Promise.all([
    entryAt(repository.directory, made, path),
    readCommits(api, repository, [made]),
  ]);
  const answer = ok({
    content: entry === null ? null : entryJson({ api, repository, ref: branch }, entry),
    commit: commit === undefined ? {} : gitCommitJson(api, repository, commit),
  });
  return { ...answer, status: existing === null ? 201 : 200 };
};

/** GitHub takes base64 in lines, as it writes it. */
const withoutLineEnds = (body: unknown): unknown => {
  const { data } = z.looseObject({ content: z.string() }).safeParse(body);
  return data === undefined ? body : { ...data, content: data.content.replace(/\s/g, "") };
};

/** Who commits where the request names nobody. */
export const appPerson = ({ store }: Pick<GithubApi, "store">): Person => ({
  name: store.app.login,
  email: `${store.app.id}+${store.app.login}@users.noreply.github.com`,
});

/** @returns what lies at the path @throws Refusal */
const checkPut = async (
  { directory, protectedBranches }: GithubRepository,
  caller: Caller,
  { path, branch, sha }: { readonly path: string; readonly branch: string; readonly sha: string | undefined },
): Promise<TreeEntry | null> => {
  const tip = isRefName(branch) ? await branchSha(directory, branch) : null;
  if (tip === null) throw refuse(404, `Branch ${branch} not found`);
  if (isWorkflowFile(path) && !mayChangeWorkflows(caller)) throw notAccessible();
  const existing = await entryAt(directory, tip, path);
  const doing = existing === null ? "create" : "update";
  if (protectedBranches.has(branch)) throw refuse(409, `Could not ${doing} file: ${throughPullRequest}`);
  if (existing !== null && sha === undefined)
    throw refuse(422, 'Invalid request.\n\n"sha" wasn\'t supplied.');
  if (sha !== undefined && sha !== existing?.sha) throw refuse(409, `${path} does not match ${sha}`);
  return existing;
};
