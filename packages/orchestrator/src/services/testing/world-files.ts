import { type Repository, repositorySlug } from "../../core/project.ts";
import type { Proposal } from "../../ports/forge.ts";

/** A commit of files that a person has not merged yet, or has. */
export interface SeenCommit {
  readonly repository: string;
  readonly branch: string;
  readonly message: string;
  readonly files: ReadonlyMap<string, string>;
}

/** The files of default branches, and the branches that propose others. */
export interface WorldFiles {
  /** Every commit that was proposed, oldest first. */
  readonly commits: readonly SeenCommit[];
  /** A person's commit to the default branch; null deletes. */
  write(repository: Repository, path: string, text: string | null): void;
  read(repository: Repository, path: string): string | null;
  /** Names right in the folder. */
  list(repository: Repository, folder: string): readonly string[];
  /** False: the branch has exactly these already. */
  propose(proposal: Proposal): boolean;
  /** The default branch gets what the branch has. */
  merge(branch: string): void;
}

export const createWorldFiles = (): WorldFiles => {
  const texts = new Map<string, Map<string, string>>();
  const branches = new Map<string, Proposal>();
  const commits: SeenCommit[] = [];
  const of = (repository: Repository): Map<string, string> => {
    const slug = repositorySlug(repository);
    const files = texts.get(slug) ?? new Map<string, string>();
    texts.set(slug, files);
    return files;
  };
  const write: WorldFiles["write"] = (repository, path, text) => {
    if (text === null) of(repository).delete(path);
    else of(repository).set(path, text);
  };
  return {
    commits,
    write,
    read: (repository, path) => of(repository).get(path) ?? null,
    list: (repository, folder) =>
      [...of(repository).keys()]
        .filter((path) => path.startsWith(`${folder}/`))
        .map((path) => path.slice(folder.length + 1))
        .filter((name) => !name.includes("/")),
    propose(proposal) {
      const { repository, branch, commitMessage, files } = proposal;
      const there = branches.get(branch);
      if (there !== undefined && same(there.files, files)) return false;
      branches.set(branch, proposal);
      commits.push({ repository: repositorySlug(repository), branch, message: commitMessage, files });
      return true;
    },
    merge(branch) {
      const proposal = branches.get(branch);
      if (proposal === undefined) return;
      for (const [path, text] of proposal.files) write(proposal.repository, path, text);
      branches.delete(branch);
    },
  };
};

const same = (one: ReadonlyMap<string, string>, other: ReadonlyMap<string, string>): boolean =>
  one.size === other.size && [...one].every(([path, text]) => other.get(path) === text);
