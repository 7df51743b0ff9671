import { image, name, oneOf, path, text, url } from "../kinds.ts";
import { byPlace, defaulted, optional } from "../setting.ts";

export const runSettings = {
  RUNNER_MODE: defaulted({
    kind: oneOf(["default", "gha", "fly", "local", "shadow"]),
    default: "default",
    meaning:
      "Where runs go. `default`: as each project says; `gha`, `fly` and `local` (Docker) force one; `shadow`: Actions works and a Fly machine runs beside it without effect. Beats the stored setting when it is set.",
  }),
  RUNNER_CALLBACK_BASE_URL: optional({
    kind: url({ plainHttp: "loopback" }),
    meaning: "Public base URL under which runners reach this service.",
    whenUnset: "required for Fly and local Docker",
  }),
  RUNNER_TOKEN_SECRET: optional({
    kind: text({ minBytes: 32 }),
    secret: true,
    meaning: "Signs the runners' tokens.",
    whenUnset: "required with `RUNNER_CALLBACK_BASE_URL`",
  }),
  ATTEMPTS_DIR: defaulted({
    kind: path,
    default: byPlace("/data/attempts", "./attempts"),
    meaning: "Where the process executor keeps each attempt's folder.",
  }),
  LOCAL_RUNNER_IMAGE: optional({
    kind: image,
    meaning: "Image of `RUNNER_MODE=local`, built by `npm run build:runner:local`.",
    whenUnset: "required with `RUNNER_MODE=local`",
  }),
  LOCAL_RUNNER_ORCHESTRATOR_URL: defaulted({
    kind: url({ plainHttp: "anywhere" }),
    default: {
      text: "http://host.docker.internal:PORT",
      of: ({ port }) => `http://host.docker.internal:${port}`,
    },
    meaning: "How a local container reaches this service.",
  }),
  SESSION_IMAGE: optional({
    kind: image,
    meaning:
      "Default image of Fly sessions, forwarded to Actions. `.ai-implement/image.yml` of a repository wins.",
    whenUnset: "the published runner image",
  }),
  FLY_SESSIONS_APP: optional({
    kind: name,
    meaning: "The Fly app whose machines run the sessions.",
    whenUnset: "required when a run can go to Fly",
  }),
  FLY_SESSIONS_REGION: defaulted({ kind: name, default: "iad", meaning: "The region of those machines." }),
  FLY_SESSIONS_TOKEN: optional({
    kind: text(),
    secret: true,
    meaning: "Fly token that may create machines in `FLY_SESSIONS_APP`.",
    whenUnset: "required when a run can go to Fly",
  }),
  FLY_API_URL: defaulted({
    kind: url({ plainHttp: "loopback" }),
    default: "https://api.machines.dev/v1",
    meaning: "Fly's Machines API.",
  }),
  FLY_GRAPHQL_URL: defaulted({
    kind: url({ plainHttp: "loopback" }),
    default: "https://api.fly.io/graphql",
    meaning: "Fly's GraphQL API, for app secrets.",
  }),
} as const;

export const agentSettings = {
  ANTHROPIC_API_KEY: optional({
    kind: text(),
    secret: true,
    meaning: "Model key, forwarded to runs that are not on Actions.",
  }),
  CLAUDE_CODE_OAUTH_TOKEN: optional({
    kind: text(),
    secret: true,
    meaning: "Claude Code's OAuth token, forwarded likewise; wins when both are set.",
  }),
  ANTHROPIC_BASE_URL: defaulted({
    kind: url({ plainHttp: "loopback" }),
    default: "https://api.anthropic.com",
    meaning: "Anthropic's API, or a proxy of it.",
  }),
  AGENT_COMMAND: optional({
    kind: path,
    meaning: "The Claude Code CLI that the process executor's runs use.",
    whenUnset: "`claude`, found on PATH",
  }),
  AGENT_SCRIPT: optional({
    kind: path,
    meaning:
      "Path of a rehearsal script: the scripted agent runs instead of a model, and says so wherever it shows. For the demo.",
    whenUnset: "a model does the work",
  }),
} as const;
