import { createHmac, randomUUID } from "node:crypto";
import type { WebhookDelivery } from "../shared/webhook-delivery.ts";
import { createWebhookSender } from "../shared/webhook-sender.ts";
import type { GithubInstallation, GithubRepository, GithubStore } from "./model.ts";
import type { GithubApi } from "./operations/operation.ts";
import { accountJson, nodeId, repositoryJson, userJson } from "./render.ts";

export interface WebhookTarget {
  readonly url: string;
  readonly secret: string;
}

export interface WebhookTeller {
  /** The App hears of a repository where it is installed, and nowhere else. */
  tell(event: WebhookEvent, installation: GithubInstallation | null): void;
  /** Of the installation itself: the App hears of it always. */
  tellInstallation(
    installation: GithubInstallation,
    action: "created" | "deleted" | "suspend",
    repositories: readonly GithubRepository[],
  ): void;
}

export interface Webhooks {
  teller(api: GithubApi): WebhookTeller;
  pause(paused: boolean): void;
  /** Where they go from now on; null: nowhere. */
  aim(target: WebhookTarget | null): void;
  deliveries(): readonly WebhookDelivery[];
  close(): Promise<void>;
}

export type WebhookEvent = Parameters<GithubStore["emit"]>[0];

const hookId = 4_711;

/** Headers: https://docs.github.com/webhooks/webhook-events-and-payloads#delivery-headers */
export const createWebhooks = (first: WebhookTarget | null): Webhooks => {
  const sender = createWebhookSender();
  let target = first;
  const send = ({ store }: GithubApi, name: string, payload: object): void => {
    if (target === null) return;
    const body = JSON.stringify(payload);
    sender.send({
      url: target.url,
      headers: {
        accept: "*/*",
        "content-type": "application/json",
        "user-agent": "GitHub-Hookshot/0000000",
        "x-github-event": name,
        "x-github-delivery": randomUUID(),
        "x-github-hook-id": String(hookId),
        "x-github-hook-installation-target-id": String(store.app.id),
        "x-github-hook-installation-target-type": "integration",
        "x-hub-signature-256": `sha256=${createHmac("sha256", target.secret).update(body).digest("hex")}`,
      },
      body,
    });
  };
  return {
    teller: (api) => ({
      tell({ name, action, repository, sender: login, fields }, installation) {
        if (installation === null || installation.suspended) return;
        send(api, name, {
          action,
          ...fields,
          repository: repositoryJson(api, repository),
          installation: reference(installation),
          sender: userJson(api, login),
        });
      },
      tellInstallation(installation, action, repositories) {
        send(api, "installation", installationPayload(api, installation, action, repositories));
      },
    }),
    pause: sender.pause,
    aim(next) {
      target = next;
    },
    deliveries: sender.deliveries,
    close: sender.close,
  };
};

const reference = ({ id }: GithubInstallation): object => ({ id, node_id: nodeId("MDI", id) });

const installationPayload = (
  api: GithubApi,
  installation: GithubInstallation,
  action: string,
  repositories: readonly GithubRepository[],
): object => {
  const { account, permissions } = installation;
  return {
    action,
    installation: {
      ...reference(installation),
      account: accountJson(api, account, "Organization"),
      app_id: api.store.app.id,
      permissions,
    },
    repositories: repositories.map((repository) => {
      const { id, node_id, name, full_name } = repositoryJson(api, repository);
      return { id, node_id, name, full_name, private: true };
    }),
    sender: userJson(api, account),
  };
};
