import type { IncomingHttpHeaders, OutgoingHttpHeaders } from "node:http";

/** They are about one connection, not about the message (RFC 9110, 7.6.1). */
const ofConnection = /^(?:connection|keep-alive|te|trailer|transfer-encoding|upgrade|expect|proxy-.*)$/;

/** Credentials of any kind, who asks on whose behalf, and what is said anew for the provider. */
const notPassedOn =
  /^(?:authorization|cookie2?|.*api-?key|.*token|.*secret.*|.*password.*|x-amz-.*|x-goog-.*|forwarded|x-forwarded-.*|x-real-ip|via|host|content-length|accept-encoding|openai-organization|openai-project)$/;

/** What the provider gets of the agent's headers: everything but credentials and what belongs to the connection. */
export const requestHeaders = (headers: IncomingHttpHeaders): Readonly<Record<string, string>> => ({
  ...kept(headers, notPassedOn),
  // A compressed answer would have to be unpacked to be counted.
  "accept-encoding": "identity",
});

/** What the agent gets of the provider's. A redirection would lead it away from us. */
export const answerHeaders = (headers: IncomingHttpHeaders): OutgoingHttpHeaders =>
  kept(headers, /^(?:set-cookie2?|location|alt-svc)$/);

const kept = (headers: IncomingHttpHeaders, dropped: RegExp): Readonly<Record<string, string>> => {
  const named = new Set((headers.connection ?? "").split(",").map((name) => name.trim().toLowerCase()));
  const entries = Object.entries(headers).flatMap(([name, value]) =>
    value === undefined || ofConnection.test(name) || dropped.test(name) || named.has(name)
      ? []
      : [[name, Array.isArray(value) ? value.join(", ") : value] as const],
  );
  return Object.fromEntries(entries);
};
