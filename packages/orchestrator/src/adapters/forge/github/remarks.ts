import { type Repository, repositorySlug } from "../../../core/project.ts";
import type { Remark } from "../../../core/review/remark.ts";
import type { Instant } from "../../../core/time.ts";
import { repositoryApiPath } from "../../shared/github/api-path.ts";
import type { GithubClient } from "../../shared/github/github-client.ts";
import { parseAnswer } from "../../shared/github/parse-answer.ts";
import { commentsSchema, type Review, reviewCommentsSchema, reviewsSchema } from "./schema.ts";
import { commentRemark, inlineRemark, reviewRemark } from "./to-remark.ts";

const mostRemarks = 5_000;

/** All verdicts on a pull request, oldest first; GitHub cannot be asked for those since a time. @throws VendorError */
export const reviewsOf = async (
  client: GithubClient,
  repository: Repository,
  number: number,
): Promise<readonly Review[]> => {
  const what = `the reviews of ${repositorySlug(repository)}#${number}`;
  const path = repositoryApiPath(repository, "pulls", number, "reviews");
  const items = (json: unknown) => parseAnswer(what, json, reviewsSchema);
  return (await client.readAll(repository, "review", { path }, items, mostRemarks)) as readonly Review[];
};

/** All that was said on a pull request at or after `since`, oldest first. @throws VendorError */
export const remarksOf = async (
  client: GithubClient,
  repository: Repository,
  number: number,
  since: Instant | null,
): Promise<readonly Remark[]> => {
  const what = `what was said on ${repositorySlug(repository)}#${number}`;
  const query = since === null ? {} : { since: new Date(since).toISOString() };
  const read = async (kind: "issues" | "pulls", items: (json: unknown) => readonly Remark[]) => {
    const path = repositoryApiPath(repository, kind, number, "comments");
    return client.readAll(repository, "review", { path, query }, items, mostRemarks);
  };
  const isNews = ({ at }: Remark): boolean => since === null || at >= toTheSecond(since);
  // All of them are listed each time: what was seen is dropped page by page, or a stranger could fill the memory.
  const newReviews = (json: unknown) =>
    parseAnswer(what, json, reviewsSchema).flatMap(asRemark).filter(isNews);
  const path = repositoryApiPath(repository, "pulls", number, "reviews");
  const lists = await Promise.all([
    client.readAll(repository, "review", { path }, newReviews, mostRemarks),
    read("issues", (json) => parseAnswer(what, json, commentsSchema).map(commentRemark)),
    read("pulls", (json) => parseAnswer(what, json, reviewCommentsSchema).map(inlineRemark)),
  ]);
  return (lists.flat() as readonly Remark[]).filter(isNews).toSorted((one, other) => one.at - other.at);
};

/** A verdict comes before the inline comments that came with it: all of them have the same second. */
const asRemark = (review: Review): readonly Remark[] => {
  const remark = reviewRemark(review);
  return remark === null ? [] : [remark];
};

/** GitHub's own times have no parts of a second. */
const toTheSecond = (at: Instant): Instant => Math.floor(at / 1000) * 1000;
