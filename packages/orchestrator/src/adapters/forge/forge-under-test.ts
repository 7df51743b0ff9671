import type { Repository } from "../../core/project.ts";
import type { Forge } from "../../ports/forge.ts";

/** Whole files by path: what a commit leaves behind. */
export type Files = Readonly<Record<string, string>>;

/** One forge with one repository, whose default branch has one commit, and a person's hands on it. */
export interface ForgeUnderTest {
  readonly forge: Forge;
  readonly repository: Repository;
  /** Adds a commit to a branch; a new branch begins at the default branch. */
  push(branch: string, files: Files): Promise<void>;
  /** Merges a branch into the default branch, past the forge's own pull requests. */
  mergeByHand(branch: string): Promise<void>;
  deleteBranch(branch: string): Promise<void>;
  /** Bodies of a pull request's comments, oldest first. */
  comments(number: number): Promise<readonly string[]>;
  /** Only where people review: what somebody without any rights says on a pull request. */
  comment?(number: number, author: string, body: string): Promise<void>;
  close(): Promise<void>;
}

export interface ForgeHarness {
  open(): Promise<ForgeUnderTest>;
}
