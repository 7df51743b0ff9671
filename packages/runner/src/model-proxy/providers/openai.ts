import { requestHeaders } from "../headers.ts";
import type { Upstream } from "../upstream.ts";
import { createOpenaiTally } from "../usage/tally.ts";
import { appended } from "./address.ts";
import type { Provider } from "./provider.ts";

/** The agent's addresses begin with it, and the provider's own ends with it. */
const version = "/v1";

/** The Responses API (platform.openai.com, "API reference"). */
export const openaiProvider = ({ baseUrl, apiKey }: Extract<Upstream, { kind: "openai" }>): Provider => ({
  tokenIn: "headers",
  route: (method, path) => {
    if (method === "POST" && path === `${version}/responses`)
      return { kind: "call", path: "/responses", model: null, isStreamed: null };
    return method === "GET" && path === `${version}/models` ? { kind: "free", path: "/models" } : null;
  },
  prove: async (request, { path }, query, body) => ({
    kind: "proven",
    outgoing: {
      method: request.method ?? "GET",
      url: appended(baseUrl, path, query),
      headers: { ...requestHeaders(request.headers), authorization: `Bearer ${apiKey}` },
      body,
    },
  }),
  createTally: createOpenaiTally,
  errorBody: (status, message) => ({
    error: {
      message,
      type: status < 500 ? "invalid_request_error" : "server_error",
      param: null,
      code: null,
    },
  }),
});
