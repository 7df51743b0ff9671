import type { AgentSettings } from "@ai-implement/contracts";
import { describe, expect, it } from "vitest";
import { matching } from "../testing/matchers.ts";
import { noModelEnvironment } from "../testing/model-environment.ts";
import { equip, type OpenAwsSessions } from "./equip.ts";
import type { ModelEnvironment } from "./model-environment.ts";

const opened: Parameters<OpenAwsSessions>[] = [];
const openAwsSessions: OpenAwsSessions = (...how) => {
  opened.push(how);
  return () => Promise.resolve({ kind: "failed", reason: "transport", message: "nobody is asked here" });
};
const equipped = (settings: AgentSettings, environment: Partial<ModelEnvironment> = {}) =>
  equip(settings, { ...noModelEnvironment, ...environment }, openAwsSessions);

const everything = {
  oauthToken: "oauth-of-the-environment",
  apiKey: "key-of-the-environment",
  baseUrl: "https://models.example",
  command: "/opt/claude",
};

describe("§4.2 the environment fills in what the job's agent does not bring", () => {
  it("nothing where the job brings it all", () => {
    const job = {
      kind: "claude-code",
      apiKey: "key-of-the-job",
      baseUrl: "http://127.0.0.1:1",
      command: "/usr/bin/claude",
    } as const;
    expect(equipped(job, everything)).toEqual({
      kind: "ready",
      agent: {
        kind: "claude-code",
        command: "/usr/bin/claude",
        credentials: {
          provider: "anthropic",
          baseUrl: "http://127.0.0.1:1",
          apiKey: "key-of-the-job",
          oauthToken: undefined,
        },
      },
    });
  });

  it("credential, address and command where the job brings none", () => {
    expect(equipped({ kind: "claude-code" }, everything)).toEqual({
      kind: "ready",
      agent: {
        kind: "claude-code",
        command: "/opt/claude",
        credentials: {
          provider: "anthropic",
          baseUrl: "https://models.example",
          apiKey: "key-of-the-environment",
          oauthToken: "oauth-of-the-environment",
        },
      },
    });
  });

  it("and says what to set where neither has a credential", () => {
    expect(equipped({ kind: "claude-code" })).toEqual({
      kind: "missing",
      message: matching(/CLAUDE_CODE_OAUTH_TOKEN .*ANTHROPIC_API_KEY/),
    });
  });

  it("but sends no credential over a network that reads along", () => {
    expect(equipped({ kind: "claude-code" }, { ...everything, baseUrl: "http://models.example" })).toEqual({
      kind: "missing",
      message: "ANTHROPIC_BASE_URL has to be https, or http to this machine.",
    });
  });

  it("needs nothing for the rehearsal", () => {
    expect(equipped({ kind: "scripted", script: "/x" })).toMatchObject({ kind: "ready" });
  });

  it("prefers the project's region, and takes that of the environment where there is none", () => {
    const identity = { url: "https://token.example", requestToken: "request-token" };
    const environment = { roleArn: "arn:aws:iam::123456789012:role/a/b", awsRegion: "us-east-1", identity };
    equipped({ kind: "claude-code", provider: "bedrock", awsRegion: "eu-central-1" }, environment);
    equipped({ kind: "claude-code", provider: "bedrock" }, environment);
    expect(opened.map(([{ region }]) => region)).toEqual(["eu-central-1", "us-east-1"]);
  });

  it("takes no region and no role that would lead elsewhere", () => {
    const identity = { url: "https://token.example", requestToken: "request-token" };
    const environment = { roleArn: "arn:aws:s3:::bucket", awsRegion: "eu.evil.example/", identity };
    expect(equipped({ kind: "claude-code", provider: "bedrock" }, environment)).toEqual({
      kind: "missing",
      message: matching(/AWS_BEDROCK_ROLE_ARN has to be the ARN of a role.*AWS region/),
    });
  });
});
