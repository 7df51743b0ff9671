import type { PullStanding } from "@ai-implement/contracts";
import { type Repository, repositorySlug } from "../../../core/project.ts";
import { type Instant, minutes } from "../../../core/time.ts";
import type { Clock } from "../../../ports/clock.ts";
import { permanent } from "../../../ports/delivery-error.ts";
import type { ForgeReviews } from "../../../ports/forge.ts";
import { isFailure } from "../../../ports/vendor-error.ts";
import { repositoryApiPath } from "../../shared/github/api-path.ts";
import { createBoundedMap } from "../../shared/github/bounded-map.ts";
import type { GithubClient } from "../../shared/github/github-client.ts";
import { parseAnswer } from "../../shared/github/parse-answer.ts";
import type { Pulls } from "./pulls.ts";
import { readChecks } from "./read-checks.ts";
import { remarksOf, reviewsOf } from "./remarks.ts";
import { permissionSchema } from "./schema.ts";
import { remarkIdOf } from "./to-remark.ts";
import { toStanding } from "./to-standing.ts";

/** How long an answer about somebody's permission is good for, in ms. */
const permissionMs = minutes(1);
const mostPeople = 2_000;
const writers: ReadonlySet<string> = new Set(["admin", "maintain", "write"]);

const reactions = { taken: "eyes", refused: "confused" } as const;

export interface ReviewsDependencies {
  readonly client: GithubClient;
  readonly pulls: Pulls;
  readonly clock: Clock;
}

export const createGithubReviews = ({ client, pulls, clock }: ReviewsDependencies): ForgeReviews => {
  const permissions = createBoundedMap<{ readonly mayWrite: boolean; readonly at: Instant }>(mostPeople);

  const permissionOf = async (repository: Repository, login: string): Promise<string> => {
    try {
      const path = repositoryApiPath(repository, "collaborators", login, "permission");
      const { json } = await client.read(repository, "review", { path });
      return parseAnswer(`${login}'s permission`, json, permissionSchema).permission;
    } catch (error) {
      // No such person, or one that GitHub does not show to us.
      if (isFailure(error, "not-found")) return "none";
      throw error;
    }
  };

  return {
    remarks: (repository, number, since) => remarksOf(client, repository, number, since),

    mayWrite: async (repository, login) => {
      const key = `${repositorySlug(repository)} ${login}`.toLowerCase();
      const known = permissions.get(key);
      if (known !== undefined && clock.now() - known.at < permissionMs) return known.mayWrite;
      const mayWrite = writers.has(await permissionOf(repository, login));
      permissions.set(key, { mayWrite, at: clock.now() });
      return mayWrite;
    },

    /** A verdict (`review:`) gets none: GitHub has reactions to comments only, and its inline comments have their own. */
    react: async (repository, remarkId, reaction) => {
      const remark = remarkIdOf(remarkId);
      if (remark === null)
        throw permanent(`${JSON.stringify(remarkId.slice(0, 100))} is no remark on GitHub.`);
      if (remark.kind === "review") return;
      const kind = remark.kind === "issue-comment" ? "issues" : "pulls";
      try {
        await client.write(repository, "review", {
          method: "POST",
          path: repositoryApiPath(repository, kind, "comments", remark.number, "reactions"),
          counts: "content",
          body: { content: reactions[reaction] },
        });
      } catch (error) {
        if (!isFailure(error, "not-found")) throw error;
      }
    },

    standing: async (repository, number): Promise<PullStanding | null> => {
      const pull = await pulls.byNumber(repository, number);
      if (pull === null) return null;
      const [checks, reviews] = await Promise.all([
        readChecks(client, repository, pull.head.sha),
        reviewsOf(client, repository, number),
      ]);
      return toStanding({ pull, ...checks, reviews });
    },
  };
};
