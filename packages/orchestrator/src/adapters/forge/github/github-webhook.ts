import type { z } from "zod";
import type { ForgeNews, ForgeWebhook, ForgeWebhookVerdict } from "../../../ports/forge-webhook.ts";
import { isSignedWith, jsonOf } from "../../shared/signed-body.ts";
import {
  type CheckedPulls,
  checkRunSchema,
  checkSuiteSchema,
  issueCommentSchema,
  pullRequestSchema,
  type WebhookRepository,
  workflowRunSchema,
} from "./webhook-schema.ts";

export interface GithubWebhookOptions {
  /** `GITHUB_WEBHOOK_SECRET`, as it was given to GitHub with the App. */
  readonly secret: string;
}

type Read = (body: unknown) => NewsOf;
type NewsOf =
  | { readonly kind: "news"; readonly news: readonly ForgeNews[] }
  | { readonly kind: "malformed"; readonly at: string };

/**
 * GitHub's deliveries (docs.github.com, "Validating webhook deliveries"): `X-Hub-Signature-256: sha256=` and the hex
 * HMAC of the raw body. Event and delivery id stand beside it unsigned, which is why all of it is only a hint.
 */
export const createGithubWebhook = ({ secret }: GithubWebhookOptions): ForgeWebhook => ({
  read(headers, rawBody) {
    const signature = headers["x-hub-signature-256"];
    if (typeof signature !== "string") return refused("It has not one X-Hub-Signature-256.");
    const digest = /^sha256=(.*)$/.exec(signature)?.[1] ?? "";
    if (!isSignedWith(secret, { rawBody, digest }))
      return refused("Its X-Hub-Signature-256 was not made with GITHUB_WEBHOOK_SECRET.");
    const deliveryId = headers["x-github-delivery"];
    if (typeof deliveryId !== "string" || !/^[\w-]{1,100}$/.test(deliveryId))
      return malformed("It has not one X-GitHub-Delivery.");
    const event = headers["x-github-event"];
    if (typeof event !== "string" || !/^\w{1,100}$/.test(event))
      return malformed("It has not one X-GitHub-Event.");
    const body = jsonOf(rawBody);
    if (body === undefined)
      return malformed("Its body is no JSON: set the webhook's content type to application/json.");
    const read = readers.get(event)?.(body) ?? noNews;
    return read.kind === "news"
      ? { kind: "genuine", deliveryId, event, news: read.news }
      : malformed(`It is not what GitHub documents for ${event}, first at: ${read.at}.`);
  },
});

const refused = (why: string): ForgeWebhookVerdict => ({ kind: "refused", why });
const malformed = (why: string): ForgeWebhookVerdict => ({ kind: "malformed", why });

const noNews: NewsOf = { kind: "news", news: [] };

/** Says where a body differs, and nothing of what stands there. */
const reading =
  <Body>(schema: z.ZodType<Body>, newsOf: (body: Body) => readonly ForgeNews[]): Read =>
  (body) => {
    const parsed = schema.safeParse(body);
    return parsed.success
      ? { kind: "news", news: newsOf(parsed.data) }
      : { kind: "malformed", at: parsed.error.issues[0]?.path.join(".") || "the body" };
  };

const pullRequestNews = ({ owner, name }: WebhookRepository, number: number): ForgeNews => ({
  kind: "pull-request",
  owner: owner.login,
  name,
  number,
});

/** A check knows pull requests of other repositories too, where these have the same commit. */
const checkedNews = (repository: WebhookRepository, pulls: CheckedPulls): readonly ForgeNews[] =>
  (pulls ?? [])
    .filter(({ base }) => base.repo.id === repository.id)
    .map(({ number }) => pullRequestNews(repository, number));

const aboutPullRequest = reading(pullRequestSchema, ({ repository, pull_request: { number } }) => [
  pullRequestNews(repository, number),
]);

const aboutAccess: Read = () => ({ kind: "news", news: [{ kind: "access" }] });

/** Every other event is genuine and says nothing to us. */
const readers: ReadonlyMap<string, Read> = new Map([
  [
    "issue_comment",
    reading(issueCommentSchema, ({ repository, issue }) =>
      issue.pull_request === undefined ? [] : [pullRequestNews(repository, issue.number)],
    ),
  ],
  ["pull_request", aboutPullRequest],
  ["pull_request_review", aboutPullRequest],
  ["pull_request_review_comment", aboutPullRequest],
  ["pull_request_review_thread", aboutPullRequest],
  [
    "check_suite",
    reading(checkSuiteSchema, ({ repository, check_suite }) =>
      checkedNews(repository, check_suite.pull_requests),
    ),
  ],
  [
    "check_run",
    reading(checkRunSchema, ({ repository, check_run }) => checkedNews(repository, check_run.pull_requests)),
  ],
  [
    "workflow_run",
    reading(workflowRunSchema, ({ workflow_run: { id, display_title } }) => [
      { kind: "workflow-run", id: String(id), title: display_title ?? "" },
    ]),
  ],
  ["installation", aboutAccess],
  ["installation_repositories", aboutAccess],
  ["installation_target", aboutAccess],
  ["repository", aboutAccess],
]);
