import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { type Config, describeProblems, parseConfig } from "./config.ts";
import {
  agentSettings,
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
    const env = { LINEAR_API_KEY: "key", NOTIFY_WEBHOOK_URL: "https://chat.example/hook" };
    expect(notYetHere(configOf(env))).toEqual([
      "LINEAR_API_KEY is set, but this version has no Linear yet: it is ignored.",
      "NOTIFY_WEBHOOK_URL is set, but this version has no notifications yet: it is ignored.",
    ]);
  });

  it("§4.1 a database that was asked for is never silently another one", () => {
    expect(databasePath(configOf({ DEDUP_DB_PATH: "/srv/dedup.sqlite" }))).toBe("/srv/dedup.sqlite");
    expect(() => databasePath(configOf({ DATABASE_URL: "postgres://app:secret@db/app" }))).toThrow(
      /^DATABASE_URL is set, .*unset it and set DEDUP_DB_PATH\.$/,
    );
  });

  it("§4.1 a forced runner mode is refused, because runs would go somewhere else than it says", () => {
    expect(() => refuseForcedMode(configOf())).not.toThrow();
    expect(() => refuseForcedMode(configOf({ RUNNER_MODE: "default" }))).not.toThrow();
    expect(() => refuseForcedMode(configOf({ RUNNER_MODE: "gha" }))).toThrow(/^RUNNER_MODE=gha .*unset it/);
  });
});

it("folders that settings name and that are not there are named with the fix", async () => {
  const there = await mkdtemp(join(tmpdir(), "ai-implement-config-"));
  onTestFinished(() => rm(there, { recursive: true }));
  const missing = join(there, "nowhere");
  expect(missingFolders(configOf({ TICKETS_DIR: there, LOCAL_FORGE_DIR: missing }))).toEqual([
    `LOCAL_FORGE_DIR names ${missing}, which does not exist: create it or correct the setting.`,
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
