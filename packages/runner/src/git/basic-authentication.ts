import { isSecureUrl } from "../http/secure-url.ts";

/** User and password as HTTP's basic authentication sends them. GitHub wants this user name with an App's token. */
export const basicPassword = (token: string): string =>
  Buffer.from(`x-access-token:${token}`).toString("base64");

export type Authentication =
  | { readonly kind: "variables"; readonly variables: Readonly<Record<string, string>> }
  /** The URL is not one to send a credential to. */
  | { readonly kind: "insecure" };

/**
 * Git's own way of getting settings through its environment: neither its arguments nor a file hold the credential,
 * and it is sent to the clone's origin only. A repository on a path needs none.
 */
export const authenticationFor = (cloneUrl: string, token: string): Authentication => {
  const url = URL.canParse(cloneUrl) ? new URL(cloneUrl) : null;
  if (url === null || !/^https?:$/.test(url.protocol)) return { kind: "variables", variables: {} };
  if (!isSecureUrl(cloneUrl)) return { kind: "insecure" };
  return {
    kind: "variables",
    variables: {
      GIT_CONFIG_COUNT: "1",
      GIT_CONFIG_KEY_0: `http.${url.origin}/.extraHeader`,
      GIT_CONFIG_VALUE_0: `Authorization: Basic ${basicPassword(token)}`,
    },
  };
};
