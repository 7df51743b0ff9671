import { createHmac, randomUUID } from "node:crypto";
import type { Reception } from "../tracker-webhooks.ts";

export const githubSecret = "a secret of the App's webhook";

/** As GitHub sends it. */
export interface GithubDelivery {
  readonly headers: Readonly<Record<string, string>>;
  readonly rawBody: Buffer;
}

/** As `X-Hub-Signature-256` has it. */
export const signedWith = (secret: string, text: string): string =>
  `sha256=${createHmac("sha256", secret).update(text).digest("hex")}`;

export const githubDelivery = (event: string, body: object, id: string = randomUUID()): GithubDelivery => {
  const text = JSON.stringify(body);
  return {
    headers: {
      "content-type": "application/json",
      "x-github-event": event,
      "x-github-delivery": id,
      "x-hub-signature-256": signedWith(githubSecret, text),
    },
    rawBody: Buffer.from(text),
  };
};

interface Place {
  readonly owner: string;
  readonly name: string;
}

const repositoryOf = ({ owner, name }: Place) => ({ id: 1, name, owner: { login: owner } });

/** That somebody wrote a comment on this pull request. */
export const commentOn = (place: Place, number: number, id?: string): GithubDelivery =>
  githubDelivery(
    "issue_comment",
    { action: "created", repository: repositoryOf(place), issue: { number, pull_request: {} } },
    id,
  );

/** That a workflow run goes on. */
export const workflowRun = (id: number, title: string): GithubDelivery =>
  githubDelivery("workflow_run", { action: "completed", workflow_run: { id, display_title: title } });

interface Receiver {
  receive(headers: GithubDelivery["headers"], rawBody: Buffer): Promise<Reception>;
}

export const deliverFromGithub = (
  webhooks: Receiver,
  { headers, rawBody }: GithubDelivery,
): Promise<Reception> => webhooks.receive(headers, rawBody);
