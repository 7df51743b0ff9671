import type { agentSettings } from "./settings/runs.ts";
import type { SettingName, SettingValues } from "./settings.ts";

/**
 * The settings as the rest of the program takes them: grouped by what they configure. A group that needs
 * several settings is `null` when it is not configured.
 */
export type Config = ReturnType<typeof toConfig>;

/** @param isGiven whether a setting has a value of its own, rather than its default. */
export const toConfig = (values: SettingValues, isGiven: (name: SettingName) => boolean) =>
  deepFreeze({
    service: {
      port: values.PORT,
      pollIntervalMs: values.POLL_INTERVAL_MS,
      retryBaseMs: values.RETRY_BASE_MS,
      adminAccessCode: values.ADMIN_ACCESS_CODE,
      /** Which tenant this is. */
      clientSlug: values.CLIENT_SLUG,
      flyAppName: values.FLY_APP_NAME,
    },
    log: { level: values.LOG_LEVEL, format: values.LOG_FORMAT },
    store:
      values.DATABASE_URL === null
        ? { kind: "sqlite" as const, path: values.DEDUP_DB_PATH }
        : { kind: "postgres" as const, url: values.DATABASE_URL },
    github: {
      app: together({ id: values.GITHUB_APP_ID, privateKey: values.GITHUB_APP_PRIVATE_KEY }),
      apiUrl: values.GITHUB_API_URL,
      webhookSecret: values.GITHUB_WEBHOOK_SECRET,
      oidcIssuer: values.GITHUB_OIDC_ISSUER,
      gapFillTriggerSecret: values.GAP_FILL_TRIGGER_SECRET,
    },
    localForge: together({ directory: values.LOCAL_FORGE_DIR }),
    folder: together({ directory: values.TICKETS_DIR }),
    linear: {
      apiKey: values.LINEAR_API_KEY,
      apiUrl: values.LINEAR_API_URL,
      workspaceUrl: values.LINEAR_WORKSPACE_URL,
      webhookSecret: values.LINEAR_WEBHOOK_SECRET,
    },
    jira: {
      account: together({
        token: values.JIRA_TOKEN,
        cloudId: values.JIRA_CLOUD_ID,
        siteUrl: values.JIRA_SITE_URL,
      }),
      apiUrl: values.JIRA_API_URL,
      webhookSecret: values.JIRA_WEBHOOK_SECRET,
    },
    runs: {
      /** Null: the stored setting decides (§4.1 "beats the stored setting"). */
      mode: isGiven("RUNNER_MODE") ? values.RUNNER_MODE : null,
      callback: together({
        baseUrl: values.RUNNER_CALLBACK_BASE_URL,
        tokenSecret: values.RUNNER_TOKEN_SECRET,
      }),
      /** Image of Fly and Actions runs; null: the published one. */
      sessionImage: values.SESSION_IMAGE,
    },
    processExecutor: { directory: values.ATTEMPTS_DIR },
    /** No image: nothing runs in local containers. */
    docker: {
      host: values.DOCKER_HOST,
      image: values.LOCAL_RUNNER_IMAGE,
      orchestratorUrl: values.LOCAL_RUNNER_ORCHESTRATOR_URL,
    },
    fly: {
      sessions: together({ app: values.FLY_SESSIONS_APP, token: values.FLY_SESSIONS_TOKEN }),
      region: values.FLY_SESSIONS_REGION,
      apiUrl: values.FLY_API_URL,
      graphqlUrl: values.FLY_GRAPHQL_URL,
    },
    agent: toAgentConfig(values),
    sandbox: { egress: values.AGENT_EGRESS, hosts: values.AGENT_EGRESS_HOSTS ?? [] },
    /** Null: the runner's own. */
    modelPrices: values.MODEL_PRICES,
    /** Null: `custom` beside the program, where there is one. */
    customDirectory: values.CUSTOM_DIR,
    notifications: together({ kind: values.NOTIFY_TYPE, webhookUrl: values.NOTIFY_WEBHOOK_URL }),
    reaper: { dryRun: values.REAPER_DRY_RUN, alertThreshold: values.REAPER_ALERT_THRESHOLD },
  });

/** The agent's part alone, for a command that needs neither tracker nor code host. */
export const toAgentConfig = (values: Pick<SettingValues, keyof typeof agentSettings>) => ({
  kind: values.AGENT,
  command: values.AGENT_COMMAND,
  /** The scripted agent's script; null: a model does the work. */
  script: values.AGENT_SCRIPT,
  baseUrl: values.ANTHROPIC_BASE_URL,
  apiKey: values.ANTHROPIC_API_KEY,
  /** Wins over the key when both are set. */
  oauthToken: values.CLAUDE_CODE_OAUTH_TOKEN,
  openai: {
    apiKey: values.OPENAI_API_KEY,
    baseUrl: values.OPENAI_BASE_URL,
    /** Null: the runner's own choice. */
    model: values.AGENT_MODEL,
  },
});

type Present<Group> = { readonly [Key in keyof Group]: Exclude<Group[Key], null> };

/** All of them, or nothing. That a part is missing has been reported before. */
const together = <Group extends Record<string, string | number | null>>(
  group: Group,
): Present<Group> | null => (isComplete(group) ? group : null);

const isComplete = <Group extends Record<string, string | number | null>>(
  group: Group,
): group is Group & Present<Group> => Object.values(group).every((value) => value !== null);

type DeepReadonly<Value> = Value extends object
  ? { readonly [Key in keyof Value]: DeepReadonly<Value[Key]> }
  : Value;

const deepFreeze = <Value extends object>(value: Value): DeepReadonly<Value> => {
  for (const part of Object.values(value) as unknown[])
    if (typeof part === "object" && part !== null) deepFreeze(part);
  return Object.freeze(value) as DeepReadonly<Value>;
};
