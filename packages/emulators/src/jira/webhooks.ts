import { createHmac, randomUUID } from "node:crypto";
import type { WebhookMessage } from "../shared/webhook-sender.ts";
import { adfText } from "./adf.ts";
import { changelogItems } from "./changelog.ts";
import type { JiraIssue } from "./model.ts";
import { appUser, type Renderer } from "./render.ts";
import type { JiraChange, JiraStore } from "./store.ts";

export interface JiraWebhook {
  readonly url: string;
  readonly secret: string;
}

/** What Jira posts when something changed, signed over its raw bytes. `X-Atlassian-Webhook-Retry` is for retries only. */
export const webhookMessage = (
  { url, secret }: JiraWebhook,
  store: JiraStore,
  render: Renderer,
  change: JiraChange,
): WebhookMessage => {
  const body = JSON.stringify(payload(store, render, change));
  return {
    url,
    headers: {
      "content-type": "application/json; charset=utf-8",
      "user-agent": "Atlassian HttpClient unknown / JIRA-1001.0.0-SNAPSHOT",
      "x-atlassian-webhook-identifier": randomUUID(),
      "x-hub-signature": `sha256=${createHmac("sha256", secret).update(body).digest("hex")}`,
    },
    body,
  };
};

const payload = (store: JiraStore, render: Renderer, change: JiraChange): unknown => {
  const timestamp = store.now();
  const user = appUser(render.link);
  switch (change.kind) {
    case "created":
      return {
        timestamp,
        webhookEvent: "jira:issue_created",
        user,
        issue: issueJson(store, render, change.issue),
      };
    case "updated":
      return {
        timestamp,
        webhookEvent: "jira:issue_updated",
        issue_event_type_name: "issue_generic",
        user,
        issue: issueJson(store, render, change.after),
        changelog: {
          id: String(store.nextNumber("changelog", 10_000)),
          items: changelogItems(store, change.before, change.after),
        },
      };
    case "deleted":
      return {
        timestamp,
        webhookEvent: "jira:issue_deleted",
        user,
        issue: issueJson(store, render, change.issue),
      };
    case "commented":
      return {
        timestamp,
        webhookEvent: "comment_created",
        comment: { ...render.comment(change.issue.id, change.comment), body: adfText(change.comment.body) },
        issue: issueJson(store, render, change.issue),
      };
  }
};

/** Webhooks speak the older version of the API, in which a document is text. */
const issueJson = (store: JiraStore, render: Renderer, issue: JiraIssue): unknown => ({
  id: issue.id,
  self: render.link(`/issue/${issue.id}`),
  key: issue.key,
  fields: {
    ...render.fields(issue, store),
    description: issue.description === null ? null : adfText(issue.description),
  },
});
