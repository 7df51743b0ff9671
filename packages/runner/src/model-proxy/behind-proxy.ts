import type { ReceiptFacts } from "@ai-implement/contracts";
import type { Credentials } from "../agent/claude-code/environment.ts";
import type { EquippedAgent } from "../agent/equip.ts";
import type { ModelProxy } from "./model-proxy.ts";
import type { Upstream } from "./upstream.ts";

const anthropicAddress = "https://api.anthropic.com";
const openaiAddress = "https://api.openai.com/v1";

/** Where the agent's calls go to, and with what. Null: it asks no model. */
export const upstreamOf = (equipped: EquippedAgent): Upstream | null => {
  switch (equipped.kind) {
    case "scripted":
      return null;
    case "codex":
      return { kind: "openai", baseUrl: equipped.baseUrl ?? openaiAddress, apiKey: equipped.apiKey };
    case "claude-code":
      return upstreamOfClaudeCode(equipped.credentials);
  }
};

const upstreamOfClaudeCode = (credentials: Credentials): Upstream | null => {
  if (credentials.provider !== "anthropic") {
    const { region, sessions } = credentials;
    return { kind: "bedrock", region, sessions };
  }
  const { baseUrl = anthropicAddress, apiKey, oauthToken } = credentials;
  // The token wins when both are set (§4.1).
  if (oauthToken !== undefined) return { kind: "anthropic-oauth", baseUrl };
  return apiKey === undefined ? null : { kind: "anthropic", baseUrl, apiKey };
};

/** The same agent, asking the proxy: with the proxy's token in place of its credential, wherever it can do without it. */
export const behindProxy = (equipped: EquippedAgent, proxy: ModelProxy): EquippedAgent => {
  switch (equipped.kind) {
    case "scripted":
      return equipped;
    case "codex":
      return { ...equipped, baseUrl: `${proxy.url}/v1`, apiKey: proxy.token };
    case "claude-code":
      return { ...equipped, credentials: credentialsBehind(equipped.credentials, proxy) };
  }
};

const credentialsBehind = (credentials: Credentials, { url, token }: ModelProxy): Credentials => {
  if (credentials.provider !== "anthropic") return { ...credentials, provider: "bedrock-proxied", url };
  const { oauthToken } = credentials;
  return oauthToken === undefined
    ? { provider: "anthropic", baseUrl: url, apiKey: token }
    : { provider: "anthropic", baseUrl: url, oauthToken };
};

/** Who holds the model's credential when the agent asks the proxy (§11.3). It goes on the run's receipt. */
export const modelCredentialOf = (equipped: EquippedAgent): ReceiptFacts["modelCredential"] => {
  switch (upstreamOf(equipped)?.kind) {
    case undefined:
      return "none";
    case "anthropic-oauth":
      return "agent";
    case "anthropic":
    case "bedrock":
    case "openai":
      return "runner";
  }
};
