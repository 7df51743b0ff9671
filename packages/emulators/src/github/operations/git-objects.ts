import { z } from "zod";
import { identity, type Person } from "../git-commit.ts";
import { askGit, resolveCommit, runGit } from "../git-plumbing.ts";
import {
  isFilePath,
  listTree,
  objectType,
  readBlob,
  type TreeChange,
  type TreeEntry,
  writeBlob,
  writeTree,
} from "../git-tree.ts";
import type { GithubRepository } from "../model.ts";
import { readCommits } from "../pulls/commits.ts";
import { isWorkflowFile } from "../push-rules.ts";
import { mayChangeWorkflows } from "../ref-rules.ts";
import { notAccessible, notFound, refuse } from "../refusal.ts";
import { type Json, nodeId, repositoryUrl } from "../render.ts";
import { gitCommitJson } from "../render-commit.ts";
import { created, ok, repositoryOf } from "./answers.ts";
import { appPerson, base64Lines } from "./contents.ts";
import type { GithubApi, Operate, Operation } from "./operation.ts";

const reads = { contents: "read" } as const;
const writes = { contents: "write" } as const;

const blobSchema = z.object({ content: z.string(), encoding: z.enum(["utf-8", "base64"]).default("utf-8") });

const createBlob: Operate = async (api, call) => {
  const repository = repositoryOf(api, call);
  const { success, data } = blobSchema.safeParse(call.body);
  if (!success) throw refuse(422, "encoding must be utf-8 or base64");
  const sha = await writeBlob(repository.directory, Buffer.from(data.content, data.encoding));
  return created({ sha, url: `${repositoryUrl(api, repository)}/git/blobs/${sha}` });
};

const getBlob: Operate = async (api, call) => {
  const repository = repositoryOf(api, call);
  const sha = call.path["file_sha"] ?? "";
  if ((await objectType(repository.directory, sha)) !== "blob") throw notFound();
  const bytes = await readBlob(repository.directory, sha);
  return ok({
    sha,
    node_id: nodeId("B", Number.parseInt(sha.slice(0, 8), 16)),
    size: bytes.length,
    url: `${repositoryUrl(api, repository)}/git/blobs/${sha}`,
    content: base64Lines(bytes),
    encoding: "base64",
  });
};

const treeSchema = z.object({
  base_tree: z.string().optional(),
  tree: z.array(
    z.object({
      path: z.string(),
      mode: z.enum(["100644", "100755", "040000", "160000", "120000"]).default("100644"),
      sha: z.string().nullish(),
      content: z.string().optional(),
    }),
  ),
});

const createTree: Operate = async (api, call) => {
  const repository = repositoryOf(api, call);
  const { directory } = repository;
  const { base_tree: base = null, tree } = treeSchema.parse(call.body);
  if (tree.some(({ path }) => isWorkflowFile(path)) && !mayChangeWorkflows(call.caller))
    throw notAccessible();
  if (base !== null && !["tree", "commit"].includes((await objectType(directory, base)) ?? ""))
    throw refuse(404, "Not Found");
  if (!tree.every(({ path }) => isFilePath(path)))
    throw refuse(422, "tree.path contains a malformed path component");
  const changes: TreeChange[] = [];
  for (const { path, mode, sha, content } of tree) {
    if (sha === undefined && content === undefined)
      throw refuse(422, "Must supply either tree.sha or tree.content");
    const missing =
      typeof sha === "string" && mode !== "160000" && (await objectType(directory, sha)) === null;
    if (missing) throw refuse(422, `tree.sha ${sha} is not a valid blob`);
    changes.push({
      path,
      mode,
      sha: content === undefined ? (sha ?? null) : await writeBlob(directory, content),
    });
  }
  const sha = await writeTree(directory, base, changes);
  return created(treeJson(api, repository, sha, (await listTree(directory, sha)) ?? []));
};

