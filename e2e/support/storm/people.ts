import type { GithubSite, SeenPullRequest } from "@ai-implement/emulators/github/api.ts";
import type { TicketId } from "@ai-implement/orchestrator/core/ticket.ts";
import type { WorldTracker } from "@ai-implement/orchestrator/services/testing/world-tracker.ts";
import { tally } from "../github.ts";
import type { Act } from "./story.ts";
import { owner, writer } from "./story.ts";

/** A ticket of the storm, and what its attempts change. */
export interface StormTicket {
  readonly id: TicketId;
  readonly identifier: string;
  readonly file: string;
}

export interface People {
  /** All of a ticket's acts in one turn of the loop, as far as where its pull request stands allows them. */
  act(ticket: StormTicket, acts: readonly Act[]): Promise<void>;
}

/** People's hands on GitHub and on the tracker. */
export const createPeople = (site: GithubSite, tracker: WorldTracker): People => {
  let checks = 0;
  let pushes = 0;

  const comment = (pull: SeenPullRequest, by: string, body: string): number =>
    site.comment(tally, pull.number, by, body);
  const newest = ({ number }: SeenPullRequest, like: RegExp): number | undefined =>
    site.comments(tally, number).findLast(({ author, body }) => isPerson(author) && like.test(body))?.id;

  const actOn = async (ticket: StormTicket, pull: SeenPullRequest, act: Act): Promise<void> => {
    const isOpen = pull.state === "open";
    switch (act.kind) {
      case "talk":
        comment(pull, act.by, act.body);
        return;
      case "command":
        comment(pull, act.by, `/ai-implement ${act.words}`);
        return;
      case "edit-into-command":
        site.editComment(tally, comment(pull, act.by, "Let me think."), `/ai-implement ${act.words}`);
        return;
      case "edit-command": {
        const id = newest(pull, /^\/ai-implement/);
        if (id !== undefined) site.editComment(tally, id, `/ai-implement ${act.words}`);
        return;
      }
      case "delete-comment": {
        const id = newest(pull, /^/);
        if (id !== undefined) site.deleteComment(tally, id);
        return;
      }
      case "review": {
        const { by: author, verdict: state, body = "", inline = [] } = act;
        const comments = inline.map((text) => ({ path: ticket.file, line: 1, body: text }));
        if (isOpen) site.review(tally, pull.number, { author, state, body, comments });
        return;
      }
      case "check": {
        checks += 1;
        const [head] = await site.commits(tally, pull.head);
        if (isOpen && head !== undefined) await checkHead(ticket, pull, act.conclusion, checks);
        return;
      }
      case "push":
        pushes += 1;
        if (isOpen) await site.commit(tally, pull.head, { [`by-hand/${ticket.identifier}-${pushes}.md`]: "Mine." });
        return;
      case "merge":
        if (isOpen) await site.merge(tally, pull.number, owner);
        return;
      case "close":
        if (isOpen) site.close(tally, pull.number, owner);
        return;
      case "reopen":
        if (!isOpen && !pull.merged) site.reopen(tally, pull.number, writer);
        return;
      case "mark-again":
        markAgain(tracker, ticket, pull);
    }
  };
  return {
    async act(ticket, acts) {
      for (const each of acts) {
        const pull = pullRequestOf(site, ticket);
        if (pull !== undefined) await actOn(ticket, pull, each);
      }
    },
  };
};
