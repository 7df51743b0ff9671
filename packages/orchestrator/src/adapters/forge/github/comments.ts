import { type Repository, repositorySlug } from "../../../core/project.ts";
import { permanent } from "../../../ports/delivery-error.ts";
import { repositoryApiPath } from "../../shared/github/api-path.ts";
import type { GithubClient } from "../../shared/github/github-client.ts";
import { parseAnswer } from "../../shared/github/parse-answer.ts";
import { createLanes } from "../../shared/one-at-a-time.ts";
import { fitText } from "./github-text.ts";
import type { Pulls } from "./pulls.ts";
import { type Comment, commentsSchema } from "./schema.ts";
import { asWritten } from "./to-pull-request.ts";

/** As `Forge.upsertComment`. */
export type UpsertComment = (
  repository: Repository,
  head: string,
  marker: string,
  body: string,
) => Promise<void>;

const mostComments = 5_000;

export const createUpsertComment = (client: GithubClient, pulls: Pulls): UpsertComment => {
  const lanes = createLanes();

  const commentsOf = async (repository: Repository, number: number): Promise<readonly Comment[]> => {
    const what = `the comments of ${repositorySlug(repository)}#${number}`;
    const request = { path: repositoryApiPath(repository, "issues", number, "comments") };
    const items = (json: unknown) => parseAnswer(what, json, commentsSchema);
    return (await client.readAll(repository, "review", request, items, mostComments)) as readonly Comment[];
  };

  /** Others may write the same first line, and their comments are theirs. */
  const ownComment = async (repository: Repository, number: number, marker: string) => {
    const { login } = await client.app();
    const comments = await commentsOf(repository, number);
    return comments.find(({ user, body }) => user?.login === login && firstLine(body) === marker.trimEnd());
  };

  const upsert = async (repository: Repository, number: number, marker: string, text: string) => {
    const body = fitText(text);
    const known = await ownComment(repository, number, marker);
    if (known === undefined) {
      await client.write(repository, "review", {
        method: "POST",
        path: repositoryApiPath(repository, "issues", number, "comments"),
        counts: "content",
        body: { body },
      });
      return;
    }
    if (asWritten(known.body).trimEnd() === asWritten(body).trimEnd()) return;
    await client.write(repository, "review", {
      method: "PATCH",
      path: repositoryApiPath(repository, "issues", "comments", known.id),
      counts: "plain",
      body: { body },
    });
  };

  return async (repository, head, marker, body) => {
    const [newest] = await pulls.ofHead(repository, head, "review");
    const slug = repositorySlug(repository);
    if (newest === undefined)
      throw permanent(`Branch "${head}" of ${slug} has no pull request to comment on.`);
    const lane = `${slug.toLowerCase()}#${newest.number}`;
    await lanes.run(lane, () => upsert(repository, newest.number, marker, body));
  };
};

const firstLine = (body: string): string => (asWritten(body).split("\n", 1)[0] ?? "").trimEnd();
