import { generateKeyPairSync } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { problemSentence } from "./config/problem.ts";
import { type Config, describeProblems, parseConfig } from "./config.ts";
import {
  agentSettings,
  createTrackers,
  databasePath,
  dispatchPolicy,
  missingFolders,
  notYetHere,
  refuseForcedMode,
} from "./from-config.ts";

const configOf = (env: Record<string, string> = {}): Config => {
  const least = { LOCAL_FORGE_DIR: "/srv/forge", TICKETS_DIR: "/srv/tickets" };
  const result = parseConfig({ ...least, ...env }, { production: false, interactive: false });
  if (!result.ok) throw new Error(describeProblems(result.problems));
  return result.config;
};

describe("settings of parts that this version does not have", () => {
  it("are named, so that nothing is silently ignored", () => {
    expect(notYetHere(configOf())).toEqual([]);
    const env = { NOTIFY_WEBHOOK_URL: "https://chat.example/hook" };
    expect(notYetHere(configOf(env)).map(problemSentence)).toEqual([
      "NOTIFY_WEBHOOK_URL: it is set, but this version has no notifications yet. It is ignored: unset it, or wait for a later version.",
    ]);
  });

  it("§4.1 a database that was asked for is never silently another one", () => {
    expect(databasePath(configOf({ DEDUP_DB_PATH: "/srv/dedup.sqlite" }))).toBe("/srv/dedup.sqlite");
    expect(() => databasePath(configOf({ DATABASE_URL: "postgres://app:secret@db/app" }))).toThrow(
      /^DATABASE_URL: it is set, .*Unset it and set DEDUP_DB_PATH\.$/,
    );
  });

  it("§8.2 RUNNER_MODE=local sends every run into a container of this machine", () => {
    const local = configOf({
      RUNNER_MODE: "local",
      LOCAL_RUNNER_IMAGE: "ai-implement-runner:local",
      RUNNER_CALLBACK_BASE_URL: "https://implement.example",
      RUNNER_TOKEN_SECRET: "0123456789abcdef0123456789abcdef",
    });
    expect(() => refuseForcedMode(local)).not.toThrow();
    expect(dispatchPolicy(local).forcedExecutor).toBe("docker");
    expect(local.docker).toEqual({
      host: "unix:///var/run/docker.sock",
      image: "ai-implement-runner:local",
      orchestratorUrl: "http://host.docker.internal:8080",
    });
  });

  it("§8.6 an engine that cannot be spoken to is refused, where containers are wanted at all", () => {
    const engine = { DOCKER_HOST: "ssh://builder.example" };
    expect(() => configOf(engine)).not.toThrow();
    expect(() => configOf({ ...engine, LOCAL_RUNNER_IMAGE: "runner:1" })).toThrow(
      /DOCKER_HOST: it is neither unix:\/\/\/path nor tcp:\/\/host:port/,
    );
    expect(() =>
      configOf({ DOCKER_HOST: "tcp://10.0.0.5:2375", LOCAL_RUNNER_IMAGE: "runner:1" }),
    ).not.toThrow();
  });

  it("§4.1 a forced runner mode is refused, because runs would go somewhere else than it says", () => {
    expect(() => refuseForcedMode(configOf())).not.toThrow();
    expect(() => refuseForcedMode(configOf({ RUNNER_MODE: "default" }))).not.toThrow();
    const fly = {
      RUNNER_MODE: "fly",
      FLY_SESSIONS_APP: "sessions",
      FLY_SESSIONS_TOKEN: "token",
      RUNNER_CALLBACK_BASE_URL: "https://implement.example",
      RUNNER_TOKEN_SECRET: "0123456789abcdef0123456789abcdef",
    };
    expect(() => refuseForcedMode(configOf(fly))).toThrow(/^RUNNER_MODE: it is fly, .*Unset it/);
    expect(() => refuseForcedMode(configOf({ RUNNER_MODE: "gha" }))).toThrow(
      "RUNNER_MODE: it is gha, but no GitHub App is configured. Set GITHUB_APP_ID and GITHUB_APP_PRIVATE_KEY.",
    );
  });

  it("§8.2 gha sends every run to Actions, once there is an App", () => {
    const { privateKey } = generateKeyPairSync("rsa", {
      modulusLength: 2048,
      publicKeyEncoding: { type: "spki", format: "pem" },
      privateKeyEncoding: { type: "pkcs8", format: "pem" },
    });
    const config = configOf({
      RUNNER_MODE: "gha",
      GITHUB_APP_ID: "4711",
      GITHUB_APP_PRIVATE_KEY: privateKey,
    });
    expect(() => refuseForcedMode(config)).not.toThrow();
    expect(dispatchPolicy(config).forcedExecutor).toBe("github-actions");
    expect(dispatchPolicy(configOf()).forcedExecutor).toBeUndefined();
  });
});

