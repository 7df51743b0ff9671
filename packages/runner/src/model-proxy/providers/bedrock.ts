import type { IncomingMessage } from "node:http";
import { AwsV4Signer } from "aws4fetch";
import type { AwsSession } from "../../aws/assume-role.ts";
import { requestHeaders } from "../headers.ts";
import type { Upstream } from "../upstream.ts";
import { createAnthropicTally } from "../usage/tally.ts";
import { appended } from "./address.ts";
import type { Outgoing, Provider } from "./provider.ts";

type BedrockUpstream = Extract<Upstream, { kind: "bedrock" }>;

/** AWS checks a signature when the request begins: credentials that live this long are enough. */
const enoughMs = 5 * 60_000;

const operations = ["invoke", "invoke-with-response-stream", "count-tokens"];
/** An id or an ARN; as a part of a path it stays one. */
const modelForm = /^(?!.*\.\.)[A-Za-z0-9][\w.:/-]{0,199}$/;

/** The runtime of Amazon Bedrock (docs.aws.amazon.com, API reference): the agent does not sign, we do. */
export const bedrockProvider = (upstream: BedrockUpstream): Provider => ({
  tokenIn: "path",
  route: (method, path) => {
    const [, written = "", operation = ""] = /^\/model\/([^/]+)\/([a-z-]+)$/.exec(path) ?? [];
    const model = decoded(written);
    if (method !== "POST" || !operations.includes(operation) || !modelForm.test(model)) return null;
    const clean = `/model/${encodeURIComponent(model)}/${operation}`;
    if (operation === "count-tokens") return { kind: "free", path: clean };
    return { kind: "call", path: clean, model, isStreamed: operation === "invoke-with-response-stream" };
  },
  prove: async (request, { path }, _query, body) => {
    const answer = await upstream.sessions({ fresh: false, enoughMs });
    if (answer.kind === "failed")
      return {
        kind: "failed",
        status: answer.reason === "unauthorised" ? 403 : 503,
        message: answer.message,
      };
    const url = appended(upstream.baseUrl ?? addressIn(upstream.region), path);
    return { kind: "proven", outgoing: await signed(request, url, body, upstream.region, answer.session) };
  },
  createTally: createAnthropicTally,
  errorBody: (_status, message) => ({ message }),
});

const decoded = (part: string): string => {
  try {
    return decodeURIComponent(part);
  } catch {
    // Not a form of a model's name.
    return "";
  }
};

const addressIn = (region: string): string =>
  `https://bedrock-runtime.${region}.amazonaws.com${region.startsWith("cn-") ? ".cn" : ""}`;

const signed = async (
  request: IncomingMessage,
  url: URL,
  body: Buffer,
  region: string,
  { accessKeyId, secretAccessKey, sessionToken }: AwsSession,
): Promise<Outgoing> => {
  const { headers } = await new AwsV4Signer({
    method: "POST",
    url: url.href,
    headers: requestHeaders(request.headers),
    // A copy with a buffer of its own: that of a small Buffer is shared with others.
    body: Uint8Array.from(body),
    accessKeyId,
    secretAccessKey,
    sessionToken,
    service: "bedrock",
    region,
  }).sign();
  // The host is among what is signed, and the connection says it by itself.
  headers.delete("host");
  return { method: "POST", url, headers: Object.fromEntries(headers), body };
};
