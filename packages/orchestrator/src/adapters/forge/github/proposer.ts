import { repositorySlug } from "../../../core/project.ts";
import { permanent } from "../../../ports/delivery-error.ts";
import type { Forge, Proposal } from "../../../ports/forge.ts";
import { isFailure } from "../../../ports/vendor-error.ts";
import { accessError, lacksPermission } from "../../shared/github/access-problems.ts";
import { repositoryApiPath, segmentsOf } from "../../shared/github/api-path.ts";
import { type GithubClient, GithubError } from "../../shared/github/github-client.ts";
import { parseAnswer } from "../../shared/github/parse-answer.ts";
import { createLanes } from "../../shared/one-at-a-time.ts";
import type { Branches } from "./branches.ts";
import type { Publish } from "./publisher.ts";
import type { Pulls } from "./pulls.ts";
import { commitSchema, treeSchema } from "./schema.ts";
import { toPullRequest } from "./to-pull-request.ts";

export type Propose = NonNullable<Forge["propose"]>;

export interface ProposerDependencies {
  readonly client: GithubClient;
  readonly pulls: Pulls;
  readonly branches: Branches;
  readonly publish: Publish;
}

/** One tree and one commit on top of the default branch through the git data API: nothing is checked out here. */
export const createProposer = ({ client, pulls, branches, publish }: ProposerDependencies): Propose => {
  const lanes = createLanes();

  const post = async ({ repository }: Proposal, kind: "trees" | "commits" | "refs", body: unknown) => {
    const path = repositoryApiPath(repository, "git", kind);
    return client.write(repository, "templates", { method: "POST", path, counts: "content", body });
  };

  const treeOf = async ({ repository }: Proposal, commit: string): Promise<string> => {
    const path = repositoryApiPath(repository, "git", "commits", commit);
    const { json } = await client.read(repository, "templates", { path });
    return parseAnswer("a commit", json, commitSchema).tree.sha;
  };

  const writeTree = async (proposal: Proposal, baseTree: string): Promise<string> => {
    const tree = [...proposal.files].map(([path, content]) => ({
      path,
      mode: "100644",
      type: "blob",
      content,
    }));
    const { json } = await post(proposal, "trees", { base_tree: baseTree, tree });
    return parseAnswer("a new tree", json, treeSchema).sha;
  };

  const writeCommit = async (proposal: Proposal, tree: string, parent: string): Promise<string> => {
    const body = { message: proposal.commitMessage, tree, parents: [parent] };
    return parseAnswer("a new commit", (await post(proposal, "commits", body)).json, commitSchema).sha;
  };

  /** Whatever it held: the branch is ours, and its pull request shows what it becomes. */
  const moveBranch = async (proposal: Proposal, sha: string, exists: boolean): Promise<void> => {
    const { repository, branch } = proposal;
    if (!exists) {
      try {
        await post(proposal, "refs", { ref: `refs/heads/${branch}`, sha });
        return;
      } catch (error) {
        if (!isTaken(error)) throw error;
      }
    }
    await client.write(repository, "templates", {
      method: "PATCH",
      path: repositoryApiPath(repository, "git", "refs", "heads", ...segmentsOf(branch)),
      counts: "plain",
      body: { sha, force: true },
    });
  };

  const propose: Propose = async (proposal) => {
    const { repository, branch, title, body } = proposal;
    const base = repository.defaultBranch;
    const slug = repositorySlug(repository);
    const [baseCommit, branchCommit, found] = await Promise.all([
      branches.commitOf(repository, base),
      branches.commitOf(repository, branch),
      pulls.ofHead(repository, branch, "templates"),
    ]);
    if (baseCommit === null)
      throw permanent(`There is no branch "${base}" in ${slug}: correct the project's defaultBranch.`);
    const baseTree = await treeOf(proposal, baseCommit);
    const tree = await writeTree(proposal, baseTree);
    const isOpen = found.some(({ state }) => state === "open");
    if (tree === baseTree && !isOpen)
      throw permanent(
        `Branch "${base}" of ${slug} has all of these files already: there is nothing to propose.`,
      );
    const isThere = isOpen && branchCommit !== null && (await treeOf(proposal, branchCommit)) === tree;
    if (!isThere && tree !== baseTree)
      await moveBranch(proposal, await writeCommit(proposal, tree, baseCommit), branchCommit !== null);
    const { pull, outcome } = await publish({ repository, head: branch, base, title, body, draft: false });
    const changed = !isThere && tree !== baseTree && outcome === "unchanged";
    return { pullRequest: toPullRequest(pull), outcome: changed ? "updated" : outcome };
  };

  return (proposal) => {
    const lane = `${repositorySlug(proposal.repository)} ${proposal.branch}`.toLowerCase();
    return lanes.run(lane, async () => {
      try {
        return await propose(proposal);
      } catch (error) {
        throw await explained(client, proposal, error);
      }
    });
  };
};

const isTaken = (error: unknown): boolean =>
  error instanceof GithubError && error.status === 422 && /reference already exists/i.test(error.message);

/** GitHub refuses a commit that touches workflows without saying that this is why. */
const explained = async (
  client: GithubClient,
  { repository, files }: Proposal,
  error: unknown,
): Promise<unknown> => {
  const touchesWorkflows = [...files.keys()].some((path) => path.startsWith(".github/workflows/"));
  if (!isFailure(error, "forbidden") || !touchesWorkflows) return error;
  const installation = await client.installation(repository.owner);
  return installation === null || installation.permissions["workflows"] !== undefined
    ? error
    : accessError(lacksPermission(repository.owner, "workflows: write"), error);
};
