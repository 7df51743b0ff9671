import { createHmac, randomUUID } from "node:crypto";
import type { Reception } from "../tracker-webhooks.ts";

export const githubSecret = "a secret of the App's webhook";

/** As GitHub sends it. */
export interface GithubDelivery {
  readonly headers: Readonly<Record<string, string>>;
  readonly rawBody: Buffer;
}

export const githubDelivery = (event: string, body: object, id: string = randomUUID()): GithubDelivery => {
  const text = JSON.stringify(body);
  const signature = createHmac("sha256", githubSecret).update(text).digest("hex");
  return {
    headers: {
      "content-type": "application/json",
      "x-github-event": event,
      "x-github-delivery": id,
      "x-hub-signature-256": `sha256=${signature}`,
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
