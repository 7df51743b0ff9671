import { describe, expect, test } from "vitest";
import { createCredentials, type Identity, permits } from "./credentials.ts";
import { createGithubStore } from "./store.ts";
import { appId, appJwt, appKeys } from "./testing/open-github.ts";

const keys = appKeys();
const publicKey = keys.publicKey.export({ type: "spki", format: "pem" }).toString();
const hourMs = 60 * 60 * 1000;

/** Without a repository: nothing here needs one. */
const setUp = (now: () => number = () => Date.now()) => {
  const store = createGithubStore({
    app: { id: appId, slug: "ai-implement" },
    directory: "/nowhere",
    now,
    emit: () => undefined,
  });
  const installation = store.install("acme", null, { contents: "write", issues: "read" });
  return {
    store,
    installation,
    credentials: createCredentials({ store, publicKey, otherCaller: () => null }),
  };
};

const refusedWith = (message: string): Identity => ({ kind: "refused", message });
const seconds = (): number => Math.floor(Date.now() / 1000);

describe("the App's JWT", () => {
  const identify = async (claims: Readonly<Record<string, unknown>>, signer = keys) =>
    setUp().credentials.identify(`Bearer ${await appJwt(signer, claims)}`);

  test("is taken with the id as text and as a number", async () => {
    const app = { kind: "known", caller: { kind: "app" } };
    expect(await identify({})).toEqual(app);
    expect(await identify({ iss: appId })).toEqual(app);
  });

  test.each([
    ["of another App", { iss: "1" }, "'Issuer' claim ('iss') must be the App's id"],
    ["that has expired", { exp: seconds() - 10 }, "A JSON web token could not be decoded"],
    ["without an end", { exp: undefined }, "Missing 'expiration time' claim ('exp') in assertion"],
    [
      "of more than ten minutes",
      { exp: seconds() + 660 },
      "'Expiration time' claim ('exp') is too far in the future",
    ],
    [
      "from the future",
      { iat: seconds() + 60 },
      "'Issued at' claim ('iat') must be an Integer representing the time that the assertion was issued",
    ],
  ])("%s is refused", async (_, claims, message) => {
    expect(await identify(claims)).toEqual(refusedWith(message));
  });

  test("that another key signed is refused", async () => {
    expect(await identify({}, appKeys())).toEqual(refusedWith("A JSON web token could not be decoded"));
  });
});

describe("an installation's token", () => {
  test("looks as GitHub's do, and is taken as Bearer, as token and as git's password", async () => {
    const { credentials, installation } = setUp();
    const { token } = credentials.mint(installation, {});
    expect(token).toMatch(/^ghs_4242_[\w-]+\.[\w-]+\.[\w-]+$/);
    const basic = Buffer.from(`x-access-token:${token}`).toString("base64");
    for (const authorization of [`Bearer ${token}`, `token ${token}`, `Basic ${basic}`])
      expect(await credentials.identify(authorization)).toMatchObject({
        kind: "known",
        caller: { kind: "installation", token, repositories: null, permissions: { contents: "write" } },
      });
  });

  test("ends after an hour, when it is revoked, and with the installation", async () => {
    let now = Date.now();
    const { credentials, installation, store } = setUp(() => now);
    const mint = (): string => `Bearer ${credentials.mint(installation, {}).token}`;
    const [old, revoked, kept] = [mint(), mint(), mint()];
    credentials.revoke(revoked.slice("Bearer ".length));
    expect(await credentials.identify(revoked)).toEqual(refusedWith("Bad credentials"));
    now += hourMs - 1;
    expect(await credentials.identify(old)).toMatchObject({ kind: "known" });
    const young = mint();
    now += 1;
    expect(await credentials.identify(old)).toEqual(refusedWith("Bad credentials"));
    expect(await credentials.identify(kept)).toEqual(refusedWith("Bad credentials"));
    expect(await credentials.identify(young)).toMatchObject({ kind: "known" });
    store.uninstall(installation);
    expect(await credentials.identify(young)).toEqual(refusedWith("Bad credentials"));
  });

  test("has no more than the installation has now", async () => {
    const { credentials, installation, store } = setUp();
    const { token } = credentials.mint(installation, {});
    store.install("acme", null, { contents: "read" });
    expect(await credentials.identify(`Bearer ${token}`)).toMatchObject({
      caller: { permissions: { contents: "read", metadata: "read" } },
    });
  });

  test.each(["Bearer ghs_unknown", "Bearer", "Digest x", "Basic nothing"])(
    "%j is refused",
    async (header) => {
      expect(await setUp().credentials.identify(header)).toEqual(refusedWith("Bad credentials"));
    },
  );
});

test("write includes read, and nothing includes what was not given", () => {
  expect(permits({ contents: "write" }, { contents: "read" })).toBe(true);
  expect(permits({ contents: "read" }, { contents: "write" })).toBe(false);
  expect(permits({ contents: "write" }, { contents: "read", issues: "read" })).toBe(false);
});
