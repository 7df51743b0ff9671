import { z } from "zod";
import { askGit, isAncestor, isRefName, noSha, readRef } from "../git-plumbing.ts";
import { objectType } from "../git-tree.ts";
import type { GithubRepository } from "../model.ts";
import { checkRefChange } from "../ref-rules.ts";
import { notFound, type Refusal, refuse } from "../refusal.ts";
import { type Json, nodeId, repositoryUrl } from "../render.ts";
import { created, noContent, ok, repositoryOf } from "./answers.ts";
import type { Call, GithubApi, Operate, Operation } from "./operation.ts";

interface Ref {
  readonly name: string;
  readonly sha: string;
  readonly type: string;
}

const listRefs = async (api: GithubApi, repository: GithubRepository): Promise<readonly Ref[]> => {
  const format = "--format=%(refname) %(objectname) %(objecttype)";
  const listed = await api.store.git(repository, ["for-each-ref", format]);
  return listed
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => {
      const [name = "", sha = "", type = ""] = line.split(" ");
      return { name, sha, type };
    });
};

/** `refs/heads/main`, of a path that may have `heads/main`. */
const nameOf = ({ path }: Call): string => `refs/${(path["ref"] ?? "").replace(/^refs\//, "")}`;

const getRef: Operate = async (api, call) => {
  const repository = repositoryOf(api, call);
  const name = nameOf(call);
  const sha = await readRef(repository.directory, name);
  if (sha === null) throw notFound();
  const type = (await objectType(repository.directory, sha)) ?? "commit";
  return ok(refJson(api, repository, { name, sha, type }));
};

const listMatching: Operate = async (api, call) => {
  const repository = repositoryOf(api, call);
  const refs = await listRefs(api, repository);
  const matching = refs.filter(({ name }) => name.startsWith(nameOf(call)));
  return ok(matching.map((ref) => refJson(api, repository, ref)));
};

const createSchema = z.object({ ref: z.string(), sha: z.string() });

const createRef: Operate = async (api, call) => {
  const repository = repositoryOf(api, call);
  const { ref, sha } = createSchema.parse(call.body);
  if (!/^refs\/[^/]+\/.+/.test(ref))
    throw refuse(422, "Reference name must start with 'refs/' and contain at least two slashes.");
  if (!isRefName(ref)) throw refuse(422, `${ref} is not a valid ref name.`);
  if ((await readRef(repository.directory, ref)) !== null) throw refuse(422, "Reference already exists");
  const type = await objectType(repository.directory, sha);
  if (type === null) throw refuse(422, "Object does not exist");
  await checkRefChange(call.caller, repository, ref, sha);
  await moveRef(api, repository, ref, { from: noSha, to: sha }, refuse(422, "Reference already exists"));
  return created(refJson(api, repository, { name: ref, sha, type }));
};

const updateSchema = z.object({ sha: z.string(), force: z.boolean().default(false) });

const updateRef: Operate = async (api, call) => {
  const repository = repositoryOf(api, call);
  const { directory } = repository;
  const name = nameOf(call);
  const { sha, force } = updateSchema.parse(call.body);
  const from = await readRef(directory, name);
  if (from === null) throw refuse(422, "Reference does not exist");
  const type = await objectType(directory, sha);
  if (type === null) throw refuse(422, "Object does not exist");
  if (!force && !(await isAncestor(directory, from, sha))) throw refuse(422, "Update is not a fast forward");
  await checkRefChange(call.caller, repository, name, sha);
  await moveRef(api, repository, name, { from, to: sha }, refuse(422, "Reference update failed"));
  return ok(refJson(api, repository, { name, sha, type }));
};

const deleteRef: Operate = async (api, call) => {
  const repository = repositoryOf(api, call);
  const name = nameOf(call);
  const from = await readRef(repository.directory, name);
  if (from === null) throw refuse(422, "Reference does not exist");
  if (name === `refs/heads/${repository.defaultBranch}`)
    throw refuse(422, "Cannot delete the default branch");
  await checkRefChange(call.caller, repository, name, null);
  await moveRef(api, repository, name, { from, to: null }, refuse(422, "Reference update failed"));
  return noContent;
};

/** Only while it is where it was: somebody may push at the same moment. @throws Refusal the given one where it is not */
const moveRef = async (
  { store }: GithubApi,
  repository: GithubRepository,
  name: string,
  { from, to }: { readonly from: string; readonly to: string | null },
  refusal: Refusal,
): Promise<void> => {
  const args = to === null ? ["update-ref", "-d", name, from] : ["update-ref", name, to, from];
  if ((await askGit(repository.directory, args)) === null) throw refusal;
  await store.refsChanged(repository);
};

const refJson = (api: GithubApi, repository: GithubRepository, { name, sha, type }: Ref): Json => {
  const url = `${repositoryUrl(api, repository)}/git`;
  return {
    ref: name,
    node_id: nodeId("REF", Number.parseInt(sha.slice(0, 8), 16)),
    url: `${url}/${name.split("/").map(encodeURIComponent).join("/")}`,
    object: { type, sha, url: `${url}/${type}s/${sha}` },
  };
};

const reads = { contents: "read" } as const;
const writes = { contents: "write" } as const;

export const gitRefOperations: readonly (readonly [string, Operation])[] = [
  ["git/get-ref", { needs: reads, operate: getRef }],
  ["git/list-matching-refs", { needs: reads, operate: listMatching }],
  ["git/create-ref", { needs: writes, createsContent: true, operate: createRef }],
  ["git/update-ref", { needs: writes, operate: updateRef }],
  ["git/delete-ref", { needs: writes, operate: deleteRef }],
];
