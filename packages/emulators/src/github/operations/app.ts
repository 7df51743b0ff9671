import { z } from "zod";
import type { Credentials } from "../credentials.ts";
import type { GithubInstallation } from "../model.ts";
import { notFound, unauthorized } from "../refusal.ts";
import { accountId, accountJson, apiUrl, epoch, type Json, nodeId, repositoryJson } from "../render.ts";
import { isInstalledOn } from "../store.ts";
import { created, noContent, ok, pageOf, repositoryOf } from "./answers.ts";
import type { Call, GithubApi, Operate, Operation } from "./operation.ts";

/** What the App has subscribed to. */
const events = [
  "check_suite",
  "issue_comment",
  "pull_request",
  "pull_request_review",
  "pull_request_review_comment",
  "workflow_run",
];

const tokenRequestSchema = z.object({
  repositories: z.array(z.string()).optional(),
  repository_ids: z.array(z.int()).optional(),
  permissions: z.record(z.string(), z.enum(["read", "write", "admin"])).optional(),
});

/** What the App does in its own name, with its JWT, and the end of a token. */
export const appOperations = (credentials: Credentials): readonly (readonly [string, Operation])[] => [
  ["apps/get-authenticated", byApp((api) => ok(appJson(api)))],
  ["apps/list-installations", byApp(listInstallations)],
  ["apps/get-installation", byApp((api, call) => ok(installationJson(api, installationOf(api, call))))],
  ["apps/get-repo-installation", byApp(getRepositoryInstallation)],
  [
    "apps/create-installation-access-token",
    byApp((api, call) => {
      const request = tokenRequestSchema.parse(call.body ?? {});
      const minted = credentials.mint(installationOf(api, call), request);
      return created({
        token: minted.token,
        expires_at: new Date(minted.expiresAt).toISOString(),
        permissions: minted.permissions,
        repository_selection: minted.repositories === null ? "all" : "selected",
        ...(minted.repositories === null
          ? {}
          : { repositories: minted.repositories.map((one) => repositoryJson(api, one)) }),
      });
    }),
  ],
  [
    "apps/revoke-installation-access-token",
    {
      needs: null,
      operate: (_, { caller }) => {
        if (caller.kind !== "installation") throw unauthorized("Requires authentication");
        credentials.revoke(caller.token);
        return noContent;
      },
    },
  ],
];

/** With the App's JWT only: an installation's token is no JSON web token. */
const byApp = (operate: Operate): Operation => ({
  needs: null,
  operate: (api, call) => {
    if (call.caller.kind !== "app") throw unauthorized("A JSON web token could not be decoded");
    return operate(api, call);
  },
});

const listInstallations: Operate = (api, call) => {
  const { items, headers } = pageOf(api, call, "/app/installations", api.store.installations);
  return ok(
    items.map((one) => installationJson(api, one)),
    headers,
  );
};

const getRepositoryInstallation: Operate = (api, call) => {
  const repository = repositoryOf(api, call);
  const installation = api.store.installations.find((one) => isInstalledOn(one, repository));
  if (installation === undefined) throw notFound();
  return ok(installationJson(api, installation));
};

/** @throws Refusal 404 where there is none */
const installationOf = ({ store }: GithubApi, { path }: Call): GithubInstallation => {
  const found = store.installations.find(({ id }) => String(id) === path["installation_id"]);
  if (found === undefined) throw notFound();
  return found;
};

const appJson = (api: GithubApi): Json => {
  const { id, slug } = api.store.app;
  return {
    id,
    slug,
    node_id: nodeId("A", id),
    owner: accountJson(api, "acme", "Organization"),
    name: slug,
    description: null,
    external_url: api.url(),
    html_url: `${api.url()}/apps/${slug}`,
    created_at: epoch,
    updated_at: epoch,
    permissions: {
      actions: "write",
      checks: "read",
      contents: "write",
      issues: "write",
      metadata: "read",
      pull_requests: "write",
      workflows: "write",
    },
    events,
    installations_count: api.store.installations.length,
  };
};

const installationJson = (api: GithubApi, installation: GithubInstallation): Json => {
  const { id, account, repositories, permissions, suspended } = installation;
  const url = apiUrl(api, `/app/installations/${id}`);
  return {
    id,
    account: accountJson(api, account, "Organization"),
    repository_selection: repositories === null ? "all" : "selected",
    access_tokens_url: `${url}/access_tokens`,
    repositories_url: apiUrl(api, "/installation/repositories"),
    html_url: `${api.url()}/organizations/${account}/settings/installations/${id}`,
    app_id: api.store.app.id,
    app_slug: api.store.app.slug,
    target_id: accountId(account),
    target_type: "Organization",
    permissions,
    events,
    created_at: epoch,
    updated_at: epoch,
    single_file_name: null,
    suspended_by: suspended ? accountJson(api, account, "User") : null,
    suspended_at: suspended ? epoch : null,
  };
};