describe("§4.1 the trackers", () => {
  const jira = { JIRA_TOKEN: "token", JIRA_CLOUD_ID: "cloud-1", JIRA_SITE_URL: "https://acme.example" };

  it("are those whose settings are given", async () => {
    const kinds = async (env: Record<string, string>) => [
      ...(await createTrackers(configOf(env), {})).trackers.keys(),
    ];
    expect(await kinds({})).toEqual(["folder"]);
    expect(await kinds({ TICKETS_DIR: "", LINEAR_API_KEY: "key" })).toEqual(["linear"]);
    expect(await kinds({ LINEAR_API_KEY: "key", ...jira })).toEqual(["linear", "jira", "folder"]);
  });

  it("come with Jira's directory where Jira is one of them", async () => {
    expect((await createTrackers(configOf({ LINEAR_API_KEY: "key" }), {})).jiraDirectory).toBeNull();
    expect((await createTrackers(configOf(jira), {})).jiraDirectory).not.toBeNull();
  });
});

it("folders that settings name and that are not there are named with the fix", async () => {
  const there = await mkdtemp(join(tmpdir(), "ai-implement-config-"));
  onTestFinished(() => rm(there, { recursive: true }));
  const missing = join(there, "nowhere");
  const config = configOf({ TICKETS_DIR: there, LOCAL_FORGE_DIR: missing });
  expect(missingFolders(config).map(problemSentence)).toEqual([
    `LOCAL_FORGE_DIR: it names ${missing}, which does not exist. Create it or correct the setting.`,
  ]);
});

describe("what drives the work", () => {
  it("§4.1 is Claude Code, with the OAuth token where both credentials are set", () => {
    expect(agentSettings(configOf({ ANTHROPIC_API_KEY: "key" }))).toEqual({
      kind: "claude-code",
      baseUrl: "https://api.anthropic.com",
      apiKey: "key",
    });
    const both = { ANTHROPIC_API_KEY: "key", CLAUDE_CODE_OAUTH_TOKEN: "token" };
    expect(agentSettings(configOf(both))).toEqual({
      kind: "claude-code",
      baseUrl: "https://api.anthropic.com",
      oauthToken: "token",
    });
  });

  it("is found on PATH by its name, and from here by a path: never in a checkout (§11)", () => {
    expect(agentSettings(configOf({ AGENT_COMMAND: "claude" }))).toMatchObject({ command: "claude" });
    expect(agentSettings(configOf({ AGENT_COMMAND: "./bin/claude" }))).toMatchObject({
      command: resolve("bin/claude"),
    });
  });

  it("is the scripted agent where a script is named", () => {
    const env = { AGENT_SCRIPT: "rehearsal.json", ANTHROPIC_API_KEY: "key" };
    expect(agentSettings(configOf(env))).toEqual({ kind: "scripted", script: resolve("rehearsal.json") });
  });
});

it("§15 the wait before a retry is the operator's, the number of tries is not", () => {
  expect(dispatchPolicy(configOf({ RETRY_BASE_MS: "5" })).retry).toEqual({ maxTries: 3, baseDelayMs: 5 });
});
