import { createHmac } from "node:crypto";
import { type LoopbackAnswer, startLoopbackServer } from "@ai-implement/emulators/shared/loopback-server.ts";
import { type CryptoKey, exportJWK, exportSPKI, generateKeyPair, SignJWT } from "jose";

interface SigningKey {
  readonly kid: string;
  readonly publicKey: CryptoKey;
  readonly privateKey: CryptoKey;
}

/** An issuer of identity tokens whose every answer and every token is the test's. */
export interface TokenIssuer {
  readonly url: string;
  /** Paths that were asked for, oldest first. */
  readonly asked: readonly string[];
  /** What it answers instead of what it should; null: it behaves. */
  answer(path: string, instead: LoopbackAnswer | null): void;
  /** A new key signs, and is published; the old ones are published no longer. */
  rotate(): Promise<void>;
  /** A genuine token; what is given takes the place of a claim or of a header, undefined leaves it out. */
  token(
    claims?: Readonly<Record<string, unknown>>,
    header?: Readonly<Record<string, unknown>>,
    signedBy?: CryptoKey,
  ): Promise<string>;
  /** A token that is signed with the text of the public key as if it were a shared secret. */
  confused(): Promise<string>;
  close(): Promise<void>;
}

export const audience = "https://ai-implement.acme.example";
export const keysPath = "/.well-known/jwks";
export const discoveryPath = "/.well-known/openid-configuration";

export const startTokenIssuer = async (now: () => number): Promise<TokenIssuer> => {
  const asked: string[] = [];
  const instead = new Map<string, LoopbackAnswer>();
  let key = await newKey("key-1");
  const published = async (): Promise<unknown> => ({
    keys: [{ ...(await exportJWK(key.publicKey)), kid: key.kid, alg: "RS256", use: "sig" }],
  });
  const json = (value: unknown): LoopbackAnswer => ({ status: 200, body: JSON.stringify(value) });
  const server = await startLoopbackServer({
    receive: ({ path }) => {
      asked.push(path);
      const act = async (): Promise<LoopbackAnswer> => {
        const other = instead.get(path);
        if (other !== undefined) return other;
        if (path === keysPath) return json(await published());
        if (path === discoveryPath) return json({ issuer: server.url, jwks_uri: `${server.url}${keysPath}` });
        return { status: 404, body: "" };
      };
      return { fault: null, act, rateLimited: () => ({ status: 429, body: "" }) };
    },
  });

  const claimsOf = (change: Readonly<Record<string, unknown>>): Record<string, unknown> => {
    const seconds = Math.floor(now() / 1000);
    return {
      iss: server.url,
      aud: audience,
      sub: "repo:acme/tally:ref:refs/heads/main",
      repository: "acme/tally",
      workflow_ref: "acme/tally/.github/workflows/claude-plan.yml@refs/heads/main",
      run_id: "4711",
      run_attempt: "1",
      event_name: "workflow_dispatch",
      iat: seconds,
      nbf: seconds - 300,
      exp: seconds + 300,
      ...change,
    };
  };

  return {
    url: server.url,
    asked,
    answer: (path, other) => {
      if (other === null) instead.delete(path);
      else instead.set(path, other);
    },
    rotate: async () => {
      key = await newKey(`${key.kid}+`);
    },
    token: (claims = {}, header = {}, signedBy = key.privateKey) =>
      new SignJWT(claimsOf(claims))
        .setProtectedHeader({ alg: "RS256", typ: "JWT", kid: key.kid, ...header })
        .sign(signedBy),
    confused: async () => {
      const head = encoded({ alg: "HS256", typ: "JWT", kid: key.kid });
      const body = encoded(claimsOf({}));
      const secret = await exportSPKI(key.publicKey);
      return `${head}.${body}.${createHmac("sha256", secret).update(`${head}.${body}`).digest("base64url")}`;
    },
    close: server.close,
  };
};

export const newKey = async (kid: string): Promise<SigningKey> => ({
  kid,
  ...(await generateKeyPair("RS256", { extractable: true })),
});

export const encoded = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");
