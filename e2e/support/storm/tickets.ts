import type { GithubSite, SeenPullRequest } from "@ai-implement/emulators/github/api.ts";
import { aTicket } from "@ai-implement/orchestrator/core/testing/builders.ts";
import type { Ticket } from "@ai-implement/orchestrator/core/ticket.ts";
import { tally } from "../github.ts";

/** A ticket of the storm, and the file that its attempts write. */
export interface StormTicket {
  readonly id: string;
  readonly identifier: string;
  readonly file: string;
}

export const stormTicket = (index: number): StormTicket => {
  const identifier = `ACME-${index + 1}`;
  return { id: `linear:${identifier}`, identifier, file: fileOf(identifier) };
};

export const fileOf = (identifier: string): string => `docs/${identifier}.md`;

export const markedTicket = ({ id, identifier }: StormTicket): Ticket => aTicket({ id, identifier });

/** The one that was opened last for it. */
export const pullRequestOf = (site: GithubSite, { identifier }: StormTicket): SeenPullRequest | undefined =>
  site
    .pullRequests(tally)
    .findLast(
      ({ head, author }) =>
        head.startsWith(`ai-implement/${identifier.toLowerCase()}-`) && author === "ai-implement[bot]",
    );
