import type { PullRequest } from "../../../ports/forge.ts";
import type { Pull } from "./schema.ts";

/** What GitHub calls a pull request, as the port has it. Pure. */
export const toPullRequest = (pull: Pull): PullRequest => ({
  number: pull.number,
  url: pull.html_url,
  title: pull.title,
  body: asWritten(pull.body),
  head: pull.head.ref,
  base: pull.base.ref,
  state: stateOf(pull),
  draft: pull.draft,
  updatedAt: pull.updated_at,
});

const stateOf = ({ state, merged_at }: Pull): PullRequest["state"] => (merged_at !== null ? "merged" : state);

/** An empty text is none to GitHub, and its pages write line ends as forms do. */
export const asWritten = (text: string | null): string => (text ?? "").replaceAll("\r\n", "\n");

/**
 * The head lies in the repository itself. A fork's branch may have the name of one of ours, and its description may
 * say what it likes: it is a stranger's (§11.7).
 */
export const isOfOurRepository = ({ head, base }: Pull): boolean => head.repo?.id === base.repo.id;
