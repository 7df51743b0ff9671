import { requestHeaders } from "../headers.ts";
import type { Upstream } from "../upstream.ts";
import { createAnthropicTally } from "../usage/tally.ts";
import { appended } from "./address.ts";
import type { Provider } from "./provider.ts";

type AnthropicUpstream = Extract<Upstream, { kind: "anthropic" | "anthropic-oauth" }>;

const messages = "/v1/messages";
const countTokens = "/v1/messages/count_tokens";

/** The Messages API (platform.claude.com, "API reference"). */
export const anthropicProvider = (upstream: AnthropicUpstream): Provider => ({
  // A header that carries the agent's own token is not free for another.
  tokenIn: upstream.kind === "anthropic" ? "headers" : "path",
  route: (method, path) => {
    if (method !== "POST") return null;
    if (path === messages) return { kind: "call", path, model: null, isStreamed: null };
    return path === countTokens ? { kind: "free", path } : null;
  },
  prove: async (request, { path }, query, body) => ({
    kind: "proven",
    outgoing: {
      method: "POST",
      url: appended(upstream.baseUrl, path, query),
      headers: {
        ...requestHeaders(request.headers),
        ...(upstream.kind === "anthropic"
          ? { "x-api-key": upstream.apiKey }
          : { authorization: request.headers.authorization ?? "" }),
      },
      body,
    },
  }),
  createTally: createAnthropicTally,
  errorBody: (status, message) => ({ type: "error", error: { type: errorType(status), message } }),
});

const errorType = (status: number): string => {
  switch (status) {
    case 400:
      return "invalid_request_error";
    case 401:
      return "authentication_error";
    case 403:
      return "permission_error";
    case 404:
      return "not_found_error";
    case 413:
      return "request_too_large";
    case 429:
      return "rate_limit_error";
    default:
      return "api_error";
  }
};