const getTree: Operate = async (api, call) => {
  const repository = repositoryOf(api, call);
  const name = call.path["tree_sha"] ?? "";
  const sha = await treeOf(repository, name);
  // Whatever is given asks for all of it: `recursive=0` too.
  const recursive = call.query.has("recursive");
  const entries = sha === null ? null : await listTree(repository.directory, sha, { recursive });
  if (sha === null || entries === null) throw notFound();
  return ok(treeJson(api, repository, sha, entries));
};

const treeOf = async ({ directory }: GithubRepository, name: string): Promise<string | null> => {
  const commit = await resolveCommit(directory, name);
  if (commit !== null) return askGit(directory, ["rev-parse", "--verify", "--quiet", `${commit}^{tree}`]);
  return (await objectType(directory, name)) === "tree" ? name : null;
};

const treeJson = (
  api: GithubApi,
  repository: GithubRepository,
  sha: string,
  entries: readonly TreeEntry[],
): Json => {
  const url = `${repositoryUrl(api, repository)}/git`;
  return {
    sha,
    url: `${url}/trees/${sha}`,
    truncated: false,
    tree: entries.map(({ path, mode, type, sha: entrySha, size }) => ({
      path,
      mode,
      type,
      sha: entrySha,
      ...(size === null ? {} : { size }),
      url: `${url}/${type}s/${entrySha}`,
    })),
  };
};

const personSchema = z.object({
  name: z.string().optional(),
  email: z.string().optional(),
  date: z.string().optional(),
});
const commitSchema = z.object({
  message: z.string(),
  tree: z.string(),
  parents: z.array(z.string()).default([]),
  author: personSchema.optional(),
  committer: personSchema.optional(),
});

const createCommit: Operate = async (api, call) => {
  const repository = repositoryOf(api, call);
  const { directory } = repository;
  const { message, tree, parents, author, committer = author } = commitSchema.parse(call.body);
  if ((await objectType(directory, tree)) !== "tree") throw refuse(422, "Tree SHA does not exist");
  for (const parent of parents)
    if ((await objectType(directory, parent)) !== "commit")
      throw refuse(422, "Parent SHA does not exist or is not a commit object");
  const lines = [
    `tree ${tree}`,
    ...parents.map((parent) => `parent ${parent}`),
    `author ${signature(api, author)}`,
    `committer ${signature(api, committer)}`,
    "",
    message,
  ];
  const hash = ["hash-object", "-t", "commit", "-w", "--stdin"];
  const sha = (await runGit(directory, hash, { input: lines.join("\n") })).toString("utf8").trim();
  const [commit] = await readCommits(api, repository, [sha]);
  if (commit === undefined) throw new Error(`git made no commit of ${sha}`);
  return created(gitCommitJson(api, repository, commit));
};

/** Name, address and time, of the App's own where they are not given. */
const signature = (api: GithubApi, person: z.infer<typeof personSchema> = {}): string => {
  const fallback: Person = appPerson(api);
  const { name = fallback.name, email = fallback.email, date } = person;
  const at = date === undefined ? api.now() : Date.parse(date);
  return `${identity({ name, email })} ${Math.floor(at / 1000)} +0000`;
};

const getCommit: Operate = async (api, call) => {
  const repository = repositoryOf(api, call);
  const sha = call.path["commit_sha"] ?? "";
  if ((await objectType(repository.directory, sha)) !== "commit") throw notFound();
  const [commit] = await readCommits(api, repository, [sha]);
  if (commit === undefined) throw notFound();
  return ok(gitCommitJson(api, repository, commit));
};

export const gitObjectOperations: readonly (readonly [string, Operation])[] = [
  ["git/create-blob", { needs: writes, createsContent: true, operate: createBlob }],
  ["git/get-blob", { needs: reads, operate: getBlob }],
  ["git/create-tree", { needs: writes, createsContent: true, operate: createTree }],
  ["git/get-tree", { needs: reads, operate: getTree }],
  ["git/create-commit", { needs: writes, createsContent: true, operate: createCommit }],
  ["git/get-commit", { needs: reads, operate: getCommit }],
];
