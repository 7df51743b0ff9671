import type { Upstream } from "../upstream.ts";
import { anthropicProvider } from "./anthropic.ts";
import { bedrockProvider } from "./bedrock.ts";
import { openaiProvider } from "./openai.ts";
import type { Provider } from "./provider.ts";

export const providerOf = (upstream: Upstream): Provider => {
  switch (upstream.kind) {
    case "anthropic":
    case "anthropic-oauth":
      return anthropicProvider(upstream);
    case "bedrock":
      return bedrockProvider(upstream);
    case "openai":
      return openaiProvider(upstream);
  }
};
