import { z } from "zod";
import { VendorError } from "../../../ports/vendor-error.ts";
import type { VendorGate } from "../../shared/vendor-gate.ts";
import { boundedFetch, isSafeAddress } from "./bounded-fetch.ts";
import type { PublishedKeys } from "./issuer-keys.ts";

export const issuerName = "The issuer of the jobs' identities (GITHUB_OIDC_ISSUER)";

const maxBytes = 256 * 1024;

const discoverySchema = z.object({ issuer: z.string(), jwks_uri: z.string() });

const keySetSchema = z.object({ keys: z.array(z.unknown()).max(100) });

/** An RSA key of at least 2,048 bits, in base64url; whatever else is in the set verifies nothing here. */
const rsaKeySchema = z.object({
  kty: z.literal("RSA"),
  kid: z.string().min(1).max(200),
  n: z.string().regex(/^[\w-]{342,2000}$/),
  e: z.string().regex(/^[\w-]{1,20}$/),
  use: z.literal("sig").optional(),
  alg: z.literal("RS256").optional(),
});

/**
 * An issuer's keys as it publishes them (OpenID Connect Discovery 1.0, section 4).
 * @param issuer without a slash at its end
 * @throws VendorError
 */
export const readPublishedKeys = async (issuer: string, gate: VendorGate): Promise<PublishedKeys> => {
  const discovery = await readJson(
    new URL(`${issuer}/.well-known/openid-configuration`),
    discoverySchema,
    gate,
  );
  if (discovery.issuer.replace(/\/$/, "") !== issuer)
    throw malformed(`says that it is ${JSON.stringify(discovery.issuer.slice(0, 200))}`);
  const { keys } = await readJson(keysUrl(discovery.jwks_uri, issuer), keySetSchema, gate);
  const usable = keys.flatMap((key) => rsaKeySchema.safeParse(key).data ?? []);
  if (usable.length === 0) throw malformed("publishes no RSA key");
  return new Map(usable.map(({ kid, n, e }) => [kid, { kty: "RSA", kid, n, e }]));
};

const keysUrl = (address: string, issuer: string): URL => {
  if (!URL.canParse(address)) throw malformed("names no address of its keys");
  const url = new URL(address);
  if (url.origin !== new URL(issuer).origin || !isSafeAddress(url))
    throw malformed("has its keys at another place than itself");
  return url;
};

const readJson = <Value>(url: URL, schema: z.ZodType<Value>, gate: VendorGate): Promise<Value> =>
  gate.read(async (signal) => {
    const { status, bytes } = await boundedFetch({ vendor: issuerName, url, maxBytes, signal });
    if (status !== 200) throw new VendorError("unavailable", `${issuerName} answered ${status}.`);
    if (bytes === null) throw malformed(`answered with more than ${maxBytes} bytes`);
    const parsed = schema.safeParse(jsonOf(bytes));
    if (!parsed.success) throw malformed("answered with something else than its documentation says");
    return parsed.data;
  });

const malformed = (what: string): VendorError => new VendorError("malformed", `${issuerName} ${what}.`);

/** Undefined, which fits no schema, where it is none. */
const jsonOf = (bytes: Uint8Array): unknown => {
  try {
    return JSON.parse(Buffer.from(bytes).toString("utf8")) as unknown;
  } catch {
    return undefined;
  }
};
