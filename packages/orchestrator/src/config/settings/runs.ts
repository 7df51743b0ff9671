import { hosts, image, name, oneOf, path, prices, text, url } from "../kinds.ts";
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
    meaning: "Where each attempt on this machine has its folder: its files, or its container's log.",
  }),
  LOCAL_RUNNER_IMAGE: optional({
    kind: image,
    meaning:
      "Image of attempts in local containers (`executionMode` docker, `RUNNER_MODE=local`), built by `npm run build:runner:local`.",
    whenUnset: "no attempt runs in a local container; required with `RUNNER_MODE=local`",
  }),
  LOCAL_RUNNER_ORCHESTRATOR_URL: defaulted({
    kind: url({ plainHttp: "anywhere" }),
    default: {
      text: "http://host.docker.internal:PORT",
      of: ({ port }) => `http://host.docker.internal:${port}`,
    },
    meaning: "How a local container reaches this service.",
  }),
  DOCKER_HOST: defaulted({
    kind: text(),
    default: "unix:///var/run/docker.sock",
    meaning:
      "The container engine of those attempts, Docker's or podman's: `unix:///path` or `tcp://host:port`, without TLS.",
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
  AGENT_EGRESS: defaulted({
    kind: oneOf(["enforced", "allow-list", "off"]),
    default: "allow-list",
    meaning:
      "What the agent and the repository's own programs reach of the network. `enforced`: the model, package registries and `AGENT_EGRESS_HOSTS`, and a run fails where that cannot be enforced; `allow-list`: the same as far as the machine permits, and the run's receipt says how far; `off`: everything.",
  }),
  AGENT_EGRESS_HOSTS: optional({ kind: hosts, meaning: "What else they may reach." }),
  MODEL_PRICES: optional({
    kind: prices,
    meaning: "Prices of models that the runner does not know, or that you pay otherwise.",
    whenUnset: "the list prices that came with this version",
  }),
  CUSTOM_DIR: optional({
    kind: path,
    meaning: "Your own pipelines and steps: `pipelines/<phase>.yml` and `steps/<id>.ts` or `.js`.",
    whenUnset: "`custom` in the working directory, where there is one",
  }),
} as const;

export const agentSettings = {
  AGENT: defaulted({
    kind: oneOf(["claude-code", "codex"]),
    default: "claude-code",
    meaning: "The coding CLI that does the work.",
  }),
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
  OPENAI_API_KEY: optional({
    kind: text(),
    secret: true,
    meaning: "Model key of `AGENT=codex`, forwarded to runs that are not on Actions.",
  }),
  OPENAI_BASE_URL: defaulted({
    kind: url({ plainHttp: "loopback" }),
    default: "https://api.openai.com/v1",
    meaning: "OpenAI's API, or a proxy of it.",
  }),
  AGENT_MODEL: optional({
    kind: name,
    meaning: "The model of `AGENT=codex` where a repository names none.",
    whenUnset: "the runner's own choice",
  }),
  AGENT_COMMAND: optional({
    kind: path,
    meaning: "The agent's CLI that the process executor's runs use.",
    whenUnset: "`claude` or `codex`, found on PATH",
  }),
  AGENT_SCRIPT: optional({
    kind: path,
    meaning:
      "Path of a rehearsal script: the scripted agent runs instead of a model, and says so wherever it shows. For the demo.",
    whenUnset: "a model does the work",
  }),
} as const;
