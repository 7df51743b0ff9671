import { describe, expect, it } from "vitest";
import type { EquippedAgent } from "../agent/equip.ts";
import { behindProxy, modelCredentialOf, upstreamOf } from "./behind-proxy.ts";
import type { ModelProxy } from "./model-proxy.ts";

const proxy: ModelProxy = {
  url: "http://127.0.0.1:1",
  token: "token-of-the-run",
  open: () => {
    throw new Error("nobody opens it here");
  },
  close: async () => undefined,
};
const sessions = () => Promise.reject(new Error("nobody asks here"));

const withKey: EquippedAgent = {
  kind: "claude-code",
  command: "claude",
  credentials: { provider: "anthropic", apiKey: "the-key" },
};
const withToken: EquippedAgent = {
  kind: "claude-code",
  credentials: {
    provider: "anthropic",
    baseUrl: "https://models.example",
    apiKey: "the-key",
    oauthToken: "oat",
  },
};
const onBedrock: EquippedAgent = {
  kind: "claude-code",
  credentials: { provider: "bedrock", region: "eu-west-1", roleArn: "arn", sessions },
};
const codex: EquippedAgent = { kind: "codex", baseUrl: null, apiKey: "the-key" };
const scripted: EquippedAgent = { kind: "scripted", script: "{}" };

describe("§11.3 who holds the model's credential", () => {
  it.each([
    ["an API key", withKey, "runner"],
    ["a role at AWS", onBedrock, "runner"],
    ["a key of OpenAI", codex, "runner"],
    ["an OAuth token", withToken, "agent"],
    ["the rehearsal", scripted, "none"],
  ])("%s", (_, agent, holder) => expect(modelCredentialOf(agent)).toBe(holder));

  it("an agent behind the proxy has the proxy's token where the key was", () => {
    expect(behindProxy(withKey, proxy)).toEqual({
      kind: "claude-code",
      command: "claude",
      credentials: { provider: "anthropic", baseUrl: proxy.url, apiKey: proxy.token },
    });
    expect(behindProxy(codex, proxy)).toEqual({
      kind: "codex",
      baseUrl: `${proxy.url}/v1`,
      apiKey: proxy.token,
    });
    expect(behindProxy(onBedrock, proxy)).toMatchObject({
      credentials: { provider: "bedrock-proxied", url: proxy.url, region: "eu-west-1" },
    });
    expect(behindProxy(scripted, proxy)).toEqual(scripted);
  });

  it("an OAuth token stays with the agent, and a key beside it does not", () => {
    expect(behindProxy(withToken, proxy)).toEqual({
      kind: "claude-code",
      credentials: { provider: "anthropic", baseUrl: proxy.url, oauthToken: "oat" },
    });
  });

  it("the calls go where the agent's would have gone", () => {
    expect(upstreamOf(withKey)).toEqual({
      kind: "anthropic",
      baseUrl: "https://api.anthropic.com",
      apiKey: "the-key",
    });
    expect(upstreamOf(withToken)).toEqual({ kind: "anthropic-oauth", baseUrl: "https://models.example" });
    expect(upstreamOf(codex)).toMatchObject({ kind: "openai", baseUrl: "https://api.openai.com/v1" });
    expect(upstreamOf(onBedrock)).toEqual({ kind: "bedrock", region: "eu-west-1", sessions });
    expect(upstreamOf(scripted)).toBeNull();
  });
});
